"""The names of the roles, apart from their work so that the command line starts fast."""

from enum import StrEnum


class Role(StrEnum):
    WEB = "web"
    WORKER = "worker"
    BOT = "bot"


ALL_ROLES = frozenset(Role)
