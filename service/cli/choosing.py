"""Choosing the programme a command is about."""

import typer

from locales.catalogue import gettext
from offers.model.programme import Programme
from offers.store.store import Store
from service.cli.language import cli_language


async def chosen_programme(store: Store, slug: str | None) -> Programme:
    """Find the programme by its slug, or the only one there is."""
    everyone = await store.reading.programmes.all()
    chosen = [each for each in everyone if slug in {None, each.slug}]
    if len(chosen) != 1:
        known = ", ".join(each.slug for each in everyone) or "-"
        raise typer.BadParameter(
            gettext(cli_language(), "Choose one of: {known}", known=known), param_hint="--programme"
        )
    return chosen[0]
