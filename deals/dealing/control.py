"""What stands still in the deals of each employee: moved, spoken of, planned, within the norm or not (R144, R151)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from deals.dealing.listing import over_norm, stands, unsaid
from deals.dealing.models import Deal
from salescrm.base.lists.filters import Here
from staff.models import Employee

DAYS = (7, 14, 30)
USUAL = 14


@dataclass(frozen=True)
class Line:
    """Open deals of a person, and how many of them stand still in each way."""

    person: Employee | None
    deals: int
    still: int
    unsaid: int
    untasked: int
    late: int


def lines(here: Here, days: int, pipeline: int | None) -> tuple[list[Line], Line]:
    """Count the open deals the person sees, by who answers for them; who has most over the norm first, then the sum."""
    seen = Deal.objects.visible_to(here.person, here.today).open()
    if pipeline:
        seen = seen.filter(pipeline=pipeline)
    rows = seen.order_by().values("owner").annotate(
        deals=Count("pk"),
        still=Count("pk", filter=stands(str(days), here)),
        unsaid=Count("pk", filter=unsaid("none", here)),
        untasked=Count("pk", filter=Q(next_task_on=None)),
        late=Count("pk", filter=over_norm("over", here)),
    )  # fmt: skip
    people = Employee.people.in_bulk({row["owner"] for row in rows})
    found = [
        Line(people[row["owner"]], row["deals"], row["still"], row["unsaid"], row["untasked"], row["late"])
        for row in rows
    ]
    found.sort(key=lambda line: (-line.late, -line.still, line.person.short_name if line.person else ""))
    return found, _sum(found)


def _sum(found: Iterable[Line]) -> Line:
    parts = list(found)
    names = ("deals", "still", "unsaid", "untasked", "late")
    deals, still, unsaid_, untasked, late = (sum(getattr(part, name) for part in parts) for name in names)
    return Line(None, deals, still, unsaid_, untasked, late)
