"""The ledger's part of the table from refusals to HTTP."""

from http import HTTPStatus

from offers.model import ledger_errors as errors
from offers.model.errors import OfferError

STATUS: dict[type[OfferError], HTTPStatus] = {
    errors.PointsOutOfRange: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.MovementKeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.SameMember: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TransferLimitReached: HTTPStatus.CONFLICT,
    errors.ReasonMissing: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownAdjustment: HTTPStatus.NOT_FOUND,
    errors.AdjustmentClosed: HTTPStatus.CONFLICT,
    errors.SecondPersonNeeded: HTTPStatus.FORBIDDEN,
    errors.UnknownMerge: HTTPStatus.NOT_FOUND,
    errors.MemberMerged: HTTPStatus.CONFLICT,
    errors.TooMuchToMerge: HTTPStatus.CONFLICT,
    errors.NotEnoughBalance: HTTPStatus.CONFLICT,
    errors.UnknownMovement: HTTPStatus.NOT_FOUND,
    errors.TermsEnded: HTTPStatus.UNPROCESSABLE_ENTITY,
}

TEXTS: dict[str, str] = {
    "points_out_of_range": "Between 1 and {limit} points can be moved at once.",
    "movement_key_reused": "The key {key} was already used for something else.",
    "same_member": "That is one and the same member.",
    "transfer_limit": "Only {allowed} points may be handed on today, not {asked}.",
    "reason_missing": "Say why: the reason is kept with the change.",
    "unknown_adjustment": "No such adjustment in this programme.",
    "adjustment_closed": "This adjustment does not wait for a decision any more.",
    "second_person_needed": "A second person has to approve: who asked for it cannot.",
    "unknown_merge": "No such merge in this programme.",
    "member_merged": "This member was merged into another. Undo that first.",
    "too_much_to_merge": "This member has more than {limit} purchases, or was merged too often.",
    "not_enough_balance": "There is not enough on the prepaid balance.",
    "unknown_movement": "No such movement on this balance.",
    "terms_ended": "These terms would be over already. Choose a later end.",
}
