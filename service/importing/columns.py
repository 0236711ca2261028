"""Which column of a file is which of our fields: told by the operator, else guessed from usual names."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from service.importing.errors import CannotImport

PURCHASE_GUESSES: dict[str, tuple[str, ...]] = {
    "member": (
        *("member", "memberid", "externalid", "customer", "customerid", "client", "clientid", "userid", "cardnumber"),
        *("клиент", "кодклиента", "idклиента", "покупатель", "номеркарты"),
    ),
    "phone": ("phone", "phonenumber", "mobile", "телефон", "номертелефона"),
    "at": (
        *("at", "ts", "timestamp", "datetime", "purchasedat", "createdat", "invoicedate", "orderdate", "date"),
        *("датаивремя", "датапокупки", "датапродажи", "дата"),
    ),
    "order_ref": (
        *("orderref", "order", "orderid", "ordernumber", "orderno", "invoice", "invoiceno", "receipt", "receiptno"),
        *("чек", "номерчека", "заказ", "номерзаказа"),
    ),
    "sku": (
        *("sku", "stock", "stockcode", "product", "productid", "productcode", "item", "itemid"),
        *("артикул", "кодтовара", "товар"),
    ),
    "category": ("category", "productcategory", "категория", "группа", "группатоваров"),
    "quantity": ("quantity", "qty", "cds", "количество", "колво"),
    "amount": ("amount", "linetotal", "lineamount", "value", "сумма", "суммастроки"),
    "price": ("price", "unitprice", "цена"),
    "status": ("status", "orderstatus", "статус"),
}
MEMBER_GUESSES: dict[str, tuple[str, ...]] = {
    "external_id": PURCHASE_GUESSES["member"],
    "phone": PURCHASE_GUESSES["phone"],
    "language": ("language", "lang", "locale", "язык"),
    "birthday": ("birthday", "birthdate", "dateofbirth", "dob", "деньрождения", "датарождения"),
    "source": ("source", "channel", "источник"),
    "enrolled_at": ("enrolledat", "joinedat", "registeredat", "createdat", "датарегистрации"),
    "consent_personal_data": ("consentpersonaldata", "pdconsent", "согласиепд", "согласиенаобработку"),
    "consent_advertising": ("consentadvertising", "adsconsent", "marketingconsent", "согласиенарекламу"),
    "consent_at": ("consentat", "consentdate", "датасогласия"),
}


class Told(NamedTuple):
    """A value every row has, told on the command line."""

    value: str


class Column(NamedTuple):
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where each of our fields comes from; a field that is not here is absent from the file."""

    fields: Mapping[str, Column | Told]

    def column(self, field: str) -> str | None:
        place = self.fields.get(field)
        return place.name if isinstance(place, Column) else None

    def value(self, field: str) -> str | None:
        place = self.fields.get(field)
        return place.value if isinstance(place, Told) else None


def read_pairs(pairs: Iterable[str], *, option: str) -> dict[str, str]:
    """Read `ours=theirs` pairs. Raises CannotImport for one without `=`."""
    read = {}
    for pair in pairs:
        ours, sign, theirs = pair.partition("=")
        if not sign or not ours.strip() or not theirs.strip():
            raise CannotImport("{option} {pair}: write it as field=value.", option=option, pair=pair)
        read[ours.strip()] = theirs.strip()
    return read


def lay_out(
    columns: Sequence[str],
    guesses: Mapping[str, Sequence[str]],
    *,
    mapped: Mapping[str, str],
    constants: Mapping[str, str],
    needed: Sequence[Sequence[str]],
) -> Layout:
    """Find a place for every field: the operator's word first, then the usual names, the likelier name first.

    `needed` are groups of which one field at least must be there. Raises CannotImport with the columns found, the
    field that is missing and the option that mends it.
    """
    fields: dict[str, Column | Told] = {}
    for field in [*mapped, *constants]:
        if field not in guesses:
            raise CannotImport(
                "There is no field called {field}. The fields are: {fields}.", field=field, fields=", ".join(guesses)
            )
    for field, names in guesses.items():
        if field in mapped:
            fields[field] = Column(_existing(columns, field, mapped[field]))
        elif field in constants:
            fields[field] = Told(constants[field])
        elif guess := _guess(columns, names):
            fields[field] = Column(guess)
    for group in needed:
        if not fields.keys() & set(group):
            raise CannotImport(
                "No column was recognised as {fields}. Columns found: {columns}. Name it: --map {field}=COLUMN",
                fields=" / ".join(group),
                field=group[0],
                columns=", ".join(columns),
            )
    return Layout(fields=fields)


def _existing(columns: Sequence[str], field: str, theirs: str) -> str:
    if theirs not in columns:
        raise CannotImport(
            "The file has no column called {name} (for {field}). Columns found: {columns}.",
            name=theirs,
            field=field,
            columns=", ".join(columns),
        )
    return theirs


def _guess(columns: Sequence[str], names: Sequence[str]) -> str | None:
    plain = {_plain(column): column for column in reversed(columns)}
    return next((plain[name] for name in names if name in plain), None)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())
