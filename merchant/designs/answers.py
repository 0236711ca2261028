"""Designs and faces as clients see them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from offers.engine.card_face import CardFace
from offers.model.design import CardDesign
from offers.model.face import FaceField
from offers.model.programme import Language, LocalText
from web.face_texts import field_text, label_text


def design_answer(design: CardDesign) -> dict[str, Any]:
    """Give a design as it can be sent back, with its slug and edition beside."""
    written = asdict(design)
    for name in ("programme_id", "slug", "edition", "changed_at"):
        del written[name]
    return {
        "slug": design.slug,
        "edition": design.edition,
        "changed_at": _plain(design.changed_at),
        "design": _plain(written),
    }


def line_answer(design: CardDesign) -> dict[str, Any]:
    """Give what a list tells of a design."""
    return {
        "slug": design.slug,
        "kind": design.kind.value,
        "edition": design.edition,
        "title": both(design.title),
        "colours": asdict(design.colours),
    }


def face_answer(face: CardFace, *, at: datetime) -> dict[str, Any]:
    """Give everything a card shows at an instant, in both languages."""
    look = face.look
    return {
        "at": at.isoformat(),
        "card_id": face.card_id,
        "kind": face.kind.value,
        "design": face.design.slug,
        "edition": face.design.edition,
        "state": face.state.value,
        "title": both(face.title),
        "colours": asdict(look.colours),
        "images": {name: digest for name, digest in asdict(look.images).items() if digest},
        "layers": [mark.layer_id for mark in look.layers],
        "news": both(look.text),
        "fields": [_field(each, face) for each in face.fields],
        "balance": face.balance,
        "discount_bp": face.discount_bp,
        "expires_at": _plain(face.expires_at),
        "is_expired": face.is_expired,
        "code": face.scan_code,
    }


def both(text: LocalText | None) -> dict[str, str] | None:
    return {"ru": text.ru, "en": text.en} if text else None


def _field(field: FaceField, face: CardFace) -> dict[str, Any]:
    return {
        "key": field.key,
        "place": field.place.value,
        "bound": field.bound.value,
        "label": {language.value: label_text(field, face, language) for language in Language},
        "value": {language.value: field_text(field, language) for language in Language},
        "announces": field.announces,
    }


def _plain(value: Any) -> Any:
    """Give what JSON can hold: enums are texts already, instants become texts."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
