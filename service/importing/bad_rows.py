"""Why a row is refused: a stable code, and a text with the remedy in both languages."""

from enum import StrEnum

from locales.catalogue import gettext


class Reason(StrEnum):
    WRONG_FIELD_COUNT = "wrong_field_count"
    NOT_AN_OBJECT = "not_an_object"
    BAD_ENCODING = "bad_encoding"
    TEXT_TOO_LONG = "text_too_long"
    MEMBER_MISSING = "member_missing"
    BAD_PHONE = "bad_phone"
    AT_MISSING = "at_missing"
    BAD_AT = "bad_at"
    AT_IN_GAP = "at_in_gap"
    AT_IN_FUTURE = "at_in_future"
    AT_TOO_OLD = "at_too_old"
    BAD_QUANTITY = "bad_quantity"
    AMOUNT_MISSING = "amount_missing"
    BAD_AMOUNT = "bad_amount"
    AMBIGUOUS_NUMBER = "ambiguous_number"
    AMOUNT_NOT_EXACT = "amount_not_exact"
    AMOUNT_TOO_LARGE = "amount_too_large"
    ZERO_AMOUNT = "zero_amount"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    TWO_MEMBERS = "two_members"
    ORDER_TOO_LONG = "order_too_long"
    ORDER_TOO_LARGE = "order_too_large"
    ORDER_DIFFERS = "order_differs"
    UNKNOWN_MEMBER = "unknown_member"
    BAD_LANGUAGE = "bad_language"
    BAD_BIRTHDAY = "bad_birthday"
    BAD_CONSENT = "bad_consent"
    DUPLICATE_MEMBER = "duplicate_member"
    CONTACT_TAKEN = "contact_taken"


TEXTS: dict[Reason, str] = {
    Reason.WRONG_FIELD_COUNT: "The row has more or fewer fields than the header. Look for a stray delimiter or quote.",
    Reason.NOT_AN_OBJECT: "The line is not a JSON object. Write one object on each line.",
    Reason.BAD_ENCODING: "The text is damaged: the file has another encoding. Name the right one by --encoding.",
    Reason.TEXT_TOO_LONG: "A text is longer than 100 characters. Shorten it, or map another column.",
    Reason.MEMBER_MISSING: "The row names no member: the member's number and the phone are both empty.",
    Reason.BAD_PHONE: "This is not a phone number that can be called. Write it with the country code: +7…",
    Reason.AT_MISSING: "The row has no date.",
    Reason.BAD_AT: "The date cannot be read. Write 2026-03-14T12:05:00+03:00, 2026-03-14 12:05 or 14.03.2026 12:05.",
    Reason.AT_IN_GAP: "There was no such local time: clocks were put forward over it. Give the time with its offset.",
    Reason.AT_IN_FUTURE: "The date is in the future. Check the date and the zone.",
    Reason.AT_TOO_OLD: "The date is before 1970.",
    Reason.BAD_QUANTITY: "The quantity is not a number above zero with at most six decimals.",
    Reason.AMOUNT_MISSING: "The row has neither an amount nor a price.",
    Reason.BAD_AMOUNT: "The amount or price is not a number. Write it without a currency sign: 1234.50",
    Reason.AMBIGUOUS_NUMBER: "The comma may mean thousands or decimals. Say which: --decimal point or --decimal comma.",
    Reason.AMOUNT_NOT_EXACT: "The amount has more decimals than the currency. Round it in the file.",
    Reason.AMOUNT_TOO_LARGE: "The amount is absurdly large. Check that it is in major units.",
    Reason.ZERO_AMOUNT: "The row is worth nothing. Rows of zero price are not imported.",
    Reason.RETURNED: "The row is a return: its quantity or amount is negative. Returns are not imported.",
    Reason.CANCELLED: "The purchase was cancelled.",
    Reason.TWO_MEMBERS: "One order belongs to two members. Correct the order's number or the member.",
    Reason.ORDER_TOO_LONG: "The order has more than 5000 lines. Check the column of the order's number.",
    Reason.ORDER_TOO_LARGE: "The order's total is absurdly large. Check that amounts are in major units.",
    Reason.ORDER_DIFFERS: "This order is there already with other lines. It was left as it is.",
    Reason.UNKNOWN_MEMBER: "Nobody in the programme has this number. Import the members first, or add --enrol.",
    Reason.BAD_LANGUAGE: "The language is neither ru nor en. Correct it or leave it empty.",
    Reason.BAD_BIRTHDAY: "The birthday cannot be read. Write 1990-05-31, 31.05.1990, 31.05 or --05-31.",
    Reason.BAD_CONSENT: "A consent is neither yes nor no.",
    Reason.DUPLICATE_MEMBER: "An earlier row of the file has the same number or phone. The first one was taken.",
    Reason.CONTACT_TAKEN: "The number or phone belongs to another member. Nothing was changed.",
}


def text_of(reason: Reason, language: str) -> str:
    return gettext(language, TEXTS[reason])
