"""Designs and layers in HTTP: the statuses and English texts of refusals, and of what may be wrong with a design."""

from http import HTTPStatus

from offers.model import design_errors as errors
from offers.model.errors import OfferError

STATUS: dict[type[OfferError], HTTPStatus] = {
    errors.InvalidDesign: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownDesign: HTTPStatus.NOT_FOUND,
    errors.DesignInUse: HTTPStatus.CONFLICT,
    errors.KindInUse: HTTPStatus.CONFLICT,
    errors.TooManyDesigns: HTTPStatus.CONFLICT,
    errors.UnknownImage: HTTPStatus.NOT_FOUND,
    errors.UnknownLayer: HTTPStatus.NOT_FOUND,
    errors.LayerOver: HTTPStatus.CONFLICT,
    errors.LayerCauseUsed: HTTPStatus.CONFLICT,
    errors.TooManyLayers: HTTPStatus.CONFLICT,
}

TEXTS: dict[str, str] = {
    "invalid_design": "Something about this look is wrong or missing.",
    "unknown_design": (
        "No design of this programme is called {design}. GET /v1/designs lists those there are, "
        "PUT /v1/designs/{design} makes it."
    ),
    "design_in_use": "Cards are drawn from the design {design}: it can be changed, not removed.",
    "kind_in_use": "Cards of the design {design} are in wallets as {kind}: a wallet cannot turn one kind of card into "
    "another. Make a design of the new kind, and issue its cards beside them.",
    "too_many_designs": "A programme has at most {limit} designs.",
    "unknown_image": "No such picture is kept here. Upload it first.",
    "unknown_layer": "No such layer in this programme.",
    "layer_over": "This layer was over on {over_at}.",
    "layer_cause_used": "This cause has put another layer already: {layer_id}.",
    "too_many_layers": "At most {limit} layers at a time. End one of those that are on or planned.",
}
