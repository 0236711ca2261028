"""Refusals of the ledger: transfers, merges, adjustments, prepaid balances."""

from offers.model.errors import OfferError


class PointsOutOfRange(OfferError):
    code = "points_out_of_range"

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"a movement takes between 1 and {limit} points")
        self.limit = limit


class MovementKeyReused(OfferError):
    code = "movement_key_reused"

    def __init__(self, *, key: str) -> None:
        super().__init__(f"the key {key} was already used for another movement")
        self.key = key


class SameMember(OfferError):
    code = "same_member"

    def __init__(self) -> None:
        super().__init__("that is one and the same member")


class TransferLimitReached(OfferError):
    code = "transfer_limit"

    def __init__(self, *, asked: int, allowed: int) -> None:
        super().__init__(f"asked to hand on {asked} points, {allowed} are allowed today")
        self.asked = asked
        self.allowed = allowed


class ReasonMissing(OfferError):
    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__("say why: it is kept with the change")


class UnknownAdjustment(OfferError):
    code = "unknown_adjustment"

    def __init__(self) -> None:
        super().__init__("no such adjustment in this programme")


class AdjustmentClosed(OfferError):
    code = "adjustment_closed"

    def __init__(self, *, state: str) -> None:
        super().__init__(f"the adjustment does not wait for a decision: it is {state}")
        self.state = state


class SecondPersonNeeded(OfferError):
    code = "second_person_needed"

    def __init__(self) -> None:
        super().__init__("who asked for an adjustment cannot approve it: a second person has to")


class UnknownMerge(OfferError):
    code = "unknown_merge"

    def __init__(self) -> None:
        super().__init__("no such merge in this programme")


class MemberMerged(OfferError):
    code = "member_merged"

    def __init__(self, *, survivor_id: str) -> None:
        super().__init__(f"this member was merged into {survivor_id}: undo that first")
        self.survivor_id = survivor_id


class TooMuchToMerge(OfferError):
    code = "too_much_to_merge"

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"a member with more than {limit} purchases, or merged too often, cannot be merged")
        self.limit = limit


class NotEnoughBalance(OfferError):
    code = "not_enough_balance"

    def __init__(self, *, asked_minor: int, available_minor: int) -> None:
        super().__init__(f"asked for {asked_minor} minor units, {available_minor} available")
        self.asked_minor = asked_minor
        self.available_minor = available_minor


class UnknownMovement(OfferError):
    code = "unknown_movement"

    def __init__(self) -> None:
        super().__init__("no such movement on this balance")


class TermsEnded(OfferError):
    code = "terms_ended"

    def __init__(self) -> None:
        super().__init__("these terms would be over before they begin")
