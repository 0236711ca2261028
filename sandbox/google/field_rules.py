"""What Google demands of single fields: codes, rotating codes, money, intervals, addresses and modules."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from sandbox.google.errors import invalid

COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*:.+")
CURRENCY: Final = re.compile(r"[A-Z]{3}")
BASE16: Final = re.compile(r"([0-9a-fA-F]{2}){10,64}")
SUBSTITUTION: Final = re.compile(r"\{([a-z0-9_]+)\}")
TIMES: Final = frozenset({"totp_timestamp_seconds", "totp_timestamp_millis"})
BALANCES: Final = ("string", "int", "double", "money")
ROTATING_TYPES: Final = frozenset({"QR_CODE", "PDF_417"})
LARGEST_MICROS: Final = 2**63 - 1
MODULES_LIMIT: Final = 10
ROWS_LIMIT: Final = 3
LATITUDE: Final = 90.0
LONGITUDE: Final = 180.0
LOCALHOST: Final = frozenset({"127.0.0.1", "localhost"})


def check_fields(body: dict[str, Any]) -> None:
    """Raise 400 that names the first field Google would refuse."""
    if not COLOUR.fullmatch(body.get("hexBackgroundColor", "#000000")):
        raise invalid(f"hexBackgroundColor is not #rrggbb: {body['hexBackgroundColor']}.")
    for name in ("loyaltyPoints", "secondaryLoyaltyPoints"):
        _check_balance(name, body.get(name))
    if "balance" in body:
        _check_money("balance", body["balance"])
    barcode = body.get("barcode")
    if barcode is not None and not (barcode.get("type") and barcode.get("value")):
        raise invalid("A barcode needs a type and a value.")
    if "rotatingBarcode" in body:
        _check_rotating(body["rotatingBarcode"])
    for interval in (
        body.get("validTimeInterval"),
        *(each.get("displayInterval") for each in body.get("messages", ())),
    ):
        _check_interval(interval)
    _check_callback(body.get("callbackOptions", {}).get("url"))
    _check_modules(body)
    _check_places(body.get("merchantLocations", ()))
    for path, part in _walk(body):
        _check_part(path, part)


def instant(written: str) -> datetime:
    """Read a date of Google's; it may leave the offset out. Raises 400."""
    try:
        return datetime.fromisoformat(written)
    except ValueError as error:
        raise invalid(f"Invalid date: {written}.") from error


def _check_balance(name: str, points: dict[str, Any] | None) -> None:
    if points is None:
        return
    balance = points.get("balance", {})
    given = [form for form in BALANCES if form in balance]
    if len(given) != 1:
        raise invalid(f"{name}.balance needs exactly one of {', '.join(BALANCES)}; got {len(given)}.")
    if "money" in balance:
        _check_money(f"{name}.balance.money", balance["money"])


def _check_money(name: str, money: dict[str, Any]) -> None:
    if not CURRENCY.fullmatch(money.get("currencyCode", "")):
        raise invalid(f"{name} needs an ISO 4217 currencyCode.")
    if "micros" not in money or abs(int(money["micros"])) > LARGEST_MICROS:
        raise invalid(f"{name} needs micros.")


def _check_rotating(rotating: dict[str, Any]) -> None:
    """A rotating code is a QR or PDF417 code whose pattern names the time and every one of its parameters."""
    if rotating.get("type") not in ROTATING_TYPES:
        raise invalid(f"rotatingBarcode.type must be one of {', '.join(sorted(ROTATING_TYPES))}.")
    details = rotating.get("totpDetails", {})
    parameters = details.get("parameters", [])
    values = {f"totp_value_{number}" for number in range(len(parameters))}
    named = set(SUBSTITUTION.findall(rotating.get("valuePattern", "")))
    if not values or named - TIMES != values or not named & TIMES:
        raise invalid("rotatingBarcode.valuePattern must name the time and every parameter of totpDetails.")
    if details.get("algorithm") != "TOTP_SHA1" or int(details.get("periodMillis", "0")) <= 0:
        raise invalid("rotatingBarcode.totpDetails needs algorithm TOTP_SHA1 and a periodMillis.")
    for parameter in parameters:
        if not BASE16.fullmatch(parameter.get("key", "")) or parameter.get("valueLength", 0) not in range(1, 10):
            raise invalid("rotatingBarcode.totpDetails.parameters need a base 16 key and a valueLength.")


def _check_interval(interval: dict[str, Any] | None) -> None:
    if not interval:
        return
    dates = [instant(interval[end]["date"]) for end in ("start", "end") if end in interval]
    if len({date.tzinfo is None for date in dates}) > 1:
        raise invalid("Both ends of an interval need an offset, or none.")
    if len(dates) == len(("start", "end")) and dates[0] >= dates[1]:
        raise invalid("An interval ends after it starts.")


def _check_callback(url: str | None) -> None:
    if url is None:
        return
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOCALHOST:  # this machine's stand-ins have no certificates
        raise invalid(f"callbackOptions.url must be https: {url}.")


def _check_modules(body: dict[str, Any]) -> None:
    texts = body.get("textModulesData", ())
    if len(texts) > MODULES_LIMIT:
        raise invalid(f"At most {MODULES_LIMIT} textModulesData are shown.")
    ids = [each["id"] for each in texts if "id" in each]
    if len(ids) != len(set(ids)):
        raise invalid("The ids of textModulesData must differ.")
    if len(body.get("imageModulesData", ())) > 1:
        raise invalid("At most 1 imageModulesData is shown.")
    override = body.get("classTemplateInfo", {}).get("cardTemplateOverride", {})
    if len(override.get("cardRowTemplateInfos", ())) > ROWS_LIMIT:
        raise invalid(f"At most {ROWS_LIMIT} cardRowTemplateInfos are allowed.")
    for uri in body.get("linksModuleData", {}).get("uris", ()):
        if not ADDRESS.fullmatch(uri.get("uri", "")):
            raise invalid("A link needs a uri with a scheme.")


def _check_places(places: list[dict[str, Any]]) -> None:
    for place in places:
        if not (abs(place.get("latitude", 181)) <= LATITUDE and abs(place.get("longitude", 181)) <= LONGITUDE):
            raise invalid("A merchant location lies outside of the globe.")


def _check_part(path: str, part: dict[str, Any]) -> None:
    if "sourceUri" in part and not ADDRESS.fullmatch(part["sourceUri"].get("uri", "")):
        raise invalid(f"Image {path} needs a uri with a scheme.")
    if "translatedValues" in part and "defaultValue" not in part:
        raise invalid(f"Localized text {path} needs a defaultValue.")


def _walk(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, list):
        for part in value:
            yield from _walk(part, path)
    if isinstance(value, dict):
        yield path, value
        for name, part in value.items():
            yield from _walk(part, name)
