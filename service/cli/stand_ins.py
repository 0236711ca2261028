"""The stand-ins of the demo on localhost, and settings whose every outside address is one of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import create_server

from pydantic import SecretStr

from certs.dev import DEV_PASS_TYPE, DEV_TEAM, DevIdentities, DevIdentitiesExist, make_dev_identities
from certs.identity import load_google_identity
from sandbox.apns import ApnsStandIn
from sandbox.google.server import GoogleStandIn
from sandbox.phone.surroundings import Surroundings
from sandbox.sms import SmsStandIn
from sandbox.telegram.server import TelegramStandIn
from service.now import now
from service.settings import (
    AppleSettings,
    GoogleSettings,
    MongoSettings,
    Settings,
    SmsSettings,
    TelegramSettings,
    WebSettings,
)
from wallet.google.callback.install import CALLBACK_PATH

ISSUER_ID = "3388000000012345678"
BOT_TOKEN = "1000001:sample-token-of-a-stand-in"  # noqa: S105 - only the stand-in takes it
BOT_NAME = "sample_coffee_bot"
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIns:
    identities: DevIdentities
    apns: ApnsStandIn
    google: GoogleStandIn
    telegram: TelegramStandIn
    sms: SmsStandIn


@asynccontextmanager
async def open_stand_ins(folder: Path) -> AsyncIterator[StandIns]:
    """Start the stand-ins on free ports, under identities that are made once and kept in the folder."""
    try:
        identities = make_dev_identities(folder / "certs", at=now())
    except DevIdentitiesExist:
        identities = DevIdentities(folder=folder / "certs")
    account = load_google_identity(identities.google_path)
    keys = {account.client_email: account.private_key.public_key()}
    async with (
        ApnsStandIn(identities) as apns,
        GoogleStandIn(public_keys=keys, issuer_id=ISSUER_ID) as google,
        TelegramStandIn(bots={BOT_TOKEN: BOT_NAME}) as telegram,
        SmsStandIn() as sms,
    ):
        yield StandIns(identities=identities, apns=apns, google=google, telegram=telegram, sms=sms)


def stand_in_settings(
    stand_ins: StandIns, *, folder: Path, port: int, programme: str, phone_url: str, mongo: MongoSettings | None = None
) -> Settings:
    """Give settings whose every outside address is a stand-in; the environment has no say."""
    files = stand_ins.identities.pass_files
    return Settings.model_construct(
        data_folder=folder,
        secret=None,
        log_level="WARNING",
        web=WebSettings(host=HOST, port=port, public_url=f"http://{HOST}:{port}"),
        mongo=mongo or MongoSettings(),
        apple=AppleSettings(
            pass_type=DEV_PASS_TYPE,
            team=DEV_TEAM,
            certificate=files.certificate_path,
            key=files.key_path,
            intermediate=files.wwdr_path,
            apns_url=stand_ins.apns.url,
            apns_authority=stand_ins.identities.root_path,
        ),
        google=GoogleSettings(
            issuer_id=ISSUER_ID,
            service_account=stand_ins.identities.google_path,
            api_url=stand_ins.google.api_url,
            token_url=stand_ins.google.token_url,
            save_url=stand_ins.google.save_url,
            callback_url=f"http://{HOST}:{port}{CALLBACK_PATH}",
            callback_keys_url=stand_ins.google.keys_url,
        ),
        telegram=TelegramSettings(
            token=SecretStr(BOT_TOKEN),
            programme=programme,
            username=BOT_NAME,
            link_url=phone_url,
            api_url=stand_ins.telegram.url,
        ),
        sms=SmsSettings(url=stand_ins.sms.url),
    )


def surroundings(stand_ins: StandIns, settings: Settings, *, programme: str) -> Surroundings:
    """Give what a phone finds around it."""
    return Surroundings(
        public_url=settings.web.public_url,
        apns=stand_ins.apns,
        google=stand_ins.google,
        telegram=stand_ins.telegram,
        sms=stand_ins.sms,
        trust_root=stand_ins.identities.root_path,
        join_url=f"{settings.web.public_url}/join/{programme}",
        till_url=f"{settings.web.public_url}/till",
        bot_username=BOT_NAME,
    )


def free_port(wanted: int) -> int:
    """Give the wanted port when it is free, else any free one."""
    for port in (wanted, 0):
        try:
            with create_server((HOST, port)) as probe:
                number: int = probe.getsockname()[1]
                return number
        except OSError:
            continue
    raise OSError("no free port on this machine")
