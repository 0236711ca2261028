"""The last step of joining: with the phone number that Telegram vouches for, or without one."""

from aiogram import Bot, F, Router
from aiogram.types import Contact, Message

from bot.filters import Says
from bot.handlers.consent import ask_consent
from bot.keyboards import WITHOUT_PHONE, contact_keyboard, menu
from bot.showing import greet
from bot.tools import BotTools
from bot.visitor import Visitor
from locales.catalogue import gettext
from offers.engine.arrivals import main_source
from offers.engine.phones import read_phone
from offers.flows.enrol_member import Application, Given
from offers.model.arrival import Arrival
from offers.model.conversation import Conversation
from offers.model.errors import BadContact, ContactTaken
from offers.model.member import Member

SOURCE = "telegram"

_FOREIGN = "This is somebody else's contact. Please share your own number with the button below."
_BAD = "This is not a number that can be called. You can go on without a number."
_TAKEN = (
    "This number already belongs to a card with another Telegram account. Open the page of that card and press "
    "“Telegram” there, or ask at the till. You can also go on without a number and get a new card."
)
_TAKEN_FROM_MEMBER = "This number belongs to another card. Ask at the till to put the two cards together."


def make_router() -> Router:
    router = Router(name="contact")
    router.message.register(take_contact, F.contact)
    router.message.register(go_without_phone, Says(WITHOUT_PHONE))
    return router


async def take_contact(message: Message, visitor: Visitor, tools: BotTools, bot: Bot) -> None:
    contact = message.contact
    if contact is None or contact.user_id != visitor.telegram_id:
        await message.answer(gettext(visitor.language, _FOREIGN))
        return
    try:
        phone = phone_of(contact)
    except BadContact:
        await message.answer(gettext(visitor.language, _BAD))
        return
    if visitor.member is None:
        await _join(bot, visitor, tools, phone)
    elif visitor.member.phone == phone:
        # They joined by this very update, and it is handled again: what it should have shown did not arrive.
        await greet(bot, visitor.member, visitor.telegram_id, tools, "Good to see you again!")
    else:
        await _own_phone(message, visitor.member, phone, tools)


async def go_without_phone(_message: Message, visitor: Visitor, tools: BotTools, bot: Bot) -> None:
    if visitor.member is not None:
        await greet(bot, visitor.member, visitor.telegram_id, tools, "Good to see you again!")
    else:
        await _join(bot, visitor, tools, None)


def phone_of(contact: Contact) -> str:
    """Give the E.164 number of a contact; Telegram tells it with or without its plus. Raises BadContact."""
    return read_phone("+" + contact.phone_number.lstrip("+"), None)


async def _join(bot: Bot, visitor: Visitor, tools: BotTools, phone: str | None) -> None:
    conversation = visitor.conversation
    if conversation is None or not conversation.may_join:
        await ask_consent(bot, visitor, tools)
        return
    try:
        enrolment = await tools.enrol(tools.programme, application(conversation, phone))
    except ContactTaken:
        refusal = gettext(visitor.language, _TAKEN)
        await bot.send_message(visitor.telegram_id, refusal, reply_markup=contact_keyboard(visitor.language))
        return
    text = (
        "Welcome! Your card is ready: show its code at the till before you pay."
        if enrolment.is_new
        else "We found your card. Welcome back!"
    )
    await greet(bot, enrolment.member, visitor.telegram_id, tools, text)
    await tools.hold.end(tools.programme.id, visitor.telegram_id)


def application(conversation: Conversation, phone: str | None) -> Application:
    given = tuple(
        Given(
            purpose=agreement.purpose,
            text_version=agreement.text_version,
            text_digest=agreement.text_digest,
            proof=agreement.proof,
        )
        for agreement in conversation.agreements
    )
    arrival = Arrival(source=conversation.source or SOURCE, medium=SOURCE)
    return Application(
        language=conversation.language,
        source=main_source(arrival, conversation.code),
        arrival=arrival,
        consents=given,
        phone=phone,
        telegram_id=conversation.telegram_id,
    )


async def _own_phone(message: Message, member: Member, phone: str, tools: BotTools) -> None:
    try:
        await tools.own_phone(member, phone)
    except ContactTaken:
        await message.answer(gettext(member.language, _TAKEN_FROM_MEMBER))
        return
    keyboard = menu(member.language, has_phone=True)
    await message.answer(gettext(member.language, "Your phone number is on your card now."), reply_markup=keyboard)
