"""The language a command speaks: the terminal's."""

import os

from locales.catalogue import choose_language


def cli_language() -> str:
    """Give `ru` or `en` from LC_ALL, LC_MESSAGES or LANG."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return choose_language(value.split(".")[0].replace("_", "-"))
    return "en"
