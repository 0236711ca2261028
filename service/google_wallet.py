"""Opening Google Wallet: its client, its cards and its callbacks."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import ClientSession

from certs.identity import load_google_identity
from offers.flows.hear_from_google import HearFromGoogle
from offers.flows.look_at_card import LookAtCard
from offers.flows.save_to_google import SaveToGoogle
from offers.store.store import Store
from service.now import now
from service.settings import Settings
from wallet.google.callback.install import CALLBACK_PATH, CallbackTools
from wallet.google.callback.root_keys import RootKeys
from wallet.google.cards import GoogleCards
from wallet.google.channel import GoogleChannel
from wallet.google.client import GoogleWalletClient
from wallet.google.install import GoogleTools
from wallet.google.oauth import GoogleTokens
from wallet.google.pace import Pace
from wallet.pictures import PictureBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Google:
    tools: GoogleTools
    callbacks: CallbackTools
    channel: GoogleChannel


def open_google(
    settings: Settings, store: Store, session: ClientSession, *, pictures: PictureBook, code_key: bytes
) -> Google | None:
    """Prepare the client; None when no service account is configured. Raises IdentityError."""
    google = settings.google
    if google.service_account is None:
        return None
    look = LookAtCard(store, code_key, now)
    identity = load_google_identity(google.service_account)
    cards = GoogleCards(
        client=GoogleWalletClient(
            session=session,
            tokens=GoogleTokens(session=session, identity=identity, clock=now, token_url=google.token_url),
            pace=Pace(per_second=google.requests_per_s),
            api_url=google.api_url,
        ),
        identity=identity,
        issuer_id=google.issuer_id,
        pictures=pictures,
        save=SaveToGoogle(store),
        public_url=_origin(settings.web.public_url),
        callback_url=callback_url(settings),
        save_url=google.save_url,
        code_key=code_key,
        clock=now,
    )
    callbacks = CallbackTools(
        keys=RootKeys(session=session, clock=now, url=google.callback_keys_url),
        hear=HearFromGoogle(store, now),
        issuer_id=google.issuer_id,
        clock=now,
    )
    return Google(
        tools=GoogleTools(cards=cards, look_at_card=look),
        callbacks=callbacks,
        channel=GoogleChannel(cards=cards, look_at_card=look),
    )


def callback_url(settings: Settings) -> str | None:
    """Tell where Google reports saves and deletions; it calls https alone, and nobody on this machine."""
    if settings.google.callback_url:
        return settings.google.callback_url
    public = settings.web.public_url
    return f"{public.rstrip('/')}{CALLBACK_PATH}" if public.startswith("https://") else None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
