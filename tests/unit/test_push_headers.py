"""What the packed headers of pushes say to whoever unpacks them, whatever is sent in between."""

from datetime import UTC, datetime, timedelta

from hpack import Decoder, HeaderTuple
from hypothesis import example, given
from hypothesis import strategies as st

from wallet.apple.push_headers import PushEncoder, PushHeaders

NOW = datetime(2026, 3, 14, 12, 0, 30, tzinfo=UTC)
TOKENS = st.text(alphabet="0123456789abcdef", min_size=2, max_size=200)
TOPICS = st.sampled_from(("pass.example.card", "pass.example.other"))


def headers_of(lifetime_h: int = 24, push_type: str = "background") -> PushHeaders:
    lifetime = timedelta(hours=lifetime_h)
    return PushHeaders("api.push.example", push_type=push_type, priority=5, lifetime=lifetime)


@example([("table", 0), ("push", "00", "pass.example.card", 0), ("table", 64), ("table", 64), ("other", "0")])
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("push"), TOKENS, TOPICS, st.integers(0, 200)),
            st.tuples(st.just("table"), st.sampled_from((0, 64, 512, 4_096))),
            st.tuples(st.just("other"), TOKENS),
        ),
        max_size=20,
    )
)
def test_the_other_side_reads_what_was_meant(said: list[tuple[object, ...]]) -> None:
    headers, encoder, decoder = headers_of(), PushEncoder(), Decoder()
    for what, *facts in said:
        if what == "table":
            encoder.header_table_size = facts[0]
            continue
        if what == "other":
            meant = [HeaderTuple(b"x-other", str(facts[0]).encode())]
        else:
            token, topic, seconds = facts
            meant = headers.of(str(token), topic=str(topic), at=NOW + timedelta(seconds=int(str(seconds))))
        read = decoder.decode(encoder.encode(meant), raw=True)
        assert [(name, value) for name, value in read] == [(name, value) for name, value in meant]


def test_from_the_third_push_on_only_the_token_travels() -> None:
    headers, encoder = headers_of(), PushEncoder()
    sizes = [
        len(encoder.encode(headers.of(f"{number:064x}", topic="pass.example.card", at=NOW))) for number in range(4)
    ]

    assert sizes[1:] == [7 + 2 + len("/3/device/") + 64] * 3


def test_the_path_is_kept_out_of_every_table() -> None:
    decoder = Decoder()
    (path,) = [
        each
        for each in decoder.decode(PushEncoder().encode(headers_of().of("ab" * 32, topic="pass.example.card", at=NOW)))
        if each[0] == ":path"
    ]

    assert not path.indexable


def test_a_push_never_expires_before_its_lifetime_and_a_minute_after_it_at_most() -> None:
    for second in range(0, 121, 7):
        at = NOW + timedelta(seconds=second)
        told = dict(headers_of().of("ab" * 32, topic="pass.example.card", at=at))
        late_s = int(told[b"apns-expiration"]) - (at + timedelta(hours=24)).timestamp()
        assert 0 <= late_s < 60


def test_without_a_push_type_none_is_sent() -> None:
    assert b"apns-push-type" not in dict(headers_of(push_type="").of("ab" * 32, topic="pass.example.card", at=NOW))
