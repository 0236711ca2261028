"""Everything Tessera leans on, well: stand-ins of all providers, and a public address that is https and ours."""

import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, TCPConnector, web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from certs.dev import DEV_PASS_TYPE, DEV_TEAM, DevIdentities
from offers.store.store import Store
from sandbox.apns import ApnsStandIn
from sandbox.google.server import GoogleStandIn
from sandbox.telegram.server import TelegramStandIn
from service.doctor.examine import examine
from service.doctor.observations import Observation, Part
from service.doctor.surroundings import Surroundings
from service.settings import AppleSettings, GoogleSettings, Settings, TelegramSettings, WebSettings
from service.web import make_application
from tests.clock import SettableClock
from tests.identities import google_account_of
from tests.served import Served

HOST = "cards.example"
ISSUER = "3388000000012345678"
TOKEN = "42:TEST-token"
BOT = "tessera_bot"


class _Here(AbstractResolver):
    """Lets the public name lead to this machine, as a reverse proxy would."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = "127.0.0.1" if host == HOST else str(ipaddress.ip_address(host))
        return [ResolveResult(hostname=host, host=found, port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        return


@dataclass(frozen=True, slots=True, kw_only=True)
class Ward:
    """What the doctor looks at; `with_settings` gives another patient in the same bed."""

    around: Surroundings
    apns: ApnsStandIn
    google: GoogleStandIn
    telegram: TelegramStandIn
    clock: SettableClock

    async def found(self) -> dict[Part, list[tuple[str, str]]]:
        """Examine everything; gives level and code by part."""
        told: dict[Part, list[tuple[str, str]]] = {}
        for each in await self.observations():
            told.setdefault(each.part, []).append((each.level.value, each.code))
        return told

    async def observations(self) -> list[Observation]:
        return await examine(self.around)

    def with_settings(self, **groups: Any) -> "Ward":
        settings = self.around.settings.model_copy(
            update={
                name: getattr(self.around.settings, name).model_copy(update=changes) for name, changes in groups.items()
            }
        )
        return replace(self, around=replace(self.around, settings=settings))


@asynccontextmanager
async def open_ward(store: Store, identities: DevIdentities, folder: Path) -> AsyncIterator[Ward]:
    clock = SettableClock(datetime.now(UTC))
    key = google_account_of(identities)
    chain = _certificate(folder)
    async with AsyncExitStack() as stack:
        apns = await stack.enter_async_context(ApnsStandIn(identities))
        public_keys = {key.client_email: key.private_key.public_key()}
        google = await stack.enter_async_context(GoogleStandIn(public_keys=public_keys, issuer_id=ISSUER))
        telegram = await stack.enter_async_context(TelegramStandIn(bots={TOKEN: BOT}))
        server = Served(make_application(store, []), scheme="https", host="127.0.0.1")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(chain)
        await server.start_server(ssl=context)
        stack.push_async_callback(server.close)
        trusting = ssl.create_default_context(cafile=str(chain))
        connector = TCPConnector(resolver=_Here(), ssl=trusting)
        session = await stack.enter_async_context(ClientSession(connector=connector))
        settings = Settings.model_construct(
            data_folder=folder,
            web=WebSettings(public_url=f"https://{HOST}:{server.port}"),
            apple=_apple(identities, apns),
            google=GoogleSettings(
                issuer_id=ISSUER,
                service_account=identities.google_path,
                api_url=google.api_url,
                token_url=google.token_url,
            ),
            telegram=TelegramSettings(token=SecretStr(TOKEN), username=BOT, api_url=telegram.url),
        )
        around = Surroundings(settings=settings, session=session, clock=clock, store=store)
        yield Ward(around=around, apns=apns, google=google, telegram=telegram, clock=clock)


def _apple(identities: DevIdentities, apns: ApnsStandIn) -> AppleSettings:
    files = identities.pass_files
    return AppleSettings(
        pass_type=DEV_PASS_TYPE,
        team=DEV_TEAM,
        certificate=files.certificate_path,
        key=files.key_path,
        intermediate=files.wwdr_path,
        apns_url=apns.url,
        apns_authority=identities.root_path,
    )


def _certificate(folder: Path) -> Path:
    """Write a certificate of the public name with its key, its own authority."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "public.pem"
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(pem) + secret)
    return path


async def serve_another(_: web.Request) -> web.Response:
    """Answer as another program would, that stands where Tessera should."""
    return web.Response(text="It works!")
