"""Keep a design: checked whole, under its edition, written down, and told to the wallets in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from offers.engine.design_faults import design_faults, image_digests
from offers.flows.tell_look import design_item
from offers.model.audit import AuditAction
from offers.model.clock import Clock
from offers.model.design import MAIN_DESIGN, CardDesign
from offers.model.design_errors import DesignInUse, InvalidDesign, KindInUse, TooManyDesigns, UnknownDesign
from offers.model.programme import Programme
from offers.model.rule_errors import RuleFault, VersionConflict
from offers.store.designs import MAX_DESIGNS
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDesign:
    """The design as it now stands; `is_new` when there was none of its slug."""

    design: CardDesign
    is_new: bool


@dataclass(frozen=True, slots=True)
class KeepDesign:
    """Raises InvalidDesign, VersionConflict (`edition` is not the one that stands), TooManyDesigns, KindInUse, Busy.

    The same design again is not written again and changes no card.
    """

    store: Store
    clock: Clock

    async def __call__(
        self,
        programme: Programme,
        design: CardDesign,
        *,
        edition: int | None,
        staff_id: str,
        faults: Sequence[RuleFault] = (),
    ) -> KeptDesign:
        """`faults` are those found before the design became a noun: all of them are told together."""
        return await self.store.transact(lambda work: self._keep(work, programme, design, edition, staff_id, faults))

    async def remove(self, programme: Programme, slug: str, *, staff_id: str) -> None:
        """Remove a design no card is drawn from. Raises UnknownDesign, DesignInUse, Busy."""
        await self.store.transact(lambda work: self._remove(work, programme, slug, staff_id))

    async def faults(self, design: CardDesign) -> list[RuleFault]:
        """Give what is wrong with a design, keeping nothing."""
        return await check_design(self.store.reading, design)

    async def _keep(  # noqa: PLR0917 - a transaction's body takes what its flow was asked
        self,
        work: Work,
        programme: Programme,
        design: CardDesign,
        edition: int | None,
        staff_id: str,
        before: Sequence[RuleFault],
    ) -> KeptDesign:
        standing = await work.designs.get(programme.id, design.slug)
        current = standing.edition if standing else 0
        if edition is not None and edition != current:
            raise VersionConflict(expected=edition, current=current)
        if faults := [*before, *await check_design(work, design)]:
            raise InvalidDesign(faults)
        if standing is None and len(await work.designs.of_programme(programme.id)) >= MAX_DESIGNS:
            raise TooManyDesigns(limit=MAX_DESIGNS)
        if standing and replace(design, edition=current, changed_at=standing.changed_at) == standing:
            return KeptDesign(design=standing, is_new=False)
        if standing and standing.kind.family is not design.kind.family:
            await self._check_free(work, standing)
        at = self.clock()
        kept = replace(design, programme_id=programme.id, edition=current + 1, changed_at=at)
        await work.designs.keep(kept)
        await work.outbox.put([design_item(kept, at=at)])
        await self._write_down(work, kept, AuditAction.DESIGN_CHANGED, staff_id)
        return KeptDesign(design=kept, is_new=standing is None)

    async def _check_free(self, work: Work, standing: CardDesign) -> None:
        """Refuse another family of cards while wallets hold some of this one. Raises KindInUse."""
        if await work.designs.has_cards(standing.programme_id, standing.slug):
            raise KindInUse(design=standing.slug, kind=standing.kind.value)

    async def _remove(self, work: Work, programme: Programme, slug: str, staff_id: str) -> None:
        design = await work.designs.get(programme.id, slug)
        if design is None:
            raise UnknownDesign(design=slug)
        if slug == MAIN_DESIGN or await work.designs.has_cards(programme.id, slug):
            raise DesignInUse(design=slug)
        await work.designs.remove(programme.id, slug)
        await self._write_down(work, design, AuditAction.DESIGN_REMOVED, staff_id)

    async def _write_down(self, work: Work, design: CardDesign, action: AuditAction, staff_id: str) -> None:
        await work.audit.append(
            design.programme_id,
            action,
            staff_id=staff_id,
            subject=design.slug,
            facts={"kind": design.kind.value, "edition": design.edition},
            at=self.clock(),
        )


async def check_design(work: Work, design: CardDesign) -> list[RuleFault]:
    """Find what is wrong, with the sizes of the pictures that are kept."""
    sizes = await work.images.sizes(sorted(set(image_digests(design.images).values())))
    return design_faults(design, sizes)
