"""Every index of every collection, made at start; making them twice changes nothing."""

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure

DELIVERY_DAYS = 90
UPDATE_DAYS = 7
CONVERSATION_DAYS = 7
DEVICE_LOG_DAYS = 30
THROTTLE_DAYS = 2
NOTICE_DAYS = 2
LAYER_DAYS = 400
EXPOSURE_DAYS = 1_096
"""Three years: longer ago a shop and its members were others."""
_DAY_S = 86_400
_MADE_OTHERWISE = frozenset({85, 86})
"""IndexOptionsConflict and IndexKeySpecsConflict: an index of that name is there, and is another."""
_PARTS = ("unique", "partialFilterExpression", "expireAfterSeconds")


def _unique(*fields: str, when: dict[str, Any] | None = None) -> IndexModel:
    keys = [(field, ASCENDING) for field in fields]
    return IndexModel(keys, unique=True, partialFilterExpression=when) if when else IndexModel(keys, unique=True)


def _by(*fields: str, when: dict[str, Any] | None = None) -> IndexModel:
    keys = [(field.lstrip("-"), DESCENDING if field.startswith("-") else ASCENDING) for field in fields]
    return IndexModel(keys, partialFilterExpression=when) if when else IndexModel(keys)


def _forgotten_after(field: str, days: int) -> IndexModel:
    return IndexModel([(field, ASCENDING)], expireAfterSeconds=days * _DAY_S)


def _forgotten_at(field: str) -> IndexModel:
    return IndexModel([(field, ASCENDING)], expireAfterSeconds=0)


def _text(field: str) -> dict[str, Any]:
    """Only documents with a text there. MongoDB sees that `== "x"` is greater than nothing; not that it is a text."""
    return {field: {"$gt": ""}}


def _counted(field: str) -> dict[str, Any]:
    """Only documents with a number above zero there."""
    return {field: {"$gt": 0}}


def _dated(field: str) -> dict[str, Any]:
    """Only documents with an instant there. Who asks for those before another names the type, or no index is used."""
    return {field: {"$type": "date"}}


_STALE_MARKS = _by("marks.at", when={"marks.at": {"$exists": True}})

