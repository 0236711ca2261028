"""What a night learned of the use of coupons: how many of the occasions to use one are taken, and how sure that is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateUse:
    """One template's coupons whose life is over, and what is told of the next ones.

    `occasions` are purchases on which they could have been used, `used` those on which they were. `shift` is how far
    their log-odds lie beside the common ones and `error` its standard error; None: nothing is told of this template.
    """

    template: str
    coupons: int
    occasions: int
    used: int
    shift: float | None = None
    error: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UseJudged:
    """What was told of later coupons by a model of earlier ones, and what came: `expected` uses against `used`."""

    occasions: int
    used: int
    expected: float
    error_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponLesson:
    """What all coupons taught. `reason` is empty, or the code of what keeps it from being published.

    `by_depth` is how much the log-odds rise for a whole price of discount, from `usual_depth_bp` on, and never below
    what they are at `least_depth_bp`. `others_shift` and `others_error` are for templates that have too few coupons of
    their own; None: everybody is taken to use those.
    """

    coupons: int
    occasions: int
    used: int
    needed: int
    reason: str = ""
    learner: str = ""
    judged: UseJudged | None = None
    by_depth: float = 0.0
    usual_depth_bp: int = 0
    least_depth_bp: int = 0
    templates: tuple[TemplateUse, ...] = ()
    others_shift: float | None = None
    others_error: float = 0.0

    def of(self, template: str) -> TemplateUse | None:
        """Give what was counted of a template; None where no coupon of it is over."""
        return next((each for each in self.templates if each.template == template), None)
