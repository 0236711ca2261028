"""Goods: which lines of a basket a rule speaks of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Lines of any of the categories, skus or tags, without the exceptions. None of the three named: every line."""

    categories: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    except_categories: tuple[str, ...] = ()
    except_skus: tuple[str, ...] = ()
    except_tags: tuple[str, ...] = ()


EVERYTHING = Goods()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsTag:
    """A word for goods that rules may exclude: `alcohol`, `tobacco`, `no_stack`. It may not be made of other tags."""

    name: str
    goods: Goods