INDEXES: dict[str, list[IndexModel]] = {
    "programmes": [_unique("slug")],
    "merchants": [_unique("programme_id", "slug")],
    "outlets": [_unique("programme_id", "slug")],
    "api_keys": [_unique("digest")],
    "members": [
        _unique("programme_id", "phone", when=_text("phone")),
        _unique("programme_id", "telegram_id", when=_counted("telegram_id")),
        _unique("programme_id", "external_id", when=_text("external_id")),
        _unique("programme_id", "referral_code", when=_text("referral_code")),
        _by("programme_id", "_id"),
        _by("programme_id", "recount_due", when=_counted("recount_due")),
        _by("programme_id", "segments", "_id"),
        _by("programme_id", "level_due_at", when=_dated("level_due_at")),
        _by("merged_into", when=_text("merged_into")),
    ],
    "cards": [
        _unique("serial"),
        _by("member_id", "_id"),
        _by("programme_id", "design"),
        _unique("issue_key", when=_text("issue_key")),
    ],
    "accounts": [
        _by("member_id", "currency"),
        *(_by(field, when=_dated(field)) for field in ("next_activation_at", "next_expiry_at")),
        _by("programme_id", "next_reminder_for", when=_dated("next_reminder_for")),
    ],
    "adjustments": [
        _unique("programme_id", "key"),
        _by("programme_id", "state", "asked_at"),
        _by("member_id", "asked_at"),
    ],
    "audit": [_unique("programme_id", "seq")],
    "audit_heads": [],
    "merges": [_by("merged_id", "-merged_at"), _by("survivor_id", "-merged_at")],
    "referrals": [_by("inviter_id", "rewarded_at"), _by("programme_id", "inviter_id", "-noted_at")],
    "ledger": [
        _unique("member_id", "currency", "seq"),
        _unique("member_id", "currency", "cause_key"),
        _by("programme_id", "recorded_at"),
    ],
    "receipts": [
        _unique("outlet_id", "business_day", "order_ref"),
        _unique("outlet_id", "idempotency_key", when=_text("idempotency_key")),
        _by("outlet_id", "order_ref"),
        _by("member_id", "-at", "-_id"),
    ],
    "quotes": [
        IndexModel([("forget_at", ASCENDING)], expireAfterSeconds=0),
        _by("held_until", when={"state": "held"}),
    ],
    "returns": [
        _unique("checkout_id", "return_ref"),
        _by("member_id"),
        _by("outlet_id"),
        _unique("outlet_id", "idempotency_key", when=_text("idempotency_key")),
    ],
    "outbox": [
        _by("lane", "priority", "due_at"),
        _by("claim"),
        _by("programme_id", "lane", "priority", "created_at"),
    ],
    "shown": [
        _by("heal_at", when=_dated("heal_at")),
        _by("programme_id", "owed_since", "_id", when=_dated("owed_since")),
    ],
    "paces": [],
    "google_classes": [],
    "notices": [_forgotten_after("asked_at", NOTICE_DAYS)],
    "deliveries": [
        _by("member_id", "-ended_at"),
        _by("programme_id", "-ended_at"),
        _forgotten_after("ended_at", DELIVERY_DAYS),
    ],
    "updates": [_forgotten_after("received_at", UPDATE_DAYS)],
    "conversations": [_forgotten_after("updated_at", CONVERSATION_DAYS)],
    "devices": [_by("device_id", "pass_type"), _by("serial"), _by("push_token"), _by("programme_id", "push_token")],
    "device_logs": [_forgotten_after("received_at", DEVICE_LOG_DAYS)],
    "designs": [_by("programme_id", "slug")],
    "layers": [
        _unique("programme_id", "cause_key"),
        _by("programme_id", "target", "over_at"),
        _by("programme_id", "over_at"),
        _by("next_turn_at", when=_dated("next_turn_at")),
        _forgotten_after("over_at", LAYER_DAYS),
    ],
    "layer_counts": [],
    "fetches": [],
    "consents": [_by("member_id", "at")],
    "google_offers": [_by("member_id", "-_id")],
    "google_news": [IndexModel([("forget_at", ASCENDING)], expireAfterSeconds=0)],
    "images": [],
    "rulebooks": [],
    "offer_versions": [_by("offer_id", "-number")],
    "template_versions": [_by("template_id", "-number")],
    "personal_runs": [_by("programme_id", "template", "-at"), _by("programme_id", "-at")],
    "personal_picks": [
        _by("run_id", "member_id"),
        _by("programme_id", "member_id", "issued_at", when=_dated("issued_at")),
        _forgotten_at("forget_at"),
    ],
    "personal_spends": [],
    "scores": [_by("run_id", "member_id")],
    "score_runs": [_by("programme_id", "-made_at")],
    "score_heads": [],
    "exposures": [
        _by("programme_id", "campaign", "_id"),
        _by("programme_id", "campaign", "at", "occurrence"),
        _by("member_id", "at"),
        _forgotten_after("at", EXPOSURE_DAYS),
    ],
    "budgets": [_by("programme_id", "owner")],
    "slices": [_by("pocket", "number"), _by("budget_id"), _STALE_MARKS],
    "takes": [
        _by("cause"),
        _by("pocket", "state"),
        _by("source", "state"),
        _by("until", when={"until": {"$exists": True}}),
    ],
    "coupons": [
        _unique("programme_id", "owner", "grant_key"),
        _by("owner", "-_id"),
        _by("valid_until", when={"state": "active"}),
        _STALE_MARKS,
    ],
    "vouchers": [_by("batch_id"), _STALE_MARKS],
    "voucher_batches": [
        _unique("programme_id", "request_key", when=_text("request_key")),
        _by("programme_id", "-_id"),
    ],
    "quotas": [IndexModel([("forget_at", ASCENDING)], expireAfterSeconds=0)],
    "phone_codes": [IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0)],
    "card_offers": [IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0)],
    "issuances": [],
    "showings": [_forgotten_at("forget_at")],
    "code_draws": [_by("card_id"), _forgotten_at("forget_at")],
    "throttles": [_forgotten_after("struck_at", THROTTLE_DAYS)],
}


async def ensure_indexes(database: AsyncDatabase[Any]) -> None:
    """Create the collections and indexes that are missing, and anew those that an older version made otherwise.

    Collections are created here and not by a first write, because a transaction that has to create one waits.
    """
    existing = set(await database.list_collection_names())
    for name, indexes in INDEXES.items():
        if indexes:
            await _ensure(database[name], indexes)
        elif name not in existing:
            await database.create_collection(name, check_exists=False)


async def _ensure(collection: AsyncCollection[Any], indexes: list[IndexModel]) -> None:
    """With its collection: one step of MongoDB's, not two."""
    try:
        await collection.create_indexes(indexes)
    except OperationFailure as refusal:
        if refusal.code not in _MADE_OTHERWISE:
            raise
        there = await collection.index_information()
        for index in indexes:
            wanted = index.document
            if any(there.get(wanted["name"], wanted).get(part) != wanted.get(part) for part in _PARTS):
                await collection.drop_index(wanted["name"])
        await collection.create_indexes(indexes)
