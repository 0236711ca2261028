"""`tessera demo`: everything in one process with stand-ins, a sample coffee house and a phone to look at."""

from contextlib import AsyncExitStack
from importlib.resources import files
from pathlib import Path

from rich.console import Console

import sandbox.sample
from locales.catalogue import gettext
from merchant.offers.files import rules_from_yaml
from offers.engine.card_codes import link_token, scan_code
from offers.flows.change_offers import ChangeOffers
from offers.flows.look_at_card import LookAtCard
from offers.flows.look_at_offers import LookAtOffers
from sandbox.phone.page.server import PhonePage
from sandbox.sample.cards import deal_cards, holder_of
from sandbox.sample.load import SLUG, Sample, load_sample
from service.cli.language import cli_language
from service.cli.stand_ins import HOST, free_port, open_stand_ins, stand_in_settings, surroundings
from service.house import House, open_house
from service.logging import set_up_logging
from service.now import chance, now
from service.role import ALL_ROLES
from service.roles import run_roles

WEB_PORT = 8080
PHONE_PORT = 8090
OFFERS = "offers.yaml"
STAFF = "sample"
console = Console()


async def run_demo(folder: Path) -> None:
    """Run until Ctrl-C. What was bought and accrued is kept in the folder; the stand-ins forget everything."""
    set_up_logging("WARNING")
    language = cli_language()
    async with AsyncExitStack() as stack:
        stack.callback(
            console.print, gettext(language, "Stopped. Everything you did is kept; start again with: make demo")
        )
        with console.status(gettext(language, "Starting MongoDB and the stand-ins…")) as status:
            stand_ins = await stack.enter_async_context(open_stand_ins(folder))
            phone_port = free_port(PHONE_PORT)
            settings = stand_in_settings(
                stand_ins,
                folder=folder,
                port=free_port(WEB_PORT),
                programme=SLUG,
                phone_url=f"http://{HOST}:{phone_port}/t",
            )
            house = await stack.enter_async_context(open_house(settings))
            status.update(gettext(language, "Loading a year of sample purchases…"))
            sample = await load_sample(house.store, clock=now, chance=chance, until=now())
            await _load_offers(house, sample)
            phone = PhonePage(surroundings(stand_ins, settings, programme=SLUG), port=phone_port)
            await stack.enter_async_context(phone)
            await deal_cards(house.store, sample, clock=now, chance=chance)
            card = await _first_card(house, sample)
        await run_roles(house, ALL_ROLES, ready=lambda: _welcome(house, sample, phone, card, language))


async def _load_offers(house: House, sample: Sample) -> None:
    """Load the sample's offers, once: what somebody changed since then stays."""
    programme = sample.programme
    if not (await LookAtOffers(house.store).rules(programme.id)).edition:
        read = rules_from_yaml(files(sandbox.sample).joinpath(OFFERS).read_text("utf-8"), programme.id)
        await ChangeOffers(house.store, now).load(programme, read.rules, staff_id=STAFF)


async def _first_card(house: House, sample: Sample) -> tuple[str, str]:
    """Give the link and the scan code of the holder's main card."""
    sight = await LookAtCard(house.store, house.code_key, now).by_member(holder_of(sample).id)
    link = f"{house.settings.web.public_url}/c/{link_token(sight.card.id, house.code_key)}"
    return link, scan_code(sight.card.id, house.code_key)


def _welcome(house: House, sample: Sample, phone: PhonePage, card: tuple[str, str], language: str) -> None:
    url = house.settings.web.public_url
    link, code = card
    console.rule(gettext(language, "Tessera demo: sample data, no account anywhere"), align="left")
    for name, value in (
        (gettext(language, "Phone with a card"), f"{phone.url}/?card={link}"),
        (gettext(language, "Till"), f"{url}/till"),
        (gettext(language, "Till key"), sample.till_key),
        (gettext(language, "A card code to type"), code),
        (gettext(language, "Join the programme"), f"{url}/join/{SLUG}"),
    ):
        console.print(f"[bold]{name:<20}[/] {value}", soft_wrap=True, highlight=False)
    console.print()
    console.print(gettext(language, "Open the phone and the till side by side, scan, and watch the card change."))
    console.print(gettext(language, "Ctrl-C stops everything."))
