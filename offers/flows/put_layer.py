"""Put a layer on cards for a time, change it, end it early: each under its cause, and told in the same transaction."""

from dataclasses import dataclass, replace
from datetime import datetime

from offers.engine.layer_turns import layer_faults, turn_after
from offers.flows.find_design import find_design
from offers.flows.tell_look import look_item
from offers.model.audit import AuditAction
from offers.model.card import Card
from offers.model.clock import Clock
from offers.model.design import MAIN_DESIGN, CardDesign
from offers.model.design_errors import (
    InvalidDesign,
    LayerCauseUsed,
    LayerOver,
    TooManyLayers,
    UnknownLayer,
)
from offers.model.ids import CardId, Chance, new_id
from offers.model.layer import (
    DEFAULT_PRIORITY,
    MAX_COMMON_LAYERS,
    MAX_LAYERS_PER_CARD,
    Layer,
    LayerId,
    LayerParts,
    LayerScope,
)
from offers.model.programme import Programme
from offers.model.rule_errors import RuleFault, VersionConflict
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerWish:
    """What is asked for. `starts_at` None: now."""

    scope: LayerScope
    parts: LayerParts
    segment: str | None = None
    card_id: CardId | None = None
    design: str | None = None
    priority: int = DEFAULT_PRIORITY
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PutLayer:
    """Put once per cause: the same wish again gives the same layer, another one under the cause is refused.

    Raises InvalidDesign, LayerCauseUsed, TooManyLayers, Busy.
    """

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(
        self, programme: Programme, cause_key: str, wish: LayerWish, *, staff_id: str | None = None
    ) -> Layer:
        """`staff_id` names who asks for it; None: a scenario does, and nothing is written down."""

        async def put(work: Work) -> Layer:
            known = await work.layers.by_cause(programme.id, cause_key)
            layer = await put_layer(work, programme, cause_key, wish, self)
            if known is None:
                await _write_down(work, layer, AuditAction.LAYER_PUT, staff_id, at=self.clock())
            return layer

        return await self.store.transact(put)


async def put_layer(work: Work, programme: Programme, cause_key: str, wish: LayerWish, tools: PutLayer) -> Layer:
    """Put a layer in the caller's transaction, which is how a scenario does it."""
    at = tools.clock()
    if earlier := await work.layers.by_cause(programme.id, cause_key):
        return _same(earlier, wish)
    layer = Layer(
        id=LayerId(new_id(at, tools.chance)),
        programme_id=programme.id,
        cause_key=cause_key,
        scope=wish.scope,
        segment=wish.segment,
        card_id=wish.card_id,
        design=wish.design,
        priority=wish.priority,
        starts_at=wish.starts_at or at,
        ends_at=wish.ends_at,
        parts=wish.parts,
        created_at=at,
    )
    await check_layer(work, programme, layer, at=at)
    limit = layer_limit(layer)
    if await work.layers.count(limit_key(layer), 1) > limit:
        raise TooManyLayers(limit=limit)
    await work.layers.add(layer, next_turn_at=turn_after(layer, at))
    if layer.is_on(at):
        await work.outbox.put([await look_item(work, layer, turn="put", at=at)])
    return layer


@dataclass(frozen=True, slots=True)
class ChangeLayer:
    """Change what a layer shows, its time or its priority; whom it is for stays.

    Raises UnknownLayer, LayerOver, VersionConflict (somebody changed it since `edition`), InvalidDesign, Busy.
    """

    store: Store
    clock: Clock

    async def __call__(
        self,
        programme: Programme,
        layer_id: LayerId,
        wish: LayerWish,
        *,
        edition: int | None = None,
        staff_id: str | None = None,
    ) -> Layer:
        async def change(work: Work) -> Layer:
            before = await find_layer(work, programme, layer_id)
            changed = await self._change(work, programme, layer_id, wish, edition)
            if changed.edition == before.edition:
                return changed
            await _write_down(work, changed, AuditAction.LAYER_CHANGED, staff_id, at=self.clock())
            return changed

        return await self.store.transact(change)

    async def _change(
        self, work: Work, programme: Programme, layer_id: LayerId, wish: LayerWish, edition: int | None
    ) -> Layer:
        at = self.clock()
        layer = await find_layer(work, programme, layer_id)
        if edition is not None and edition != layer.edition:
            raise VersionConflict(expected=edition, current=layer.edition)
        _refuse_over(layer, at)
        changed = replace(
            layer,
            priority=wish.priority,
            starts_at=wish.starts_at or layer.starts_at,
            ends_at=wish.ends_at,
            parts=wish.parts,
            edition=layer.edition + 1,
        )
        if replace(changed, edition=layer.edition) == layer:
            return layer
        await check_layer(work, programme, changed, at=at)
        return await _keep(work, layer, changed, at)


