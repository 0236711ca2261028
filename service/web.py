"""The one aiohttp application: every door that is configured, health, and the pages' shared furniture."""

from collections.abc import Sequence
from pathlib import Path

from aiohttp import web
from pymongo.errors import PyMongoError

from offers.store.store import Store
from web.body import MAX_PHOTO_BYTES, answer
from web.layout import PAGES, STATIC_FOLDER, make_pages
from web.problems import problems

STORE = web.AppKey("store", Store)


def make_application(store: Store, templates: Sequence[Path]) -> web.Application:
    """Make the application without doors; the caller installs them."""
    app = web.Application(middlewares=[problems], client_max_size=MAX_PHOTO_BYTES)
    app[STORE] = store
    app[PAGES] = make_pages(templates)
    app.router.add_static("/static", STATIC_FOLDER)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    return app


async def healthz(_: web.Request) -> web.Response:
    """Answer 200 while the process lives."""
    return answer({"status": "alive"})


async def readyz(request: web.Request) -> web.Response:
    """Answer 200 when the database answers, 503 otherwise."""
    try:
        await request.app[STORE].database.command("ping")
    except PyMongoError:
        return answer({"status": "no database"}, status=503)
    return answer({"status": "ready"})
