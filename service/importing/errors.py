"""What keeps a file from being imported at all, and the remedy."""

from locales.catalogue import gettext


class CannotImport(Exception):
    """The message is an English text of the catalogue; `facts` fill it in any language."""

    def __init__(self, message: str, /, **facts: object) -> None:
        super().__init__(message.format(**facts))
        self.message = message
        self.facts = facts

    def text(self, language: str) -> str:
        return gettext(language, self.message, **self.facts)
