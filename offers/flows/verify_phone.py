"""Verify a phone: send a code to it, and believe whoever types it back."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from offers.engine.phone_codes import LIFE, TRIES, code_digest, new_code, quotas_of
from offers.flows.write_sms import CODE, SmsWish, sms_item
from offers.model.clock import Clock
from offers.model.ids import Chance, new_id
from offers.model.phone_errors import PhoneCodeOver, TooManyPhoneCodes, WrongPhoneCode
from offers.model.programme import Language, Programme
from offers.model.verification import CodePurpose, PhoneCode
from offers.store.store import Store
from offers.store.work import Work

_ID_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRequest:
    """`phone` is E.164; `address` is whoever asks, for their own limit."""

    phone: str
    purpose: CodePurpose
    language: Language
    address: str


@dataclass(frozen=True, slots=True)
class VerifyPhone:
    """Six digits from a CSPRNG, kept as a keyed digest; they live ten minutes and bear five tries.

    Nobody's membership is looked at: the answer is the same whether the phone is known or not. `daily_limit` is how
    many messages a programme sends in a day of UTC.
    """

    store: Store
    clock: Clock
    chance: Chance
    key: bytes = field(repr=False)
    daily_limit: int = 2_000

    async def send(self, programme: Programme, request: CodeRequest) -> str:
        """Send a code and give the id of the challenge. Raises TooManyPhoneCodes; then nothing is sent or counted."""
        at = self.clock()
        challenge = self.chance(_ID_BYTES).hex()
        secret = new_code(self.chance)
        code = PhoneCode(
            id=challenge,
            programme_id=programme.id,
            phone=request.phone,
            purpose=request.purpose,
            digest=code_digest(self.key, challenge, secret),
            sent_at=at,
            expires_at=at + LIFE,
            tries_left=TRIES,
        )
        wish = SmsWish(
            programme=programme,
            kind=CODE,
            phone=request.phone,
            language=request.language,
            secret=secret,
            expires_at=code.expires_at,
        )
        await self.store.transact(lambda work: self._send(work, programme, request, code, wish))
        return challenge

    async def check(self, programme: Programme, challenge: str, typed: str, *, purpose: CodePurpose) -> str:
        """Give the phone a challenge was for, once its code was typed right; the right code again gives it again.

        A try is used up before the code is compared, so that no crowd has more than five. Raises WrongPhoneCode,
        PhoneCodeOver.
        """
        at = self.clock()
        verifications = self.store.reading.verifications
        known = await verifications.code(programme.id, challenge, at=at)
        if known is None or known.purpose is not purpose:
            raise PhoneCodeOver
        is_right = hmac.compare_digest(known.digest, code_digest(self.key, challenge, typed))
        if known.verified_at is not None and is_right:
            return known.phone
        used = await verifications.use_try(challenge, at=at)
        if used is None:
            raise PhoneCodeOver
        if not is_right:
            raise WrongPhoneCode(tries_left=used.tries_left) if used.tries_left else PhoneCodeOver
        await verifications.verified(challenge, at=at)
        return known.phone

    async def _send(
        self, work: Work, programme: Programme, request: CodeRequest, code: PhoneCode, wish: SmsWish
    ) -> None:
        await take_sms_quotas(
            work, programme, request.phone, request.address, key=self.key, limit=self.daily_limit, at=code.sent_at
        )
        await work.verifications.put_code(code)
        key = f"sms:{new_id(code.sent_at, self.chance)}"
        await work.outbox.put([sms_item(wish, key=key, seal_key=self.key, chance=self.chance, at=code.sent_at)])


async def take_sms_quotas(
    work: Work, programme: Programme, phone: str, address: str, *, key: bytes, limit: int, at: datetime
) -> None:
    """Count a message against every limit it falls under. Raises TooManyPhoneCodes, which undoes the transaction."""
    for quota in quotas_of(programme.id, phone, address, key=key, daily_limit=limit, at=at):
        if not await work.quotas.take(quota):
            raise TooManyPhoneCodes(retry_after_s=ceil((quota.ends_at - at).total_seconds()))
