"""What may be refused about a card and its codes."""

from offers.model.errors import OfferError


class CodeOutOfDate(OfferError):
    """A genuine rotating code of another time; `seconds` ago its period began, negative when it lies ahead."""

    code = "code_out_of_date"

    def __init__(self, *, seconds: int) -> None:
        super().__init__(f"the code's period began {seconds} s ago: it is not the one shown now")
        self.seconds = seconds


class CodeUsed(OfferError):
    """A rotating code that was read at another outlet, or has authorised something already."""

    code = "code_used"

    def __init__(self) -> None:
        super().__init__("the code was used already: the card shows another one within half a minute")


class RotatingCodeNeeded(OfferError):
    """A static code was shown for what the programme lets only a rotating one do."""

    code = "rotating_code_needed"

    def __init__(self, *, right: str, field: str | None = None) -> None:
        super().__init__(f"a static code may not {right} here: a rotating one has to be shown")
        self.right = right
        if field is not None:
            self.field = field


class NotByCode(OfferError):
    """No code of a card may do this in the programme."""

    code = "not_by_code"

    def __init__(self, *, right: str, field: str | None = None) -> None:
        super().__init__(f"in this programme no code may {right}")
        self.right = right
        if field is not None:
            self.field = field


class CodeDailyLimit(OfferError):
    """More points than a code of this kind may still spend today."""

    code = "code_daily_limit"

    def __init__(self, *, asked: int, allowed: int, limit: int) -> None:
        super().__init__(f"asked for {asked} points, by this code {allowed} of {limit} a day are left")
        self.asked = asked
        self.allowed = allowed
        self.limit = limit


class CardReplaced(OfferError):
    """An old card: its member has a new one."""

    code = "card_replaced"

    def __init__(self) -> None:
        super().__init__("the card was replaced by a new one")


class TooManyReissues(OfferError):
    """So many new cards were issued to the member today that another one has to wait."""

    code = "too_many_reissues"

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"a member gets at most {limit} new cards a day")
        self.limit = limit
