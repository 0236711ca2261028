"""What keeps personal offers from being rehearsed, issued or taken back."""

from offers.model.errors import OfferError


class UnknownTemplate(OfferError):
    code = "unknown_template"

    def __init__(self, *, template: str) -> None:
        super().__init__(f"no template is called {template}")
        self.template = template


class UnknownTemplateVersion(OfferError):
    code = "unknown_template_version"

    def __init__(self, *, template: str, version: int) -> None:
        super().__init__(f"{template} has no version {version}")
        self.template = template
        self.version = version


class TooManyTemplates(OfferError):
    code = "too_many_templates"

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"a programme has at most {limit} templates, archived ones included")
        self.limit = limit


class UnknownPersonalRun(OfferError):
    code = "unknown_personal_run"

    def __init__(self, *, run: str) -> None:
        super().__init__(f"no run is called {run}")
        self.run = run


class DryRunOutdated(OfferError):
    """`why` says what changed since: `age`, `template`, `scores`, `state`."""

    code = "dry_run_outdated"

    def __init__(self, *, run: str, why: str) -> None:
        super().__init__(f"the dry run {run} says nothing any more: {why}")
        self.run = run
        self.why = why


class TemplateNotActive(OfferError):
    code = "template_not_active"

    def __init__(self, *, template: str, state: str) -> None:
        super().__init__(f"{template} is {state}")
        self.template = template
        self.state = state


class RunNotIssued(OfferError):
    code = "run_not_issued"

    def __init__(self, *, run: str, state: str) -> None:
        super().__init__(f"{run} is {state}: nothing of it can be taken back")
        self.run = run
        self.state = state


class CannotDecide(OfferError):
    """The decision refused; `why` is its own code: `exploration_too_costly`, `spread_too_wide`."""

    code = "cannot_decide"

    def __init__(self, *, why: str) -> None:
        super().__init__(f"no decision: {why}")
        self.why = why
