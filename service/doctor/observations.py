"""What the doctor says: one line for a part that is well, one for each thing that is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from certs.findings import MESSAGES, Finding, Level
from service.doctor.texts import TEXTS


class Part(StrEnum):
    """What Tessera leans on, in the order it is told."""

    DATABASE = "database"
    PROGRAMMES = "programmes"
    PICTURES = "pictures"
    OUTBOX = "outbox"
    ADDRESS = "address"
    CLOCK = "clock"
    APPLE = "apple"
    PUSHES = "pushes"
    GOOGLE = "google"
    TELEGRAM = "telegram"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One line: a stable code, how bad it is, and the facts that fill the text of that code."""

    part: Part
    level: Level
    code: str
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def template(self) -> str:
        """The English line with its holes, the msgid of the Russian one."""
        return TEXTS[self.code] if self.code in TEXTS else MESSAGES[self.code]


def well(part: Part, code: str, **facts: object) -> Observation:
    return Observation(part=part, level=Level.OK, code=code, facts=_told(facts))


def worth_a_look(part: Part, code: str, **facts: object) -> Observation:
    return Observation(part=part, level=Level.WARNING, code=code, facts=_told(facts))


def wrong(part: Part, code: str, **facts: object) -> Observation:
    return Observation(part=part, level=Level.ERROR, code=code, facts=_told(facts))


def wrong_of(part: Part, findings: Iterable[Finding]) -> list[Observation]:
    """Give what is wrong, or worth a look, among the findings about a file or a provider."""
    return [
        Observation(part=part, level=each.level, code=each.code, facts=each.facts)
        for each in findings
        if each.level is not Level.OK
    ]


def is_healthy(observations: Iterable[Observation]) -> bool:
    return all(each.level is not Level.ERROR for each in observations)


def _told(facts: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in facts.items()}
