"""Changes and decisions as the API tells them."""

from typing import Any

from merchant.checkout.answers import explanation, receipt_line
from merchant.offers.writing import changed_fields, plain, rules_document
from offers.engine.rule_changes import RulesChange
from offers.model.decision import Decision
from offers.model.offer import code_of

Document = dict[str, Any]
_PARTS: Document = {"groups": [], "goods_tags": [], "guards": {}, "personal_offers": []}
"""What each part is as text when there is nothing of it."""


def change_answer(change: RulesChange) -> Document:
    """Tell what changes: offers by their codes, and for each changed one the fields that differ."""
    before, after = rules_document(change.before), rules_document(change.after)
    return {
        "edition": change.after.edition,
        "added": [offer.code for offer in change.added],
        "changed": [{"code": new.code, "fields": changed_fields(old, new)} for old, new in change.changed],
        "archived": [offer.code for offer in change.archived],
        "parts": [
            {"name": name, "before": before.get(name, _PARTS[name]), "after": after.get(name, _PARTS[name])}
            for name in change.parts
        ],
    }


def decision_answer(decision: Decision, currency: str) -> Document:
    """Tell a decision with every explanation, in both languages."""
    return {
        "currency": currency,
        "total_minor": decision.total_minor,
        "discount_minor": decision.discount_minor,
        "redeemed_minor": decision.redeemed_minor,
        "payable_minor": decision.payable_minor,
        "points": {
            "accrued": decision.points_accrued,
            "redeemed": decision.points_redeemed,
            "redeemable": decision.redeemable_points,
        },
        "lines": [receipt_line(line) for line in decision.lines],
        "offers": [
            {**plain(offer), "code": code_of(offer.offer_id), "shares": list(offer.shares)} for offer in decision.offers
        ],
        "stamps": [{**plain(change), "code": code_of(change.offer_id)} for change in decision.stamps],
        "explain": [explanation(line, currency) for line in decision.explain],
        "rulebook_digest": decision.rulebook_digest,
    }
