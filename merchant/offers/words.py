"""The small parts of offers as text: words, rates, clock times, dates, quantities, goods."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from offers.model.daypart import MINUTES_A_DAY
from offers.model.goods import Goods
from offers.model.programme import LocalText
from offers.model.purchase import MAX_TOTAL_MINOR

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True)
MAX_NAMES = 200
MAX_POINTS = 10**9
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00", re.ASCII)
_QUANTITY = re.compile(r"\d{1,7}(\.\d{1,6})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _clock_minute(value: Any) -> int:
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError('a time of day like "09:30", up to "24:00", in quotation marks')
    hours, minutes = value.split(":")
    return int(hours) * 60 + int(minutes)


def _day_text(value: Any) -> str:
    if isinstance(value, str) and _DAY.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value).isoformat()
    raise ValueError('a date like "2026-03-08", in quotation marks')


def _decimal(value: Any) -> Decimal:
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise ValueError('a decimal number in a string, with at most 6 decimals: "1", "0.350"')
    return Decimal(value)


def _no_twins(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError("the same word stands here twice")
    return values


Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", description="Small letters, digits, - and _")]
Word = Annotated[str, Field(min_length=1, max_length=64)]
Words = Annotated[list[Word], Field(max_length=MAX_NAMES), AfterValidator(_no_twins)]
SomeWords = Annotated[list[Word], Field(min_length=1, max_length=MAX_NAMES), AfterValidator(_no_twins)]
Rate = Annotated[int, Field(ge=1, le=10_000, description="Basis points: 500 is 5 %")]
Share = Annotated[int, Field(ge=0, le=10_000, description="Basis points: 500 is 5 %")]
Money = Annotated[int, Field(ge=1, le=MAX_TOTAL_MINOR, description="Minor units: kopecks, cents")]
Price = Annotated[int, Field(ge=0, le=MAX_TOTAL_MINOR, description="Minor units: kopecks, cents")]
Points = Annotated[int, Field(ge=1, le=MAX_POINTS)]
Clock = Annotated[
    int,
    Field(ge=0, le=MINUTES_A_DAY),
    BeforeValidator(_clock_minute),
    WithJsonSchema({"type": "string", "pattern": f"^{_CLOCK.pattern}$", "examples": ["09:30"]}),
]
Day = Annotated[str, BeforeValidator(_day_text), WithJsonSchema({"type": "string", "format": "date"})]
Quantity = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    Field(gt=0),
    WithJsonSchema({"type": "string", "pattern": f"^{_QUANTITY.pattern}$", "examples": ["0.350"]}),
]
Instant = Annotated[
    AwareDatetime,
    Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC)),
]


class TitleBody(BaseModel):
    """A text in both languages."""

    model_config = STRICT

    ru: str = Field(min_length=1, max_length=120)
    en: str = Field(min_length=1, max_length=120)

    def to_noun(self) -> LocalText:
        return LocalText(ru=self.ru, en=self.en)


class GoodsBody(BaseModel):
    """Which goods: of any of the categories, skus or tags, without the exceptions; `{}` is all of them."""

    model_config = STRICT

    categories: Words = []
    skus: Words = []
    tags: Words = []
    except_categories: Words = []
    except_skus: Words = []
    except_tags: Words = []

    def to_noun(self) -> Goods:
        return Goods(
            categories=tuple(self.categories),
            skus=tuple(self.skus),
            tags=tuple(self.tags),
            except_categories=tuple(self.except_categories),
            except_skus=tuple(self.except_skus),
            except_tags=tuple(self.except_tags),
        )


ALL_GOODS = GoodsBody()
