"""The house: everything one process works with, opened together and closed together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientSession, ClientTimeout

from channels.sms import SmsChannel
from offers.engine.card_codes import derive_key
from offers.flows.find_picture import FindPicture
from offers.store.store import Store
from service.google_wallet import Google, open_google
from service.mongod import EmbeddedMongo
from service.opening import master_secret, open_store
from service.settings import Settings
from service.texting import open_sms
from service.wallets import Apple, open_apple
from wallet.pictures import PictureBook

REQUEST_TIMEOUT_S = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """`apple`, `google` and `sms` are None when they are not configured; `mongo` when the database is not ours."""

    settings: Settings
    store: Store
    mongo: EmbeddedMongo | None
    code_key: bytes = field(repr=False)
    pictures: PictureBook
    apple: Apple | None
    google: Google | None
    sms: SmsChannel | None = None


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Open the store and the wallets. MongoUnavailable, DataFolderInUse and IdentityError tell the remedy."""
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(open_store(settings))
        session = await stack.enter_async_context(ClientSession(timeout=ClientTimeout(total=REQUEST_TIMEOUT_S)))
        pictures = PictureBook(FindPicture(opened.store))
        code_key = derive_key(master_secret(settings), "scan-code")
        yield House(
            settings=settings,
            store=opened.store,
            mongo=opened.mongo,
            code_key=code_key,
            pictures=pictures,
            apple=open_apple(settings, opened.store, pictures=pictures, code_key=code_key, stack=stack),
            google=open_google(settings, opened.store, session, pictures=pictures, code_key=code_key),
            sms=open_sms(settings, session, code_key=code_key),
        )
