"""One call of a Bot API method: its parameters and uploads, however the client encoded them."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web
from aiohttp.web_request import FileField

from sandbox.telegram.errors import bad_request

ATTACHED: Final = "attach://"
TRUE_WORDS: Final = frozenset({"true", "1", "yes"})


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Method name as sent, parameters as text (or JSON values of a JSON body), and uploaded files by field."""

    method: str
    fields: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        value = self.fields.get(name)
        return default if value is None else str(value)

    def integer(self, name: str, default: int | None = None) -> int:
        value = self.fields.get(name)
        if value is None and default is not None:
            return default
        try:
            return int(str(value))
        except ValueError:
            raise bad_request(f"parameter {name} is not a number") from None

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in TRUE_WORDS

    def structure(self, name: str) -> Any:
        """Return a JSON parameter decoded, None when it is not there."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def upload(self, name: str) -> Upload | None:
        """Return the file a parameter carries, directly or as `attach://field`."""
        return self.uploads.get(name) or self.attached(self.text(name))

    def attached(self, address: str) -> Upload | None:
        return self.uploads.get(address.removeprefix(ATTACHED)) if address.startswith(ATTACHED) else None


async def read_call(request: web.Request, method: str) -> Call:
    """Read query, form, multipart or JSON alike, as the Bot API does."""
    fields: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.content_type == "application/json":
        fields.update(await _json_fields(request))
    else:
        for name, value in (await request.post()).items():
            if isinstance(value, FileField):
                uploads[name] = Upload(value.filename, value.file.read())
            elif isinstance(value, bytes | bytearray):
                uploads[name] = Upload(name, bytes(value))
            else:
                fields[name] = value
    return Call(method=method, fields=fields, uploads=uploads)


async def _json_fields(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad_request("can't parse JSON object")
    return body
