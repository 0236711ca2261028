"""What the lock screen says when a pass was exchanged for a newer one."""

from collections.abc import Mapping
from typing import Any

from locales.catalogue import gettext
from sandbox.phone.field_rules import Field
from sandbox.phone.opened import OpenedPass
from sandbox.phone.values import field_text


def lock_screen_text(before: OpenedPass, after: OpenedPass, language: str) -> str | None:
    """Give the line for the lock screen, or None when the exchange is silent.

    A field speaks when its value changed and the new pass has a changeMessage for it. When several would
    speak at once, nobody's text is shown but one line that the pass changed.
    """
    earlier = {field["key"]: field["value"] for _, field in before.fields()}
    speaking = [field for _, field in after.fields() if "changeMessage" in field and _changed(field, earlier)]
    if not speaking:
        return None
    if len(speaking) > 1:
        return gettext(language, "The card of {organisation} has changed", organisation=after.organisation(language))
    field = speaking[0]
    message = after.translated(str(field["changeMessage"]), language)
    return message.replace("%@", field_text(after, field, language))


def changed_keys(before: OpenedPass, after: OpenedPass) -> list[str]:
    """Give the keys of the fields whose values differ, whether they speak or not."""
    earlier = {field["key"]: field["value"] for _, field in before.fields()}
    return [field["key"] for _, field in after.fields() if _changed(field, earlier)]


def _changed(field: Field, earlier: Mapping[str, Any]) -> bool:
    return bool(earlier.get(field["key"]) != field["value"])
