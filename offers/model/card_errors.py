"""What may be refused about a card and its codes."""

from offers.model.errors import OfferError


class CodeOutOfDate(OfferError):
    """A genuine rotating code of another time; `seconds` ago its period began, negative when it lies ahead."""

    code = "code_out_of_date"

    def __init__(self, *, seconds: int) -> None:
        super().__init__(f"the code's period began {seconds} s ago: it is not the one shown now")
        self.seconds = seconds
