"""What the endpoints share: their tools, and how a request names a device, a pass type and a card."""

import re
from dataclasses import dataclass

from aiohttp import web

from offers.flows.apple_devices import AppleDevices
from offers.flows.card_states import CardStates
from offers.flows.look_at_card import LookAtCard
from offers.flows.personalise_member import PersonaliseMember
from offers.flows.read_device_logs import DeviceLogs
from offers.model.errors import Unauthorized
from wallet.apple.passes import PassMaker
from web.limits import RateLimit

_SCHEME = "ApplePass "
_SERIAL = re.compile(r"[0-9a-f]{32}")
_DEVICE = re.compile(r"[A-Za-z0-9._-]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppleTools:
    devices: AppleDevices
    look_at_card: LookAtCard
    passes: PassMaker
    states: CardStates
    logs: DeviceLogs
    log_limit: RateLimit
    personalise: PersonaliseMember


APPLE = web.AppKey("apple", AppleTools)


def pass_type_of(request: web.Request) -> str:
    """Give the pass type of the address. Raises 404 for one that is not ours."""
    pass_type = request.match_info["pass_type"]
    if pass_type != request.app[APPLE].passes.pass_type:
        raise web.HTTPNotFound
    return pass_type


def serial_of(request: web.Request) -> str:
    """Give the serial. Raises Unauthorized for a malformed one: no address tells which serials exist."""
    serial = request.match_info["serial"]
    if not _SERIAL.fullmatch(serial):
        raise Unauthorized
    return serial


def device_of(request: web.Request) -> str:
    """Give the device's library identifier. Raises 400 when it cannot be one."""
    device_id = request.match_info["device"]
    if not _DEVICE.fullmatch(device_id):
        raise web.HTTPBadRequest
    return device_id


def token_of(request: web.Request) -> str | None:
    """Give the token of `Authorization: ApplePass …`, None without it or with another scheme."""
    header = request.headers.get("Authorization", "")
    return header.removeprefix(_SCHEME) if header.startswith(_SCHEME) else None
