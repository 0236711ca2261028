"""The live screen: server-sent events, each the whole state, so that none can be missed."""

import asyncio
import json
from typing import Final

from aiohttp import web

from sandbox.phone.page.tools import phone_of
from web.layout import page_language

routes = web.RouteTableDef()
HEARTBEAT_S: Final = 15.0
GATHER_S: Final = 0.04


@routes.get("/screen")
async def screen(request: web.Request) -> web.StreamResponse:
    """Send the state at once and after every change; changes within 40 ms make one event."""
    phone, language = phone_of(request), page_language(request)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    rung = -1
    while not phone.bell.is_silent:
        newest = await phone.bell.after(rung, timeout_s=HEARTBEAT_S)
        try:
            if newest == rung:
                await response.write(b": still here\n\n")
                continue
            await asyncio.sleep(GATHER_S)
            rung = phone.bell.rung
            state = json.dumps(phone.snapshot(language), ensure_ascii=False, separators=(",", ":"))
            await response.write(f"data: {state}\n\n".encode())
        except ConnectionError:
            break
    return response
