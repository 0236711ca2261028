"""Names of segments that nobody can ever be in: scoring's own, written as it never writes them."""

from collections.abc import Iterator, Sequence

from offers.model.computed_segments import RFM, Segment, can_exist
from offers.model.rule_errors import RuleFault


def segment_faults(names: Sequence[str], place: str) -> Iterator[RuleFault]:
    """Give a fault for each name that cannot exist, at its place in the list; those of the staff may be any words."""
    for number, name in enumerate(names):
        if can_exist(name):
            continue
        if name.startswith(RFM):
            known = ", ".join(f"{RFM}{segment.value}" for segment in Segment)
            facts: dict[str, int | str] = {"word": name, "known": known}
            yield RuleFault(pointer=f"{place}/{number}", code="unknown_segment_name", facts=facts)
        else:
            yield RuleFault(pointer=f"{place}/{number}", code="unknown_cluster", facts={"word": name})
