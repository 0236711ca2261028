"""What may be refused about designs and layers: what is wrong with one, and what cannot be changed as asked."""

from collections.abc import Sequence
from datetime import datetime

from offers.model.errors import OfferError
from offers.model.rule_errors import MAX_FAULTS, RuleFault


class InvalidDesign(OfferError):
    """`faults` has at least one and at most fifty of the reasons, each pointing at its field."""

    code = "invalid_design"

    def __init__(self, faults: Sequence[RuleFault]) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.code}" for fault in faults[:MAX_FAULTS]))
        self.faults = tuple(faults[:MAX_FAULTS])

    def facts(self) -> dict[str, object]:
        return {"errors": [{"pointer": fault.pointer, "code": fault.code} for fault in self.faults]}


class UnknownDesign(OfferError):
    code = "unknown_design"

    def __init__(self, *, design: str) -> None:
        super().__init__(f"no design is called {design}")
        self.design = design


class DesignInUse(OfferError):
    code = "design_in_use"

    def __init__(self, *, design: str) -> None:
        super().__init__(f"cards are drawn from the design {design}")
        self.design = design


class KindInUse(OfferError):
    code = "kind_in_use"

    def __init__(self, *, design: str, kind: str) -> None:
        super().__init__(f"cards of the design {design} are kept by wallets as {kind}")
        self.design = design
        self.kind = kind


class TooManyDesigns(OfferError):
    code = "too_many_designs"

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"a programme has at most {limit} designs")
        self.limit = limit


class UnknownImage(OfferError):
    code = "unknown_image"

    def __init__(self) -> None:
        super().__init__("no picture of this digest is kept")


class UnknownLayer(OfferError):
    code = "unknown_layer"

    def __init__(self) -> None:
        super().__init__("no such layer in this programme")


class LayerOver(OfferError):
    code = "layer_over"

    def __init__(self, *, over_at: datetime) -> None:
        super().__init__(f"the layer was over at {over_at.isoformat()}")
        self.over_at = over_at.isoformat()


class LayerCauseUsed(OfferError):
    code = "layer_cause_used"

    def __init__(self, *, layer_id: str) -> None:
        super().__init__(f"this cause put another layer already: {layer_id}")
        self.layer_id = layer_id


class TooManyLayers(OfferError):
    """Of layers that are not over: for everybody and segments together, or on one card."""

    code = "too_many_layers"

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"at most {limit} layers at a time")
        self.limit = limit
