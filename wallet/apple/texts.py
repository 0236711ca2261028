"""The texts of one pass: English stands in it, the phone translates by the strings table of its language."""

from dataclasses import dataclass, field

from locales.catalogue import gettext
from offers.model.programme import LocalText

_UNSEEN = "\N{ZERO WIDTH SPACE}"


@dataclass(slots=True)
class PassTexts:
    """Collects what a pass says while it is written. What `say` and its fellows return goes into pass.json.

    It is the English text, which phones of other languages show as it is. Two texts that are alike in English and not
    in Russian are told apart by a space nobody sees.
    """

    english: dict[str, str] = field(default_factory=dict)
    russian: dict[str, str] = field(default_factory=dict)

    def say(self, message: str, **facts: object) -> str:
        return self.both(gettext("en", message, **facts), gettext("ru", message, **facts))

    def name(self, text: LocalText) -> str:
        return self.both(text.en, text.ru)

    def both(self, english: str, russian: str) -> str:
        key = english
        while self.russian.get(key, russian) != russian:
            key += _UNSEEN
        self.english[key], self.russian[key] = english, russian
        return key
