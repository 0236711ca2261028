"""Personal offers in HTTP: the statuses and English texts of refusals."""

from http import HTTPStatus

from offers.model import personal_errors as errors
from offers.model.errors import OfferError

STATUS: dict[type[OfferError], HTTPStatus] = {
    errors.UnknownTemplate: HTTPStatus.NOT_FOUND,
    errors.UnknownTemplateVersion: HTTPStatus.NOT_FOUND,
    errors.TooManyTemplates: HTTPStatus.CONFLICT,
    errors.UnknownPersonalRun: HTTPStatus.NOT_FOUND,
    errors.DryRunOutdated: HTTPStatus.CONFLICT,
    errors.TemplateNotActive: HTTPStatus.CONFLICT,
    errors.RunNotIssued: HTTPStatus.CONFLICT,
    errors.CannotDecide: HTTPStatus.CONFLICT,
}

TEXTS: dict[str, str] = {
    "unknown_template": "No template of personal offers is called {template}.",
    "unknown_template_version": "The template {template} has no version {version}.",
    "too_many_templates": "A programme has at most {limit} templates of personal offers, archived ones included.",
    "unknown_personal_run": "No run of personal offers is called {run}.",
    "dry_run_outdated": "The dry run {run} says nothing any more ({why} changed). Run dry again, then issue that run.",
    "template_not_active": "The template {template} is {state}: activate it first.",
    "run_not_issued": "The run {run} is {state}: nothing of it can be taken back.",
    "cannot_decide": "Nothing was decided ({why}). Change the budget, the levels or the share that is drawn.",
}
