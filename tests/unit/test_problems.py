"""The one table from refusals to HTTP: whole, and with a text for every code."""

from http import HTTPStatus

from offers.model.errors import OfferError
from web.problems import STATUS, TEXTS


def refusals(parent: type[OfferError] = OfferError) -> set[type[OfferError]]:
    return {each for child in parent.__subclasses__() for each in {child, *refusals(child)}}


def test_every_refusal_has_a_status_and_nothing_else_has() -> None:
    assert set(STATUS) == refusals()


def test_every_code_is_its_own_and_has_a_text() -> None:
    codes = [refusal.code for refusal in refusals()]

    assert len(codes) == len(set(codes))
    assert set(codes) <= set(TEXTS)


def test_no_refusal_is_answered_as_a_success_or_a_bug() -> None:
    assert all(400 <= status < 500 or status == HTTPStatus.SERVICE_UNAVAILABLE for status in STATUS.values())
