"""Proving that a phone is one's own: codes that are sent, tried, and run out."""

import asyncio
import secrets
from collections import Counter
from datetime import timedelta

import pytest

from offers.engine.phone_codes import LIFE, PER_ADDRESS_HOUR, PER_PHONE_HOUR, TRIES, new_code
from offers.engine.sealing import unseal
from offers.flows.enrol_member import Application, EnrolMember
from offers.flows.verify_phone import CodeRequest, VerifyPhone
from offers.model.errors import Busy, ContactTaken
from offers.model.message import Lane, OutboxItem
from offers.model.phone_errors import PhoneCodeOver, TooManyPhoneCodes, WrongPhoneCode
from offers.model.programme import Language
from offers.model.verification import CodePurpose
from offers.store.store import Store
from tests.clock import SettableClock
from tests.coffee_house import CONSENT, PROGRAMME, application

KEY = b"p" * 32
PHONE = "+79161234567"


@pytest.fixture
def verify(store: Store, clock: SettableClock) -> VerifyPhone:
    return VerifyPhone(store, clock, secrets.token_bytes, KEY)


def asking(phone: str = PHONE, *, address: str = "198.51.100.7") -> CodeRequest:
    return CodeRequest(phone=phone, purpose=CodePurpose.JOIN, language=Language.RU, address=address)


async def waiting(store: Store, clock: SettableClock) -> list[OutboxItem]:
    return await store.reading.outbox.claim(Lane.SMS, claim=secrets.token_hex(4), at=clock(), lease_s=0)


async def code_sent(store: Store, clock: SettableClock) -> str:
    item = (await waiting(store, clock))[-1]
    return unseal(item.payload["sealed"], KEY, bound_to=item.key)


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def check(verify: VerifyPhone, challenge: str, typed: str) -> str:
    return await verify.check(PROGRAMME, challenge, typed, purpose=CodePurpose.JOIN)


async def test_the_code_that_was_sent_proves_the_phone_and_proves_it_again(
    verify: VerifyPhone, store: Store, clock: SettableClock
) -> None:
    challenge = await verify.send(PROGRAMME, asking())
    code = await code_sent(store, clock)

    first, again = await check(verify, challenge, code), await check(verify, challenge, code)

    assert first == again == PHONE
    assert len(code) == 6


async def test_neither_the_code_nor_the_digest_of_it_alone_is_in_the_database(
    verify: VerifyPhone, store: Store, clock: SettableClock
) -> None:
    await verify.send(PROGRAMME, asking())
    code = await code_sent(store, clock)

    for collection in ("phone_codes", "outbox", "quotas"):
        async for document in store.database[collection].find():
            assert code not in str(document)
            assert collection == "outbox" or collection == "phone_codes" or PHONE not in str(document)  # noqa: PLR1714


async def test_a_wrong_code_costs_a_try_and_the_fifth_ends_it(
    verify: VerifyPhone, store: Store, clock: SettableClock
) -> None:
    challenge = await verify.send(PROGRAMME, asking())
    code = await code_sent(store, clock)

    for left in range(TRIES - 1, 0, -1):
        with pytest.raises(WrongPhoneCode) as refused:
            await check(verify, challenge, another(code))
        assert refused.value.tries_left == left
    with pytest.raises(PhoneCodeOver):
        await check(verify, challenge, another(code))

    with pytest.raises(PhoneCodeOver):
        await check(verify, challenge, code)


async def test_a_crowd_of_guessers_has_five_tries_together(
    verify: VerifyPhone, store: Store, clock: SettableClock
) -> None:
    challenge = await verify.send(PROGRAMME, asking())
    code = int(await code_sent(store, clock))
    guesses = [f"{(code + step) % 1_000_000:06}" for step in range(1, 41)]

    told = await asyncio.gather(*(check(verify, challenge, guess) for guess in guesses), return_exceptions=True)

    counted = Counter(type(each).__name__ for each in told)
    assert counted == {"WrongPhoneCode": TRIES - 1, "PhoneCodeOver": 40 - TRIES + 1}


async def test_a_code_is_over_after_ten_minutes(verify: VerifyPhone, store: Store, clock: SettableClock) -> None:
    challenge = await verify.send(PROGRAMME, asking())
    code = await code_sent(store, clock)
    clock.move(LIFE)

    with pytest.raises(PhoneCodeOver):
        await check(verify, challenge, code)


