"""The one catalogue: every `locales/<language>/*.po` merged, read once at first use.

The msgid is the English text, so English needs no file.
"""

from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LANGUAGES = ("ru", "en")
_FOLDER = Path(__file__).parent


@cache
def translations(language: str) -> NullTranslations:
    """Give gettext translations of a language; an unknown language speaks English."""
    merged = Catalog(locale=language if language in LANGUAGES else "en")
    for path in sorted((_FOLDER / language).glob("*.po")) if language in LANGUAGES else ():
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    merged[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(compiled)


def gettext(language: str, message: str, /, **facts: object) -> str:
    """Give a text in a language, its `{facts}` filled in."""
    return translations(language).gettext(message).format(**facts)


def ngettext(language: str, one: str, many: str, number: int, /, **facts: object) -> str:
    """Give a text whose form depends on a number: Russian has three forms, English two. `{n}` is the number."""
    return translations(language).ngettext(one, many, number).format(n=number, **facts)


def choose_language(header: str | None, *, default: str = "en") -> str:
    """Choose a language from an Accept-Language header (RFC 9110): the best rated one that we speak."""
    rated = []
    for part in (header or "").split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        try:
            rated.append((float(weight or 1), tag.split("-")[0].lower()))
        except ValueError:
            continue
    spoken = [tag for _, tag in sorted(rated, key=lambda pair: -pair[0]) if tag in LANGUAGES]
    return spoken[0] if spoken else default
