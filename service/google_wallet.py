"""Opening Google Wallet: its client, its cards and its callbacks."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import ClientSession

from certs.identity import GoogleIdentity, load_google_identity
from offers.flows.find_common_looks import FindCommonLooks
from offers.flows.hear_from_google import HearFromGoogle
from offers.flows.keep_class import KeepClass
from offers.flows.keep_shown import KeepShown
from offers.flows.let_ring import LetRing
from offers.flows.list_coupons import ListCoupons
from offers.flows.look_at_card import LookAtCard
from offers.flows.remember_offers import RememberOffers
from offers.flows.reserve_calls import ReserveCalls
from offers.flows.save_to_google import SaveToGoogle
from offers.model.clock import Clock
from offers.model.pace import Quota
from offers.model.shown import StaleTerms, Wallet
from offers.store.store import Store
from service.now import now
from service.settings import Settings
from wallet.google.callback.install import CALLBACK_PATH, CallbackTools
from wallet.google.callback.root_keys import RootKeys
from wallet.google.cards import GoogleCards
from wallet.google.channel import GoogleChannel
from wallet.google.classes import GoogleClasses
from wallet.google.client import GoogleWalletClient
from wallet.google.composer import Composer
from wallet.google.install import GoogleTools
from wallet.google.messages import CardMessages
from wallet.google.oauth import GoogleTokens
from wallet.google.pace import SharedPace
from wallet.google.pictures import GooglePictures
from wallet.google.updates import CardUpdates
from wallet.pictures import PictureBook

GOOD_FOR_S = 0.2
"""How long calls that a process reserved are good: the longer, the fewer of the quota's calls can be made."""


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
    composer = _composer(settings, store, pictures, code_key)
    quota = Quota(calls=google.requests_per_s, good_for_s=GOOD_FOR_S)
    client = GoogleWalletClient(
        session=session,
        tokens=GoogleTokens(session=session, identity=identity, clock=now, token_url=google.token_url),
        pace=SharedPace(ReserveCalls(store, f"google:{google.issuer_id}", quota)),
        api_url=google.api_url,
    )
    cards, channel = google_channel(
        store,
        client,
        composer,
        identity=identity,
        origin=_origin(settings.web.public_url),
        save_url=google.save_url,
        clock=now,
        stale=settings.updates.stale_terms,
    )
    callbacks = CallbackTools(
        keys=RootKeys(session=session, clock=now, url=google.callback_keys_url),
        hear=HearFromGoogle(store, now),
        issuer_id=google.issuer_id,
        clock=now,
    )
    return Google(
        tools=GoogleTools(cards=cards, look_at_card=look, pictures=composer.pictures),
        callbacks=callbacks,
        channel=channel,
    )


def google_channel(
    store: Store,
    client: GoogleWalletClient,
    composer: Composer,
    *,
    identity: GoogleIdentity,
    origin: str,
    save_url: str,
    clock: Clock,
    stale: StaleTerms,
) -> tuple[GoogleCards, GoogleChannel]:
    """Put together what writes cards at Google, and the channel that keeps them current, over one client."""
    shown = KeepShown(store, clock, Wallet.GOOGLE, stale)
    cards = GoogleCards(
        client=client,
        classes=GoogleClasses(client=client, keep=KeepClass(store, clock)),
        shown=shown,
        composer=composer,
        identity=identity,
        save=SaveToGoogle(store),
        offers=RememberOffers(store),
        messages=CardMessages(client=client, ring=LetRing(store, clock), clock=clock),
        origin=origin,
        save_url=save_url,
        clock=clock,
    )
    channel = GoogleChannel(
        updates=CardUpdates(cards=cards, shown=shown, ring=LetRing(store, clock)),
        look_at_card=LookAtCard(store, composer.code_key, clock),
        find_looks=FindCommonLooks(store, clock),
    )
    return cards, channel


def _composer(settings: Settings, store: Store, pictures: PictureBook, code_key: bytes) -> Composer:
    google, public_url = settings.google, settings.web.public_url.rstrip("/")
    return Composer(
        issuer_id=google.issuer_id,
        pictures=GooglePictures(book=pictures, public_url=public_url, key=code_key),
        list_coupons=ListCoupons(store, now),
        public_url=public_url,
        callback_url=callback_url(settings),
        rotates=google.rotating_codes,
        restricts=google.restrict_saves,
        code_key=code_key,
        clock=now,
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
