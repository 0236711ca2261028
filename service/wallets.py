"""Opening Apple Wallet: its passes and pushes."""

import random
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from certs.files import PassFiles
from certs.identity import load_pass_identity
from offers.flows.apple_devices import AppleDevices
from offers.flows.card_states import CardStates
from offers.flows.keep_shown import KeepShown
from offers.flows.look_at_card import LookAtCard
from offers.flows.personalise_member import PersonaliseMember
from offers.flows.read_device_logs import DeviceLogs
from offers.model.shown import Wallet
from offers.store.store import Store
from service.now import chance, now
from service.settings import AppleSettings, Settings
from wallet.apple.apns import ApnsClient, ApnsSettings
from wallet.apple.channel import AppleChannel
from wallet.apple.passes import PassMaker
from wallet.apple.signer import PassSigner
from wallet.apple.web_service.tools import AppleTools
from wallet.pictures import PictureBook
from web.limits import RateLimit

LOGS_PER_MINUTE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Apple:
    tools: AppleTools
    channel: AppleChannel


def open_apple(
    settings: Settings, store: Store, *, pictures: PictureBook, code_key: bytes, stack: AsyncExitStack
) -> Apple | None:
    """Load the signing identity and prepare the pushes; None when no certificate is configured.

    Raises IdentityError, which names what is wrong with the files.
    """
    apple = settings.apple
    if apple.certificate is None:
        return None
    identity = load_pass_identity(
        _pass_files(apple, apple.certificate),
        at=now(),
        pass_type_identifier=apple.pass_type or None,
        team_identifier=apple.team or None,
    )
    apns = ApnsClient(
        ApnsSettings(url=apple.apns_url, push_type=apple.apns_push_type, priority=apple.apns_priority),
        identity.client_context(apple.apns_authority),
        clock=now,
        chance=random.Random(),  # noqa: S311 - jitter decides nothing
    )
    stack.push_async_callback(apns.close)
    passes = PassMaker(
        signer=PassSigner(identity),
        pictures=pictures,
        public_url=settings.web.public_url,
        code_key=code_key,
        clock=now,
    )
    tools = _tools(store, passes, code_key)
    channel = AppleChannel(
        devices=tools.devices,
        look_at_card=tools.look_at_card,
        shown=KeepShown(store, now, Wallet.APPLE, settings.updates.stale_terms),
        apns=apns,
        topic=passes.pass_type,
        terms=settings.updates.terms,
    )
    return Apple(tools=tools, channel=channel)


def _tools(store: Store, passes: PassMaker, code_key: bytes) -> AppleTools:
    return AppleTools(
        devices=AppleDevices(store, now),
        look_at_card=LookAtCard(store, code_key, now),
        passes=passes,
        states=CardStates(store, now),
        logs=DeviceLogs(store, now),
        personalise=PersonaliseMember(store, now, chance),
        log_limit=RateLimit(per_minute=LOGS_PER_MINUTE, burst=LOGS_PER_MINUTE),
    )


def _pass_files(apple: AppleSettings, certificate: Path) -> PassFiles:
    return PassFiles(
        certificate_path=certificate,
        key_path=apple.key,
        wwdr_path=apple.intermediate,
        passphrase=apple.key_password.get_secret_value() if apple.key_password else None,
    )
