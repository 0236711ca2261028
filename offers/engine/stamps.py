"""Stamps of a member: given and taken by purchases, taken back with the goods, never fewer than none.

Every change is a sum: stamps that come back after they were used are owed, and made good by the next ones. So what is
undone is undone exactly, in whatever order, and stamps that were used twice are paid for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from offers.engine.goods_back import returned_so_far
from offers.engine.ready_rulebook import ReadyRulebook
from offers.model.applied import StampChange
from offers.model.ids import OfferId
from offers.model.member import StampCount
from offers.model.offer import Offer, OfferState
from offers.model.purchase import Receipt, ReceiptState
from offers.model.stamps import StampCard

Changes = Mapping[OfferId, int]
"""Signed stamps by offer."""


def changed(counts: Iterable[StampCount], changes: Changes) -> tuple[StampCount, ...]:
    """Add signed stamps to a member's counts. There are never more counts than offers that ever collected stamps."""
    nets = {count.offer_id: net(count) for count in counts}
    for offer_id, stamps in changes.items():
        nets[offer_id] = nets.get(offer_id, 0) + stamps
    return tuple(
        StampCount(offer_id=offer_id, stamps=max(0, stamps), owed=max(0, -stamps))
        for offer_id, stamps in sorted(nets.items())
        if stamps
    )


def net(count: StampCount) -> int:
    return count.stamps - count.owed


def summed(*all_changes: Changes) -> dict[OfferId, int]:
    """Add changes up; what comes to nothing is left out."""
    total: dict[OfferId, int] = {}
    for changes in all_changes:
        for offer_id, stamps in changes.items():
            total[offer_id] = total.get(offer_id, 0) + stamps
    return {offer_id: stamps for offer_id, stamps in total.items() if stamps}


def given_by(stamps: Iterable[StampChange]) -> dict[OfferId, int]:
    """Give what a settled purchase changed."""
    return {change.offer_id: change.given - change.taken for change in stamps}


def taken_back(before: Receipt, now: Receipt) -> dict[OfferId, int]:
    """Give what has to change since more of a purchase was undone: the difference of what was undone by then."""
    back = {offer_id: -stamps for offer_id, stamps in _undone(before).items()}
    return summed(_undone(now), back)


def left_of(receipt: Receipt) -> dict[OfferId, int]:
    """Give what a purchase still stands for, after everything of it that was undone."""
    return summed(given_by(receipt.stamps), _undone(receipt))


def are_there(free: Mapping[OfferId, int], stamps: Iterable[StampChange]) -> bool:
    """Tell whether the stamps that a purchase takes are among those that are free."""
    return all(change.taken <= free.get(change.offer_id, 0) for change in stamps)


def with_collected(receipt: Receipt, counts: Iterable[StampCount]) -> Receipt:
    """Write on a receipt how many stamps the member has after it."""
    held = {count.offer_id: count.stamps for count in counts}
    stamps = tuple(replace(change, collected=held.get(change.offer_id, 0)) for change in receipt.stamps)
    return replace(receipt, stamps=stamps)


def stamp_cards(ready: ReadyRulebook, counts: Iterable[StampCount], *, at: datetime) -> tuple[StampCard, ...]:
    """Give a card for every offer that collects stamps now, those without a stamp yet included."""
    held = {count.offer_id: count.stamps for count in counts}
    return tuple(
        StampCard(
            offer_id=each.offer.id,
            title=each.offer.title,
            collected=held.get(each.offer.id, 0),
            needed=each.stamps.needed,
        )
        for each in ready.offers
        if each.stamps is not None
        and _shows(each.offer, needs_code=bool(each.needs), is_begun=each.offer.id in held, at=at)
    )


def _shows(offer: Offer, *, needs_code: bool, is_begun: bool, at: datetime) -> bool:
    """An offer that needs a code is shown to whoever has begun it: not everybody may have it."""
    has_begun = offer.active_from is None or offer.active_from <= at
    has_ended = offer.active_until is not None and offer.active_until <= at
    return offer.state is OfferState.ACTIVE and has_begun and not has_ended and (is_begun or not needs_code)


def _undone(receipt: Receipt) -> dict[OfferId, int]:
    return {change.offer_id: _back(receipt, change) for change in receipt.stamps}


def _back(receipt: Receipt, change: StampChange) -> int:
    """Give what of one change was undone by now: given stamps by the units that came back, used ones at the end.

    Cumulative targets, rounded down: any split of a purchase into returns sums to the same, and never to more.
    """
    if receipt.state is not ReceiptState.SETTLED:
        return change.taken - change.given
    return -sum(_of_line(receipt, index, stamps) for index, stamps in enumerate(change.by_line))


def _of_line(receipt: Receipt, index: int, stamps: int) -> int:
    """Goods may come back by number or by worth alone: whichever says more counts."""
    line, back = receipt.lines[index], returned_so_far(receipt, index)
    by_units = stamps * int(back.quantity.scaleb(6)) // int(line.quantity.scaleb(6))
    by_worth = stamps * back.total_minor // line.total_minor if line.total_minor else 0
    return max(by_units, by_worth)
