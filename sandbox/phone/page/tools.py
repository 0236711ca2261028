"""What the page's handlers share."""

from aiohttp import web

from sandbox.phone.phone import Phone

PHONE: web.AppKey[Phone] = web.AppKey("phone", Phone)


def phone_of(request: web.Request) -> Phone:
    return request.app[PHONE]
