"""Scores in HTTP: the statuses and English texts of refusals."""

from http import HTTPStatus

from offers.model import scores_errors as errors
from offers.model.errors import OfferError

STATUS: dict[type[OfferError], HTTPStatus] = {
    errors.ScoresIncomplete: HTTPStatus.CONFLICT,
    errors.NoScores: HTTPStatus.NOT_FOUND,
}

TEXTS: dict[str, str] = {
    "scores_incomplete": "Only {kept} of {expected} scores were kept. Run the night shift again: it goes on.",
    "no_scores": "No scores yet: the night shift has not run, or this member had no purchase by then.",
}
