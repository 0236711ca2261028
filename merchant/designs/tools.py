"""What the handlers of looks work with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiohttp import web

from merchant.auth import Doorkeeper
from offers.flows.find_picture import FindPicture
from offers.flows.keep_design import KeepDesign
from offers.flows.keep_picture import KeepPicture
from offers.flows.look_at_card import CardSight, LookAtCard
from offers.flows.look_at_designs import LookAtDesigns
from offers.flows.put_layer import ChangeLayer, EndLayer, PutLayer
from offers.flows.read_device_logs import DeviceLogs
from offers.model.clock import Clock
from offers.model.programme import Language


class Accepted(Protocol):
    """A picture re-encoded from an uploaded file."""

    @property
    def digest(self) -> str: ...

    @property
    def payload(self) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignTools:
    """`accept` re-encodes an upload and raises NotAnImage; `draw` and `make_pass` render a card as of an instant.

    `make_pass` is None where Apple is not configured. `look_as_of` looks at cards as if it were another time.
    """

    look_at: LookAtDesigns
    doorkeeper: Doorkeeper
    keep_design: KeepDesign
    keep_picture: KeepPicture
    find_picture: FindPicture
    put_layer: PutLayer
    change_layer: ChangeLayer
    end_layer: EndLayer
    logs: DeviceLogs
    look_as_of: Callable[[datetime], LookAtCard]
    accept: Callable[[bytes], Accepted]
    draw: Callable[[CardSight, Language, datetime], Awaitable[bytes]]
    make_pass: Callable[[CardSight, datetime], Awaitable[bytes]] | None
    clock: Clock
    code_key: bytes


DESIGNS = web.AppKey("designs", DesignTools)
