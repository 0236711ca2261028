"""The REST routes of the stand-in: a thin translation between HTTP and the shelf."""

import json
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from sandbox.google.errors import GoogleError, invalid
from sandbox.google.rules import KINDS
from sandbox.google.shelf import Shelf

API_PATH: Final = "/walletobjects/v1"
PAGE_ROWS: Final = 100


class RestRoutes:
    """Insert, read, list, patch, replace and message, for every kind the shelf knows."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def add_to(self, application: web.Application) -> None:
        collection = f"{API_PATH}/{{kind:{'|'.join(KINDS)}}}"
        application.router.add_post(collection, self._insert)
        application.router.add_get(collection, self._rows)
        application.router.add_get(f"{collection}/{{id}}", self._read)
        application.router.add_patch(f"{collection}/{{id}}", self._patch)
        application.router.add_put(f"{collection}/{{id}}", self._replace)
        application.router.add_post(f"{collection}/{{id}}/addMessage", self._add_message)

    async def _insert(self, request: web.Request) -> web.Response:
        return web.json_response(self.shelf.insert(request.match_info["kind"], await _sent(request)))

    async def _read(self, request: web.Request) -> web.Response:
        return web.json_response(self.shelf.read(request.match_info["kind"], request.match_info["id"]))

    async def _patch(self, request: web.Request) -> web.Response:
        kind, resource_id = request.match_info["kind"], request.match_info["id"]
        return web.json_response(self.shelf.patch(kind, resource_id, await _sent(request)))

    async def _replace(self, request: web.Request) -> web.Response:
        kind, resource_id = request.match_info["kind"], request.match_info["id"]
        return web.json_response(self.shelf.replace(kind, resource_id, await _sent(request)))

    async def _add_message(self, request: web.Request) -> web.Response:
        kind, resource_id = request.match_info["kind"], request.match_info["id"]
        return web.json_response(self.shelf.add_message(kind, resource_id, await _sent(request)))

    async def _rows(self, request: web.Request) -> web.Response:
        """List a class's objects, or an issuer's classes, in pages: `token` is where the next page starts."""
        path = request.match_info["kind"]
        is_class = KINDS[path].class_path is None
        owner = request.query.get("issuerId" if is_class else "classId")
        if owner is None:
            raise invalid("Missing required parameter: " + ("issuerId." if is_class else "classId."))
        rows = [
            body
            for body in self.shelf.rows(path)
            if (body["id"].split(".")[0] if is_class else body["classId"]) == owner
        ]
        start, limit = _number(request, "token", 0), _number(request, "maxResults", PAGE_ROWS)
        page = rows[start : start + limit]
        pagination: dict[str, Any] = {"resultsPerPage": len(page)}
        if start + limit < len(rows):
            pagination["nextPageToken"] = str(start + limit)
        return web.json_response({"resources": page, "pagination": pagination})


async def _sent(request: web.Request) -> Any:
    try:
        return json.loads(await request.read())
    except ValueError as error:
        raise GoogleError(HTTPStatus.BAD_REQUEST, "parseError", "Parse Error") from error


def _number(request: web.Request, name: str, default: int) -> int:
    value = request.query.get(name, str(default))
    if not value.isdecimal():
        raise invalid(f"Invalid value for {name}: {value}.")
    return int(value)
