"""What APNs looks at before it takes a push, and the reason it gives when something is wrong."""

import re
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

PAYLOAD_LIMIT_BYTES = 4096
COLLAPSE_ID_LIMIT_BYTES = 64

# Every reason APNs documents, with the status it comes under.
REASONS: dict[str, int] = {
    "BadCollapseId": 400,
    "BadDeviceToken": 400,
    "BadExpirationDate": 400,
    "BadMessageId": 400,
    "BadPriority": 400,
    "BadTopic": 400,
    "DeviceTokenNotForTopic": 400,
    "DuplicateHeaders": 400,
    "IdleTimeout": 400,
    "InvalidPushType": 400,
    "MissingDeviceToken": 400,
    "MissingTopic": 400,
    "PayloadEmpty": 400,
    "TopicDisallowed": 400,
    "BadCertificate": 403,
    "BadCertificateEnvironment": 403,
    "ExpiredProviderToken": 403,
    "Forbidden": 403,
    "InvalidProviderToken": 403,
    "MissingProviderToken": 403,
    "BadPath": 404,
    "MethodNotAllowed": 405,
    "Unregistered": 410,
    "ExpiredToken": 410,
    "PayloadTooLarge": 413,
    "TooManyProviderTokenUpdates": 429,
    "TooManyRequests": 429,
    "InternalServerError": 500,
    "ServiceUnavailable": 503,
    "Shutdown": 503,
}

_PUSH_TYPES = frozenset(
    {
        "alert",
        "background",
        "complication",
        "controls",
        "fileprovider",
        "liveactivity",
        "location",
        "mdm",
        "pushtotalk",
        "voip",
        "widgets",
    }
)
_PRIORITIES = frozenset({"1", "5", "10"})
_PATH = re.compile(r"/3/device/(.*)")
_TOKEN = re.compile(r"([0-9a-fA-F]{2}){32,100}")
_TOPIC = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRequest:
    """One request as it came."""

    method: str
    path: str
    headers: Headers
    payload: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)

    @property
    def token(self) -> str:
        found = _PATH.fullmatch(self.path)
        return found[1] if found else ""


def wrong_with(request: PushRequest, *, allowed_topic: str) -> str | None:
    """The reason for refusing a request, or None when APNs would take it."""
    return _wrong_address(request) or _wrong_headers(request, allowed_topic) or _wrong_payload(request)


def _wrong_address(request: PushRequest) -> str | None:
    if request.method != "POST":
        return "MethodNotAllowed"
    if not _PATH.fullmatch(request.path):
        return "BadPath"
    if not request.token:
        return "MissingDeviceToken"
    return None if _TOKEN.fullmatch(request.token) else "BadDeviceToken"


def _wrong_headers(request: PushRequest, allowed_topic: str) -> str | None:
    names = Counter(name for name, _ in request.headers if name.startswith("apns-"))
    message_id, push_type = request.header("apns-id"), request.header("apns-push-type")
    priority = request.header("apns-priority") or "10"
    collapse_id = (request.header("apns-collapse-id") or "").encode()
    found = {
        "DuplicateHeaders": any(count > 1 for count in names.values()),
        "BadMessageId": message_id is not None and not _is_uuid(message_id),
        "BadExpirationDate": not re.fullmatch(r"[0-9]{1,12}", request.header("apns-expiration") or "0"),
        "InvalidPushType": push_type is not None and push_type not in _PUSH_TYPES,
        "BadPriority": priority not in _PRIORITIES or (push_type == "background" and priority == "10"),
        "BadCollapseId": len(collapse_id) > COLLAPSE_ID_LIMIT_BYTES,
    }
    first = next((reason for reason, is_so in found.items() if is_so), None)
    return first or _wrong_topic(request.header("apns-topic"), allowed_topic)


def _wrong_topic(topic: str | None, allowed_topic: str) -> str | None:
    if not topic:
        return "MissingTopic"
    if not _TOPIC.fullmatch(topic):
        return "BadTopic"
    return None if topic == allowed_topic else "TopicDisallowed"


def _wrong_payload(request: PushRequest) -> str | None:
    if not request.payload:
        return "PayloadEmpty"
    return "PayloadTooLarge" if len(request.payload) > PAYLOAD_LIMIT_BYTES else None


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