async def test_a_code_for_joining_does_not_replace_a_card(
    verify: VerifyPhone, store: Store, clock: SettableClock
) -> None:
    challenge = await verify.send(PROGRAMME, asking())
    code = await code_sent(store, clock)

    with pytest.raises(PhoneCodeOver):
        await verify.check(PROGRAMME, challenge, code, purpose=CodePurpose.REISSUE)


async def test_one_phone_gets_three_codes_an_hour_and_six_a_day_whoever_asks(
    verify: VerifyPhone, store: Store, clock: SettableClock
) -> None:
    for number in range(PER_PHONE_HOUR):
        await verify.send(PROGRAMME, asking(address=f"198.51.100.{number}"))
    with pytest.raises(TooManyPhoneCodes) as refused:
        await verify.send(PROGRAMME, asking(address="203.0.113.1"))
    assert 0 < refused.value.retry_after_s <= 3600
    clock.move(timedelta(hours=1))
    for number in range(PER_PHONE_HOUR):
        await verify.send(PROGRAMME, asking(address=f"198.51.100.{number}"))
    clock.move(timedelta(hours=1))

    with pytest.raises(TooManyPhoneCodes) as spent:
        await verify.send(PROGRAMME, asking())

    assert spent.value.retry_after_s > 3600
    assert await store.reading.outbox.waiting(Lane.SMS) == 2 * PER_PHONE_HOUR


async def test_one_address_asks_for_a_few_phones_and_no_crowd_of_requests_passes_that(
    verify: VerifyPhone, store: Store
) -> None:
    async def persistently(request: CodeRequest) -> str:
        while True:
            try:
                return await verify.send(PROGRAMME, request)
            except Busy:
                await asyncio.sleep(0.1)

    asked = [asking(f"+7916000{number:04}") for number in range(30)]

    told = await asyncio.gather(*map(persistently, asked), return_exceptions=True)

    assert Counter(type(each) for each in told) == {
        str: PER_ADDRESS_HOUR,
        TooManyPhoneCodes: len(asked) - PER_ADDRESS_HOUR,
    }
    assert await store.reading.outbox.waiting(Lane.SMS) == PER_ADDRESS_HOUR


async def test_a_programme_sends_no_more_in_a_day_than_it_pays_for(store: Store, clock: SettableClock) -> None:
    verify = VerifyPhone(store, clock, secrets.token_bytes, KEY, daily_limit=2)
    for number in range(2):
        await verify.send(PROGRAMME, asking(f"+7916000000{number}", address=str(number)))

    with pytest.raises(TooManyPhoneCodes):
        await verify.send(PROGRAMME, asking("+79160000009", address="9"))


async def test_the_answer_is_the_same_for_a_members_phone_and_a_strangers(
    verify: VerifyPhone, store: Store, clock: SettableClock
) -> None:
    await EnrolMember(store, clock, secrets.token_bytes)(PROGRAMME, application(phone=PHONE))

    known, unknown = await verify.send(PROGRAMME, asking()), await verify.send(PROGRAMME, asking("+79160000000"))

    assert len(known) == len(unknown) == 32
    one, other = await waiting(store, clock)
    assert one.payload.keys() == other.payload.keys()
    assert one.member_id == other.member_id == ""


async def test_whoever_verified_a_members_phone_gets_that_members_card(store: Store, clock: SettableClock) -> None:
    enrol = EnrolMember(store, clock, secrets.token_bytes)
    first = await enrol(PROGRAMME, application(phone=PHONE, telegram_id=7))
    typed = application(phone=PHONE)
    with pytest.raises(ContactTaken):
        await enrol(PROGRAMME, typed)
    proved = Application(language=Language.EN, source="page", consents=(CONSENT,), phone=PHONE, phone_is_verified=True)
    clock.move(timedelta(days=1))

    again = await enrol(PROGRAMME, proved)

    assert (again.member.id, again.card.id, again.is_new) == (first.member.id, first.card.id, False)
    member = await store.reading.members.get(first.member.id)
    assert member is not None
    assert member.phone_verified_at == clock()


def test_every_code_is_as_likely_as_every_other() -> None:
    drawn = [b"\xff\xff\xff\xff", b"\x00\x00\x00\x2a"]

    assert new_code(lambda _: drawn.pop(0)) == "000042"
