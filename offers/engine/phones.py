"""Phone numbers as people write them, read into E.164."""

from babel.core import get_global
from phonenumbers import (
    SUPPORTED_REGIONS,
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberType,
    example_number_for_type,
    format_number,
    is_valid_number,
    parse,
)

from offers.model.errors import BadContact
from offers.model.programme import Programme

MAX_WRITTEN = 40
_EXAMPLE_ABROAD = "+44 7400 123456"


def read_phone(written: str, region: str | None) -> str:
    """Give the E.164 form of a number written in a region; without a region it must begin with its country's code.

    Blanks, brackets and dashes are forgiven, and so are `00` for `+`, a leading 8 in Russia (`+8` too) and a country
    code without its plus. Raises BadContact for what cannot be called.
    """
    text = written.strip()
    if len(text) > MAX_WRITTEN or any(sign.isalpha() for sign in text):
        raise BadContact(field="phone")
    if text.startswith("00"):
        text = "+" + text[2:]
    slip = text[1:] if text.startswith("+8") and region == "RU" else text
    for attempt in (text, slip):
        try:
            number = parse(attempt, region)
        except NumberParseException:
            continue
        if is_valid_number(number):
            return format_number(number, PhoneNumberFormat.E164)
    raise BadContact(field="phone")


def phone_example(region: str | None) -> str:
    """Give a made-up mobile number as it is written abroad: `+7 912 345-67-89`."""
    number = example_number_for_type(region, PhoneNumberType.MOBILE) if region else None
    return format_number(number, PhoneNumberFormat.INTERNATIONAL) if number else _EXAMPLE_ABROAD


def home_region(programme: Programme) -> str | None:
    """Guess where a programme's members live: the country whose tender its currency is; None when it may be anywhere.

    ISO 4217 begins a national currency with its country's two letters; Babel (CLDR) knows what is tender today.
    """
    country = programme.currency[:2]
    tenders = get_global("territory_currencies").get(country, [])
    is_tender = any(code == programme.currency and until is None for code, _, until, *_ in tenders)
    return country if is_tender and country in SUPPORTED_REGIONS else None
