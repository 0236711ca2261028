"""Where members came from: read from links, kept with the member, counted."""

import secrets
from datetime import timedelta

import pytest

from offers.engine.arrivals import main_source, read_arrival, read_start, start_of
from offers.flows.count_sources import CountSources
from offers.flows.enrol_member import Application, EnrolMember
from offers.model.arrival import Arrival
from offers.model.programme import Language
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import CONSENT, PROGRAMME

CODE = "0123456789"


@pytest.mark.parametrize(
    ("query", "arrival"),
    [
        ({}, Arrival(source="page")),
        ({"src": "poster-12"}, Arrival(source="poster-12")),
        ({"src": "<b>"}, Arrival(source="page")),
        ({"utm_source": "vk ads!"}, Arrival(source="vk-ads")),
        (
            {"src": "poster", "utm_source": "vk", "utm_campaign": " spring\n sale ", "utm_medium": "x" * 99},
            Arrival(source="poster", campaign="spring  sale", medium="x" * 64),
        ),
        ({"utm_source": "…", "utm_term": "кофе"}, Arrival(source="page", term="кофе")),
    ],
)
def test_a_link_says_where_somebody_came_from(query: dict[str, str], arrival: Arrival) -> None:
    assert read_arrival(query) == arrival


@pytest.mark.parametrize(
    ("payload", "source", "code"),
    [
        ("src-poster_1", "poster_1", None),
        (f"ref-{CODE}", None, CODE),
        (f"ref-{CODE}_src-friend", "friend", CODE),
        (f"src-flyer-2_ref-{CODE}", "flyer-2", CODE),
        (f"ref-{CODE.replace('0', 'Z')}", None, "z123456789"),
        ("ref-short", None, None),
        ("src-", None, None),
        ("what-is-this", None, None),
        ("", None, None),
    ],
)
def test_a_start_payload_says_it_too_in_either_order(payload: str, source: str | None, code: str | None) -> None:
    start = read_start(payload)

    assert (start.source, start.code) == (source, code)


@pytest.mark.parametrize(("source", "code"), [("poster", None), (None, CODE), ("poster-1_a", CODE)])
def test_what_is_written_for_the_bot_is_read_back(source: str | None, code: str | None) -> None:
    written = start_of(source, code)

    assert len(written) <= 64
    assert (read_start(written).source, read_start(written).code) == (source, code)


def application(number: int, arrival: Arrival | None, *, source: str | None = None) -> Application:
    return Application(
        language=Language.RU,
        source=source or (arrival.source if arrival else "test"),
        consents=(CONSENT,),
        phone=f"+7916000{number:04}",
        arrival=arrival,
    )


async def test_members_are_counted_by_source_medium_and_campaign(store: Store, clock: SettableClock) -> None:
    enrol = EnrolMember(store, clock, secrets.token_bytes)
    poster, friend = Arrival(source="poster", campaign="spring"), Arrival(source="friend")
    arrivals = [poster, poster, Arrival(source="poster"), friend, None]
    for number, arrival in enumerate(arrivals):
        source = main_source(friend, CODE) if arrival is friend else None
        await enrol(PROGRAMME, application(number, arrival, source=source))
        clock.move(timedelta(days=1))
    await enrol(PROGRAMME, application(90, None, source=f"ref-{CODE}"))

    counted = await CountSources(store)(PROGRAMME)
    lately = await CountSources(store)(PROGRAMME, since=clock() - timedelta(days=2), until=clock())

    told = {(each.source, each.campaign): (each.members, each.referred) for each in counted}
    assert told == {
        ("poster", "spring"): (2, 0),
        ("poster", None): (1, 0),
        ("friend", None): (1, 1),
        ("test", None): (1, 0),
        ("referral", None): (1, 1),
    }
    assert counted[0].members == 2
    assert sum(each.members for each in lately) == 2
