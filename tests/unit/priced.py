"""The price of a purchase by a programme's terms alone, at an outlet of its own."""

from offers.engine.decide import decide
from offers.engine.ready_rulebook import make_ready
from offers.model.decision import Decision, basket_of
from offers.model.facts import Facts
from offers.model.ids import OutletId
from offers.model.programme import Programme
from offers.model.purchase import Purchase
from offers.model.rules import Rules


def price(programme: Programme, purchase: Purchase, *, spend_minor: int, points_available: int) -> Decision:
    facts = Facts(
        outlet_id=OutletId("o"), zone=programme.zone, spend_minor=spend_minor, points_available=points_available
    )
    return decide(
        make_ready(Rules(programme_id=programme.id).rulebook(programme)), facts, basket_of(purchase), purchase.at
    )
