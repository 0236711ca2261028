"""Open a programme: the programme, its first merchant, outlet and till key, in one transaction."""

from dataclasses import dataclass, field

from offers.engine.starter_designs import starter_design
from offers.flows.issue_key import IssuedKey, new_key
from offers.model.clock import Clock
from offers.model.design import CardKind, Colours
from offers.model.errors import SlugTaken
from offers.model.ids import Chance, MerchantId, OutletId, ProgrammeId, new_id
from offers.model.programme import Language, LocalText, Merchant, Outlet, Programme, Scope, Terms
from offers.store.store import Store
from offers.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What is asked for. The merchant takes the programme's slug; the outlet lies in the programme's zone.

    The programme's main design is the starter of the kind in these colours.
    """

    slug: str
    name: LocalText
    currency: str
    zone: str
    merchant_name: str
    outlet_name: str
    outlet_slug: str = "main"
    terms: Terms = field(default_factory=Terms)
    kind: CardKind = CardKind.BONUS
    colours: Colours = field(default_factory=Colours)
    default_language: Language = Language.RU
    is_sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What now exists; `till_key.secret` can be read here and never again."""

    programme: Programme
    merchant: Merchant
    outlet: Outlet
    till_key: IssuedKey


@dataclass(frozen=True, slots=True)
class OpenProgramme:
    """Open a programme under a slug of its own. Raises SlugTaken; nothing was kept then."""

    store: Store
    clock: Clock
    chance: Chance

    async def __call__(self, opening: Opening) -> Opened:
        return await self.store.transact(lambda work: self._open(work, opening))

    async def _open(self, work: Work, opening: Opening) -> Opened:
        if await work.programmes.by_slug(opening.slug):
            raise SlugTaken(slug=opening.slug)
        opened = self._make(opening)
        await work.programmes.keep(opened.programme)
        await work.designs.keep(starter_design(opened.programme.id, opening.kind, colours=opening.colours))
        await work.programmes.add_merchant(opened.merchant)
        await work.programmes.add_outlet(opened.outlet)
        await work.programmes.add_key(opened.till_key.key)
        return opened

    def _make(self, opening: Opening) -> Opened:
        programme = Programme(
            id=ProgrammeId(self._id()),
            slug=opening.slug,
            name=opening.name,
            currency=opening.currency,
            zone=opening.zone,
            terms=opening.terms,
            default_language=opening.default_language,
            is_sample=opening.is_sample,
        )
        merchant = Merchant(
            id=MerchantId(self._id()), programme_id=programme.id, slug=opening.slug, name=opening.merchant_name
        )
        outlet = Outlet(
            id=OutletId(self._id()),
            programme_id=programme.id,
            merchant_id=merchant.id,
            slug=opening.outlet_slug,
            name=opening.outlet_name,
            zone=opening.zone,
        )
        till_key = new_key(
            programme.id, Scope.TILL, name=opening.outlet_name, outlet=outlet, clock=self.clock, chance=self.chance
        )
        return Opened(programme=programme, merchant=merchant, outlet=outlet, till_key=till_key)

    def _id(self) -> str:
        return new_id(self.clock(), self.chance)
