"""Lost races: how a bulk write that met a unique key says so in the way a single write does."""

from pymongo.errors import BulkWriteError, DuplicateKeyError

DUPLICATE_KEY = 11_000


def as_lost_race(error: BulkWriteError) -> Exception:
    """Name a lost unique key as a single write names it, which makes the transaction run again."""
    failures = error.details.get("writeErrors", [])
    if failures and all(failure["code"] == DUPLICATE_KEY for failure in failures):
        return DuplicateKeyError(failures[0]["errmsg"], DUPLICATE_KEY)
    return error
