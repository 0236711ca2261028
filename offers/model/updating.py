"""How updates travel: the terms an operator may set, kept apart from any provider's own quota."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateTerms:
    """`card_interval_s` is the least time between two updates of one card in one wallet.

    `bulk_per_s` paces what many phones are told at once: every push makes a phone fetch a pass, which is signed then.
    """

    card_interval_s: float = 2.0
    bulk_per_s: float = 200.0
