"""Expected refusals as lines for the terminal, in its language; everything else is a bug and keeps its traceback."""

import errno

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from certs.findings import IdentityError, Level
from locales.catalogue import gettext
from offers.model.errors import OfferError
from service.mongod_errors import IN_USE, DataFolderInUse, MongoUnavailable
from service.mongod_errors import TEXTS as MONGO_TEXTS
from service.settings import Settings

# By pydantic's name of the mistake; one that is not here is said in pydantic's own words.
TEXTS: dict[str, str] = {
    "extra_forbidden": "{name}: there is no such setting.",
    "too_short": "{name}: needs at least {min_length} characters.",
    "int_parsing": "{name}: has to be a whole number.",
    "float_parsing": "{name}: has to be a number.",
    "less_than_equal": "{name}: may be {le} at most.",
    "greater_than_equal": "{name}: has to be {ge} at least.",
    "greater_than": "{name}: has to be more than {gt}.",
}
ADDRESS_IN_USE = "Something listens at this address already. Stop it, or choose another TESSERA_WEB__PORT. ({words})"


def lines_of(error: BaseException, language: str) -> list[str] | None:
    """Give one line for each thing that is wrong, each with its remedy; None when nobody expected this."""
    lines: list[str] | None = None
    match error:
        case OfferError():
            lines = [_offer_line(error, language)]
        case IdentityError(findings=findings):
            wrong = [each for each in findings if each.level is Level.ERROR]
            lines = [gettext(language, each.template, **each.facts) for each in wrong]
        case DataFolderInUse(holder_pid=pid):
            holder = gettext(language, "process {pid}", pid=pid) if pid else gettext(language, "another process")
            lines = [gettext(language, IN_USE, folder=error.folder, holder=holder)]
        case MongoUnavailable():
            lines = [gettext(language, MONGO_TEXTS[error.code], **error.facts)]
        case ValidationError(title=Settings.__name__):
            lines = [_setting_line(each, language) for each in error.errors()]
        case SettingsError():
            lines = [gettext(language, "The settings cannot be read: {words}", words=error)]
        case OSError():
            lines = _system_lines(error, language)
    return lines


def _offer_line(error: OfferError, language: str) -> str:
    from web.problems import TEXTS as PROBLEMS

    return gettext(language, PROBLEMS[error.code], **error.facts())


def _setting_line(mistake: ErrorDetails, language: str) -> str:
    """Say one mistake of the settings under the name of its variable."""
    name = "TESSERA_" + "__".join(map(str, mistake["loc"])).upper()
    facts = {**mistake.get("ctx", {}), "name": name, "reason": mistake["msg"]}
    return gettext(language, TEXTS.get(mistake["type"], "{name}: {reason}"), **facts)


def _system_lines(error: OSError, language: str) -> list[str] | None:
    if error.errno == errno.EADDRINUSE:
        return [gettext(language, ADDRESS_IN_USE, words=error.strerror)]
    if error.filename and error.errno in {errno.EACCES, errno.EROFS, errno.ENOSPC}:
        return [gettext(language, "{path} cannot be written: {words}", path=error.filename, words=error.strerror)]
    return None
