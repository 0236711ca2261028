"""What the bot works with: the flows, the keys and the programme it speaks for."""

from dataclasses import dataclass, field
from typing import Self

from offers.flows.enrol_member import EnrolMember
from offers.flows.find_picture import FindPicture
from offers.flows.find_receipts import FindReceipts
from offers.flows.hold_conversation import HoldConversation
from offers.flows.join_telegram import JoinTelegram
from offers.flows.keep_update import KeepUpdate
from offers.flows.list_coupons import ListCoupons
from offers.flows.look_at_card import LookAtCard
from offers.flows.meet_telegram import MeetTelegram
from offers.flows.open_telegram import OpenTelegram
from offers.flows.own_phone import OwnPhone
from offers.flows.speak_language import SpeakLanguage
from offers.model.clock import Clock
from offers.model.ids import Chance
from offers.model.programme import Programme
from offers.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class BotTools:
    """One bot speaks for one programme. `public_url` is where members' browsers reach this service."""

    programme: Programme
    public_url: str
    code_key: bytes = field(repr=False)
    clock: Clock
    keep: KeepUpdate
    meet: MeetTelegram
    hold: HoldConversation
    enrol: EnrolMember
    join: JoinTelegram
    own_phone: OwnPhone
    open_telegram: OpenTelegram
    speak: SpeakLanguage
    look: LookAtCard
    find_receipts: FindReceipts
    list_coupons: ListCoupons
    find_picture: FindPicture

    @classmethod
    def over(
        cls, store: Store, programme: Programme, *, public_url: str, code_key: bytes, clock: Clock, chance: Chance
    ) -> Self:
        """Make every flow over one store."""
        return cls(
            programme=programme,
            public_url=public_url.rstrip("/"),
            code_key=code_key,
            clock=clock,
            keep=KeepUpdate(store, clock),
            meet=MeetTelegram(store),
            hold=HoldConversation(store, clock),
            enrol=EnrolMember(store, clock, chance),
            join=JoinTelegram(store, code_key),
            own_phone=OwnPhone(store, clock),
            open_telegram=OpenTelegram(store),
            speak=SpeakLanguage(store),
            look=LookAtCard(store, code_key, clock),
            find_receipts=FindReceipts(store),
            list_coupons=ListCoupons(store, clock),
            find_picture=FindPicture(store),
        )
