"""What is kept here: the database itself, programmes, the pictures of their designs, and what waits to leave."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta

from offers.model.design import CardDesign, Images
from offers.model.message import Lane, Priority
from offers.model.programme import Programme
from offers.store.store import Store
from service.doctor.observations import Observation, Part, well, worth_a_look, wrong
from service.doctor.surroundings import Surroundings

LEAST_MONGO = (6, 0)
LATE = {
    Priority.BALANCE: timedelta(minutes=5),
    Priority.BANNER: timedelta(minutes=15),
    Priority.BULK: timedelta(hours=6),
}
"""Bulk work waits behind everything else on purpose: 100,000 cards take Google an hour and a half."""
STUCK_FACTOR = 6
MAX_LAYERS = 500


async def examine_database(around: Surroundings) -> list[Observation]:
    """Ask MongoDB for its version. That it is a replica set was found out when it was opened."""
    store = around.store
    if store is None:
        return []
    version = str((await store.database.client.admin.command("buildInfo"))["version"])
    numbers = tuple(int(part) for part in version.split(".")[:2])
    if numbers < LEAST_MONGO:
        return [wrong(Part.DATABASE, "mongo_too_old", version=version, least=".".join(map(str, LEAST_MONGO)))]
    return [well(Part.DATABASE, "mongo_well", version=version)]


async def examine_programmes(around: Surroundings) -> list[Observation]:
    if around.store is None:
        return []
    programmes = await around.store.reading.programmes.all()
    if not programmes:
        return [worth_a_look(Part.PROGRAMMES, "no_programme")]
    return [well(Part.PROGRAMMES, "programmes_well", names=", ".join(each.slug for each in programmes))]


async def examine_pictures(around: Surroundings) -> list[Observation]:
    """Look whether every picture of a design or a layer is kept, and whether cards of a design are over."""
    if around.store is None:
        return []
    found: list[Observation] = []
    looked_at = 0
    for programme in await around.store.reading.programmes.all():
        for design in await around.store.reading.designs.of_programme(programme.id):
            found += _over(around, programme, design)
            for slot, digest in _pictures(design.images):
                looked_at += 1
                if not await around.store.reading.images.is_kept(digest):
                    facts = {"programme": programme.slug, "design": design.slug, "slot": slot}
                    found.append(wrong(Part.PICTURES, "picture_missing", **facts))
        found += await _layers(around, around.store, programme)
    return found or [well(Part.PICTURES, "pictures_well", count=looked_at)]


async def _layers(around: Surroundings, store: Store, programme: Programme) -> list[Observation]:
    layers = await store.reading.layers.of_programme(programme.id, at=around.clock(), limit=MAX_LAYERS)
    return [
        wrong(Part.PICTURES, "layer_picture_missing", programme=programme.slug, layer=layer.id)
        for layer in layers
        if layer.parts.banner and not await store.reading.images.is_kept(layer.parts.banner)
    ]


def _over(around: Surroundings, programme: Programme, design: CardDesign) -> list[Observation]:
    if design.expires_at is None or design.expires_at > around.clock():
        return []
    date = design.expires_at.date().isoformat()
    return [worth_a_look(Part.PICTURES, "design_over", programme=programme.slug, design=design.slug, date=date)]


def _pictures(images: Images) -> Iterator[tuple[str, str]]:
    for slot in fields(images):
        if digest := getattr(images, slot.name):
            yield slot.name, digest


async def examine_outbox(around: Surroundings) -> list[Observation]:
    """Look how long what is due has waited, in every lane."""
    if around.store is None:
        return []
    found = []
    for lane in Lane:
        waits = [
            (around.clock() - due_at, LATE[priority])
            for priority in Priority
            if (due_at := await around.store.reading.outbox.oldest_due(lane, priority, at=around.clock()))
        ]
        late = [(waited, patience) for waited, patience in waits if waited > patience]
        if late:
            waited, patience = max(late, key=lambda each: each[0] / each[1])
            facts = {"lane": lane.value, "minutes": int(waited.total_seconds() // 60)}
            is_stuck = waited > patience * STUCK_FACTOR
            found.append(
                wrong(Part.OUTBOX, "outbox_stuck", **facts)
                if is_stuck
                else worth_a_look(Part.OUTBOX, "outbox_late", **facts)
            )
    return found or [well(Part.OUTBOX, "outbox_well")]
