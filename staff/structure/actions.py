"""What people do with the structure: how many a position has, a version approved (R200, R203)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from salescrm.base.jobs import Refused
from staff.access import Act, require
from staff.models import Branch, Employee, Position
from staff.structure import reading
from staff.structure.models import Post, StructureVersion


@transaction.atomic
def set_units(
    *, branch: Branch, position: Position, units: int, acting_user: Employee, seen: int | None = None
) -> Post:
    """Say how many people a position of a branch has in the plan; the post is made where there is none.

    Raise Refused when there are by now other than the `seen` units (None: the form was drawn for no post).
    """
    require(acting_user, Act.CHANGE_STAFF)
    held = Post.objects.select_for_update(of=("self",), no_key=True).filter(branch=branch, position=position).first()
    if seen is not None and (held.units if held else 0) != seen:
        raise Refused(_("Somebody has changed this post meanwhile: look at it and change it then."))
    made, _is_new = Post.objects.update_or_create(
        branch=branch, position=position, defaults={"units": units, "code": f"{branch.code}-{position.code}"}
    )
    return made


@transaction.atomic
def approve(*, note: str, seen: int, acting_user: Employee, now: datetime) -> StructureVersion:
    """Keep the structure as it is as the approved one; raise Refused when it is that, or another was approved."""
    require(acting_user, Act.APPROVE_STRUCTURE)
    list(Branch.objects.select_for_update(of=("self",), no_key=True).filter(is_head_office=True))
    last = StructureVersion.objects.first()
    if (last.pk if last else 0) != seen:
        raise Refused(_("Somebody has approved the structure meanwhile."))
    everybody = reading.people()
    if last is not None and not reading.changed_since(last, everybody):
        raise Refused(_("Nothing has changed since the structure was approved."))
    return StructureVersion.objects.create(
        approved_at=now, approved_by=acting_user, note=note, kept=reading.snapshot(everybody)
    )
