"""Opening the way out by text message, when a gateway is configured."""

from aiohttp import ClientSession

from channels.sms import SmsChannel, SmsGateway
from offers.engine.card_codes import derive_key
from service.now import now
from service.settings import Settings

PURPOSE = "phone-codes"


def phone_key(code_key: bytes) -> bytes:
    """Give the key under which codes for phones are digested and messages sealed."""
    return derive_key(code_key, PURPOSE)


def open_sms(settings: Settings, session: ClientSession, *, code_key: bytes) -> SmsChannel | None:
    """Prepare the channel; None when no gateway is configured."""
    sms = settings.sms
    if sms.url is None:
        return None
    gateway = SmsGateway(url=sms.url, token=sms.token.get_secret_value() if sms.token else None, sender=sms.sender)
    return SmsChannel(session=session, gateway=gateway, key=phone_key(code_key), clock=now)