@dataclass(frozen=True, slots=True)
class EndLayer:
    """End a layer before its time; ending one that is over changes nothing. Raises UnknownLayer, Busy."""

    store: Store
    clock: Clock

    async def __call__(self, programme: Programme, layer_id: LayerId, *, staff_id: str | None = None) -> Layer:
        async def end(work: Work) -> Layer:
            before = await find_layer(work, programme, layer_id)
            ended = await self._end(work, programme, layer_id)
            if ended.edition == before.edition:
                return ended
            await _write_down(work, ended, AuditAction.LAYER_ENDED, staff_id, at=self.clock())
            return ended

        return await self.store.transact(end)

    async def by_cause(self, programme: Programme, cause_key: str) -> Layer | None:
        """End whatever a cause put; None when it put nothing."""
        layer = await self.store.reading.layers.by_cause(programme.id, cause_key)
        return await self(programme, layer.id) if layer else None

    async def _end(self, work: Work, programme: Programme, layer_id: LayerId) -> Layer:
        at = self.clock()
        layer = await find_layer(work, programme, layer_id)
        if layer.over_at is not None and layer.over_at <= at:
            return layer
        return await _keep(work, layer, replace(layer, ended_at=at, edition=layer.edition + 1), at)


async def move_layers(work: Work, old: Card, new: Card, *, at: datetime) -> None:
    """Let the layers of a card lie on the one that takes its place, those that come on later too."""
    for layer in await work.layers.for_targets(old.programme_id, [f"card:{old.id}"], at=at):
        moved = replace(layer, card_id=new.id, edition=layer.edition + 1)
        if not await work.layers.replace(moved, next_turn_at=turn_after(moved, at)):
            raise VersionConflict(expected=layer.edition, current=moved.edition)
        await work.layers.count(limit_key(layer), -1)
        await work.layers.count(limit_key(moved), 1)


async def find_layer(work: Work, programme: Programme, layer_id: LayerId) -> Layer:
    """Raises UnknownLayer."""
    layer = await work.layers.get(layer_id)
    if layer is None or layer.programme_id != programme.id:
        raise UnknownLayer
    return layer


async def check_layer(work: Work, programme: Programme, layer: Layer, *, at: datetime) -> None:
    """Raises InvalidDesign with everything that is wrong with a layer."""
    kept = await work.designs.get(programme.id, layer.design) if layer.design else None
    design: CardDesign = kept or await find_design(work, programme, MAIN_DESIGN)
    faults = layer_faults(layer, design, at=at)
    if layer.design and layer.design != MAIN_DESIGN and kept is None:
        faults.append(RuleFault(pointer="/design", code="unknown_layer_design", facts={"design": layer.design}))
    if layer.parts.banner is not None and not await work.images.is_kept(layer.parts.banner):
        faults.append(RuleFault(pointer="/banner", code="image_not_kept"))
    if layer.card_id is not None:
        card = await work.cards.get(layer.card_id)
        if card is None or card.programme_id != programme.id:
            faults.append(RuleFault(pointer="/card_id", code="unknown_card_target"))
    if faults:
        raise InvalidDesign(faults)


def limit_key(layer: Layer) -> str:
    """Name what a layer counts against: those of its card, or the programme's common ones."""
    return f"card:{layer.card_id}" if layer.scope is LayerScope.CARD else f"programme:{layer.programme_id}"


def layer_limit(layer: Layer) -> int:
    return MAX_LAYERS_PER_CARD if layer.scope is LayerScope.CARD else MAX_COMMON_LAYERS


async def _keep(work: Work, before: Layer, changed: Layer, at: datetime) -> Layer:
    """Write the next edition, and tell of it when it shows."""
    if not await work.layers.replace(changed, next_turn_at=turn_after(changed, at)):
        raise VersionConflict(expected=before.edition, current=before.edition + 1)
    if changed.over_at is not None and changed.over_at <= at:
        await work.layers.count(limit_key(changed), -1)
    if before.is_on(at) or changed.is_on(at):
        await work.outbox.put([await look_item(work, changed, turn="changed", at=at)])
    return changed


def _refuse_over(layer: Layer, at: datetime) -> None:
    if layer.over_at is not None and layer.over_at <= at:
        raise LayerOver(over_at=layer.over_at)


def _same(earlier: Layer, wish: LayerWish) -> Layer:
    """Give the layer a cause put before; a later change or end of it does not make the wish another one.

    Nor does a card that took the place of another, for layers go on with it.
    """
    first = (earlier.scope, earlier.segment, earlier.design)
    if first != (wish.scope, wish.segment, wish.design):
        raise LayerCauseUsed(layer_id=earlier.id)
    said = (wish.card_id, wish.parts, wish.priority, wish.ends_at)
    if earlier.edition == 1 and (earlier.card_id, earlier.parts, earlier.priority, earlier.ends_at) != said:
        raise LayerCauseUsed(layer_id=earlier.id)
    return earlier


async def _write_down(work: Work, layer: Layer, action: AuditAction, staff_id: str | None, *, at: datetime) -> None:
    """Write down what one of the staff did; scenarios leave no line, their occurrences tell."""
    if staff_id is not None:
        facts: dict[str, int | str] = {"target": layer.target, "cause": layer.cause_key, "edition": layer.edition}
        await work.audit.append(layer.programme_id, action, staff_id=staff_id, subject=layer.id, facts=facts, at=at)
