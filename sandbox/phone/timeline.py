"""What happened, step by step, in words for somebody who sees it for the first time."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from locales.catalogue import gettext, ngettext

STEPS_LIMIT: Final = 200

Actor = Literal["apple", "google", "telegram", "you"]
Fact = str | int | Mapping[str, str]

# What the step says, and the line of protocol under it; the msgids of locales/ru/phone.po.
TEXTS: Final[dict[str, tuple[str, str]]] = {
    "added": ("The card is in Apple Wallet.", ""),
    "registered": ("The phone asked to be told of changes.", "POST …/registrations/{serial} → {status}"),
    "unregistered": ("The phone asked to be left alone.", "DELETE …/registrations/{serial} → 200"),
    "removed": ("The card was taken off the phone.", ""),
    "pushed": ("A push came from APNs. It is empty: it only says that something changed.", "{pass_type}"),
    "held": ("A push came, but the phone is off: APNs keeps the last one.", "{pass_type}"),
    "fetched": ("The phone fetched the card, {size} kB.", "GET …/passes/{serial} → {status}"),
    "fetched_same": ("The phone has the newest card already.", "GET …/passes/{serial} → 304"),
    "verified": ("The signature is good.", "{name} ← {intermediate} ← {root}"),
    "noticed": ("The lock screen says: “{text}”", ""),
    "silent": ("The card changed in silence: no field announces it.", "{changed}"),
    "same": ("Nothing on the card changed.", ""),
    "refused": ("The phone does not take the card. {reason}", ""),
    "failed": ("It did not work; the phone told the service's log.", "{problem}"),
    "google_saved": ("The card is in Google Wallet.", "{card}"),
    "google_removed": ("The card was taken out of Google Wallet.", "{card}"),
    "google_changed": ("Google was told of the change and shows it: {changed}.", "PATCH …/{kind}/{card} → 200"),
    "google_same": ("Google was told; nothing on the card changed.", "PATCH …/{kind}/{card} → 200"),
    "google_class": ("Google was told how all cards look.", "…/{kind}/{card}"),
    "google_linked": ("The coupons on the Google card are others now.", "PATCH …/{kind}/{card} → 200"),
    "google_reported": ("Google reported it to the service, signed.", "POST …/google/callback ({event}) → {status}"),
    "google_messaged": ("Google shows a message on the card.", "POST …/addMessage"),
    "bot_wrote": ("The bot wrote: “{text}”", "sendMessage"),
    "bot_photo": ("The bot sent a picture.", "sendPhoto"),
    "bot_edited": ("The bot changed its message.", "editMessage…"),
    "phone_off": ("You switched the phone off.", ""),
    "phone_on": ("You switched the phone on.", ""),
    "google_limited": ("You made Google answer 429 to everything.", ""),
    "google_answers": ("Google answers again.", ""),
    "telegram_down": ("You cut the line to Telegram.", ""),
    "telegram_up": ("Telegram answers again.", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line. A fact that is a mapping has its words by language."""

    number: int
    at: datetime
    actor: Actor
    code: str
    facts: Mapping[str, Fact]

    def text(self, language: str) -> str:
        facts = self._facts(language)
        if self.code == "listed":
            return _listed(language, int(facts["count"]))
        return gettext(language, TEXTS[self.code][0], **facts)

    def detail(self, language: str) -> str:
        if self.code == "listed":
            status = 200 if self.facts["count"] else 204
            return f"GET …/registrations?passesUpdatedSince=… → {status}"
        return TEXTS[self.code][1].format(**self._facts(language))

    def _facts(self, language: str) -> dict[str, str | int]:
        return {
            name: fact.get(language) or fact.get("en", "") if isinstance(fact, Mapping) else fact
            for name, fact in self.facts.items()
        }


class Timeline:
    """The last 200 steps."""

    def __init__(self) -> None:
        self.steps: deque[Step] = deque(maxlen=STEPS_LIMIT)
        self._count = 0

    def add(self, actor: Actor, code: str, at: datetime, /, **facts: Fact) -> None:
        self._count += 1
        self.steps.append(Step(number=self._count, at=at, actor=actor, code=code, facts=facts))


def _listed(language: str, count: int) -> str:
    if not count:
        return gettext(language, "The phone asked what changed: nothing.")
    return ngettext(
        language, "The phone asked what changed: one card.", "The phone asked what changed: {n} cards.", count
    )
