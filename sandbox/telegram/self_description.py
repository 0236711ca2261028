"""Bot API methods about the bot itself: who it is, its commands and texts, its webhook, its files."""

from collections.abc import Callable
from typing import Any, Final

from sandbox.telegram.bots import BotAccount
from sandbox.telegram.errors import bad_request
from sandbox.telegram.files import DOWNLOAD_LIMIT_BYTES
from sandbox.telegram.parameters import Call

COMMANDS_LIMIT: Final = 100
COMMAND_TEXT_LIMIT_CHARS: Final = 256
# Texts a bot says about itself: method part → (field, longest).
TEXTS: Final = {
    "myname": ("name", 64),
    "mydescription": ("description", 512),
    "myshortdescription": ("short_description", 120),
}


def get_me(bot: BotAccount, _: Call) -> Any:
    abilities = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
    return bot.user | dict.fromkeys(abilities, False)


def get_chat(bot: BotAccount, call: Call) -> Any:
    about = {"accent_color_id": 0, "max_reaction_count": 0, "accepted_gift_types": _no_gifts()}
    return bot.chat_of(call).to_api() | about


def get_file(bot: BotAccount, call: Call) -> Any:
    kept = bot.files.find(call.text("file_id"))
    if len(kept.content) > DOWNLOAD_LIMIT_BYTES:
        raise bad_request("file is too big")
    return kept.to_api() | {"file_path": kept.path}


def set_webhook(bot: BotAccount, call: Call) -> Any:
    url = call.text("url")
    bot.webhook.set(url, secret=call.text("secret_token"), max_connections=call.integer("max_connections", 40))
    bot.updates.allow(call.structure("allowed_updates"))
    if call.flag("drop_pending_updates"):
        bot.updates.drop_all()
    bot.updates.wake()
    return True


def delete_webhook(bot: BotAccount, call: Call) -> Any:
    bot.webhook.set("", secret="", max_connections=40)
    if call.flag("drop_pending_updates"):
        bot.updates.drop_all()
    return True


def get_webhook_info(bot: BotAccount, _: Call) -> Any:
    return bot.webhook.to_api(bot.updates)


def set_my_commands(bot: BotAccount, call: Call) -> Any:
    commands = call.structure("commands")
    if not isinstance(commands, list) or len(commands) > COMMANDS_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        name, about = str(command.get("command", "")), str(command.get("description", ""))
        if not name.replace("_", "").isalnum() or name != name.lower():
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(about) <= COMMAND_TEXT_LIMIT_CHARS:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    bot.settings[_commands_key(call)] = commands
    return True


def get_my_commands(bot: BotAccount, call: Call) -> Any:
    return bot.settings.get(_commands_key(call), [])


def delete_my_commands(bot: BotAccount, call: Call) -> Any:
    bot.settings.pop(_commands_key(call), None)
    return True


def accept(_bot: BotAccount, _call: Call) -> Any:
    """Say yes to a wish that shows nowhere in this stand-in."""
    return True


def _set_text(part: str) -> Callable[[BotAccount, Call], Any]:
    field, limit_chars = TEXTS[part]

    def set_text(bot: BotAccount, call: Call) -> Any:
        if len(call.text(field)) > limit_chars:
            raise bad_request(f"bot {field.replace('_', ' ')} is too long")
        bot.settings[part, call.text("language_code")] = call.text(field)
        return True

    return set_text


def _get_text(part: str) -> Callable[[BotAccount, Call], Any]:
    field = TEXTS[part][0]
    return lambda bot, call: {field: bot.settings.get((part, call.text("language_code")), "")}


def _commands_key(call: Call) -> tuple[str, ...]:
    scope = call.structure("scope") or {"type": "default"}
    return ("mycommands", str(scope.get("type")), str(scope.get("chat_id", "")), call.text("language_code"))


def _no_gifts() -> dict[str, bool]:
    kinds = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return dict.fromkeys(kinds, False)


METHODS: Final[dict[str, Callable[[BotAccount, Call], Any]]] = {
    "getme": get_me,
    "getchat": get_chat,
    "getfile": get_file,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
    "setchatmenubutton": accept,
    "setmydefaultadministratorrights": accept,
    "close": accept,
    "logout": accept,
    **{f"set{part}": _set_text(part) for part in TEXTS},
    **{f"get{part}": _get_text(part) for part in TEXTS},
}
