"""Why a phone does not take a pass: one stable code per reason, and what it says to a person."""

from typing import Final

from locales.catalogue import gettext

# The English texts are the msgids of locales/ru/phone.po.
REASONS: Final[dict[str, str]] = {
    "not_a_zip": "This file is not a pass: it is no zip archive.",
    "zip_entry": "The package holds something a phone does not unpack: {name}.",
    "zip_too_large": "The package is larger than a phone unpacks.",
    "file_missing": "The package has no {name}.",
    "wrapped": "The files lie in a folder; a pass has them at the root of the archive.",
    "manifest_unreadable": "The manifest is not a list of files and their SHA-1.",
    "not_in_manifest": "The manifest does not list {name}.",
    "listed_but_missing": "The manifest lists {name}, which is not in the package.",
    "hash_mismatch": "{name} is not the file the manifest speaks of.",
    "signature_unreadable": "The signature is not a detached CMS signature: {problem}.",
    "signing_time_missing": "The signature has no signing date.",
    "attributes_unordered": "The signed attributes are not in DER order.",
    "digest_mismatch": "The signature was made over another manifest.",
    "signature_wrong": "The signature does not match the certificate.",
    "signer_missing": "The certificate of the signer is not in the signature.",
    "intermediate_missing": "The signature does not carry the WWDR certificate that issued the signer's.",
    "chain_untrusted": "The certificates do not lead to an authority this phone trusts.",
    "not_for_passes": "The signer's certificate may not sign passes.",
    "certificate_expired": "The certificate {name} was not valid on {day}.",
    "signed_in_future": "The signing date lies in the future.",
    "wrong_pass_type": "The pass says it is {said}, its certificate says {certified}.",
    "wrong_team": "The pass says its team is {said}, its certificate says {certified}.",
    "document_unreadable": "pass.json is not a JSON object.",
    "field_missing": "pass.json has no {name}.",
    "value_wrong": "pass.json: {name} cannot be {value}.",
    "style_wrong": "pass.json needs exactly one style, it has {count}.",
    "service_incomplete": "webServiceURL and authenticationToken come together or not at all.",
    "token_short": "The authenticationToken has fewer than 16 characters.",
    "service_insecure": "webServiceURL must be an https address.",
    "barcode_wrong": "The barcode cannot be drawn: {problem}.",
    "key_repeated": "Two fields have the key {key}.",
    "field_incomplete": "A field of {group} has no {name}.",
    "change_message": "The changeMessage of {key} has no %@.",
    "styles_conflict": "The field {key} has both a currency and a number style.",
    "number_wanted": "The field {key} is styled as a number, but its value is {value}.",
    "date_wanted": "The field {key} is styled as a date, but its value is {value}.",
    "field_value": "The field {key}: {name} cannot be {value}.",
    "link_wrong": "The field {key} has more markup than a link.",
    "icon_missing": "The package has no icon.",
    "image_wrong": "{name} is not a PNG picture.",
    "strings_unreadable": "{name} is not a table of strings.",
    "pass_replaced": "The update carries another pass: its {name} differs.",
}


class PassRefused(Exception):
    """A pass that Wallet would not take; `code` is a key of REASONS, `facts` fill its text."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = {name: _short(fact) for name, fact in facts.items()}
        super().__init__(self.text("en"))

    def text(self, language: str) -> str:
        return gettext(language, REASONS[self.code], **self.facts)


def _short(fact: object) -> str:
    """A pass is a stranger's file: what it says is repeated, but not at length."""
    text = fact if isinstance(fact, str) else repr(fact)
    return text if len(text) <= 80 else f"{text[:79]}…"  # noqa: PLR2004 - a line of text
