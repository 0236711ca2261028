"""The network from here: whether the public address leads to us, and whether the clock is right."""

import ipaddress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from aiohttp import ClientConnectorCertificateError, ClientError, ClientTimeout

from service.doctor.observations import Observation, Part, well, worth_a_look, wrong
from service.doctor.surroundings import PATIENCE_S, Surroundings

SKEW_WORTH_A_LOOK_S = 30
SKEW_WRONG_S = 120
_LOCAL_NAMES = ("localhost", ".local", ".localhost", ".internal", ".lan")


async def examine_address(around: Surroundings) -> list[Observation]:
    """Come to ourselves by the public address, as phones and providers do."""
    web = around.settings.web
    url = web.public_url.rstrip("/")
    found = _spelled(around, url)
    try:
        async with around.session.get(f"{url}/healthz", timeout=ClientTimeout(total=PATIENCE_S)) as response:
            body = await response.json(content_type=None) if response.status == 200 else None  # noqa: PLR2004 - OK
            if not isinstance(body, dict) or body.get("status") != "alive":
                found.append(
                    wrong(
                        Part.ADDRESS, "address_not_ours", url=url, status=response.status, host=web.host, port=web.port
                    )
                )
    except ClientConnectorCertificateError as error:
        found.append(wrong(Part.ADDRESS, "address_certificate", url=url, reason=error.certificate_error))
    except (ClientError, TimeoutError) as error:
        found.append(wrong(Part.ADDRESS, "address_unreachable", url=url, reason=type(error).__name__))
    except ValueError:
        found.append(
            wrong(Part.ADDRESS, "address_not_ours", url=url, status=response.status, host=web.host, port=web.port)
        )
    return found or [well(Part.ADDRESS, "address_well", url=url)]


def _spelled(around: Surroundings, url: str) -> list[Observation]:
    """Say what is wrong with the address before anybody came by it. Without wallets it is only worth a look."""
    settings = around.settings
    needed = settings.apple.certificate or settings.google.service_account or settings.telegram.webhook_secret
    say = wrong if needed else worth_a_look
    if _is_local(urlsplit(url).hostname or ""):
        return [say(Part.ADDRESS, "address_local", url=url)]
    return [] if url.startswith("https://") else [say(Part.ADDRESS, "address_not_https", url=url)]


def _is_local(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host.endswith(_LOCAL_NAMES) or "." not in host


async def examine_clock(around: Surroundings) -> list[Observation]:
    """Compare our clock with the Date that a provider writes on any of its answers."""
    google, telegram = around.settings.google, around.settings.telegram
    urls = [google.api_url] if google.service_account else []
    urls += [telegram.api_url] if telegram.token else []
    if not urls:
        return [well(Part.CLOCK, "clock_unknown")]
    for url in urls:
        host = urlsplit(url).hostname or url
        if (said_at := await _date_of(around, url)) is None:
            continue
        skew_s = abs((around.clock() - said_at).total_seconds())
        facts = {"seconds": round(skew_s), "who": host}
        if skew_s >= SKEW_WRONG_S:
            return [wrong(Part.CLOCK, "clock_wrong", **facts)]
        if skew_s >= SKEW_WORTH_A_LOOK_S:
            return [worth_a_look(Part.CLOCK, "clock_off", **facts)]
        return [well(Part.CLOCK, "clock_well", seconds=max(1, round(skew_s)), who=host)]
    return [worth_a_look(Part.CLOCK, "clock_unanswered", who=", ".join(urlsplit(url).hostname or url for url in urls))]


async def _date_of(around: Surroundings, url: str) -> datetime | None:
    try:
        async with around.session.get(url, timeout=ClientTimeout(total=PATIENCE_S), allow_redirects=False) as response:
            said = parsedate_to_datetime(response.headers.get("Date", ""))
    except (ClientError, TimeoutError, ValueError):
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)
