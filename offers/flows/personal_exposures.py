"""What a personal offer's draw was, for the log of exposures."""

from datetime import datetime

from offers.engine.personal_offers import size_of
from offers.model.exposure import NOTHING, ArmChance, Exposure, arm_of
from offers.model.personal import Template, sizes_of
from offers.model.personal_run import PersonalRun, Pick


def exposure_of(template: Template, run: PersonalRun, pick: Pick, *, at: datetime) -> Exposure:
    """Give the exposure of one member: the arms are nothing and the template's levels, in their own unit."""
    arms = [NOTHING, *(arm_of(template.code, size) for size in sizes_of(template.levels))]
    arm = arm_of(template.code, size_of(template.levels, pick.option)) if pick.option else NOTHING
    return Exposure(
        programme_id=run.programme_id,
        member_id=pick.member_id,
        campaign=template.campaign,
        occurrence=run.id,
        policy=f"v{run.version}:{run.rehearsal.policy}",
        arm=arm,
        chances=tuple(ArmChance(arm=name, chance=chance) for name, chance in zip(arms, pick.chances, strict=True)),
        at=at,
        horizon_days=template.live_days,
        explored=pick.is_explored,
        held_out=pick.is_held_out,
    )
