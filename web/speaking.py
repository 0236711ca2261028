"""The facts of an explanation as people of a language write them."""

from collections.abc import Mapping
from datetime import date, datetime

from babel.dates import format_date

from locales.catalogue import gettext, ngettext
from locales.numbers import count, moment, money, percent

QUOTED = {"ru": "«{}»", "en": "“{}”"}


class Speaker:
    """Speaks of one explanation: `currency` is the receipt's, for explanations carry bare minor units."""

    def __init__(self, language: str, facts: Mapping[str, int | str], currency: str) -> None:
        self.language = language
        self._facts = facts
        self.currency = currency

    def has(self, fact: str) -> bool:
        return bool(self._facts.get(fact))

    def number(self, fact: str) -> int:
        return int(self._facts[fact])

    def text(self, fact: str) -> str:
        return str(self._facts.get(fact, ""))

    def own(self, fact: str) -> str:
        """Give a fact that is kept in both languages: `level` is `level_ru` or `level_en`."""
        return self.text(f"{fact}_{self.language}")

    def money(self, fact: str) -> str:
        return money(self.language, self.number(fact), self.currency)

    def percent(self, fact: str) -> str:
        return percent(self.language, self.number(fact))

    def counted(self, fact: str) -> str:
        return count(self.language, self.number(fact))

    def moment(self, fact: str) -> str:
        """Write an instant as the outlet's clocks showed it."""
        return moment(self.language, datetime.fromisoformat(self.text(fact)), self.text("zone"))

    def day(self, fact: str) -> str:
        return format_date(date.fromisoformat(self.text(fact)), "d MMMM", locale=self.language)

    def goods(self) -> str:
        """Name goods as the till does: categories, skus and tags."""
        return ", ".join(self.text(fact) for fact in ("categories", "skus", "tags") if self.has(fact))

    def named(self, role: str) -> str:
        """Name another candidate, `winner` or `holder`, in quotation marks; the member's own discount has no name."""
        if self.text(f"{role}_id") == "own":
            return self.say("the discount agreed with the member")
        return QUOTED[self.language].format(self.own(role))

    def say(self, text: str, /, **facts: str) -> str:
        return gettext(self.language, text, **facts)

    def plural(self, one: str, many: str, number: int, /, **facts: str) -> str:
        return ngettext(self.language, one, many, number, count=count(self.language, number), **facts)
