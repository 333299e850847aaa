"""Counts of leads: of a selection, of a person; conversion by source, person and type; traffic (R156, R159, R170)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone

from deals.leads.models import CloseReason, Enquiry, Lead, LeadState
from deals.leads.querysets import OPEN
from salescrm.base.lists.state import ListState
from staff.models import Employee

GROUPS = {
    "source": ("source__name", "source__name_en"),
    "responsible": ("responsible__first_name", "responsible__last_name"),
    "type": ("segment__name", "segment__name_en"),
}
NO_LEAD = Q(close_reason__in=[CloseReason.SPAM, CloseReason.DUPLICATE])


def listed(state: ListState) -> QuerySet[Lead]:
    """The leads the person sees, in the order of the queue, narrowed by nothing yet."""
    return Lead.objects.visible_to(state.here.person, state.here.today).queued()


def of_selection(state: ListState, now: datetime) -> dict[str, int]:
    """Count everything the state keeps, and what of it nobody has or was not contacted in time."""
    late = Q(state__in=OPEN, first_contacted_at__isnull=True, first_contact_due_at__lt=now)
    return state.narrow(listed(state), whole=True).aggregate(
        leads=Count("pk"), free=Count("pk", filter=Q(state__in=OPEN, responsible__isnull=True)),
        late=Count("pk", filter=late),
    )  # fmt: skip


def count(state: ListState) -> int:
    """How many leads the state keeps."""
    return state.narrow(listed(state), whole=True).count()


def of_person(person: Employee, today: date, now: datetime) -> dict[str, int]:
    """Count the open leads a person is to look at: those to be given or taken, own new ones, and what of it is late."""
    mine = Lead.objects.visible_to(person, today).open()
    asked = mine.filter(Q(responsible__isnull=True) | Q(responsible=person, first_contacted_at__isnull=True))
    return asked.aggregate(waiting=Count("pk"), late=Count("pk", filter=Q(first_contact_due_at__lt=now)))


@dataclass(frozen=True)
class Line:
    """The conversion of one group; spam and what was known already are no leads."""

    name: str
    received: int
    contacted: int
    in_time: int
    qualified: int
    converted: int
    ordered: int
    closed: int

    def share(self, number: int) -> float | None:
        """Return a part of what was received; None of nothing."""
        return number / self.received if self.received else None

    @property
    def shares(self) -> list[tuple[int, float | None]]:
        """Return the steps, each with its share of what was received."""
        steps = (self.contacted, self.in_time, self.qualified, self.converted, self.ordered, self.closed)
        return [(one, self.share(one)) for one in steps]


STEPS: dict[str, Any] = {
    "received": Count("pk"),
    "contacted": Count("pk", filter=Q(first_contacted_at__isnull=False)),
    "in_time": Count("pk", filter=Q(first_contacted_at__lte=F("first_contact_due_at"))),
    "qualified": Count("pk", filter=Q(qualified_at__isnull=False) | Q(state=LeadState.CONVERTED)),
    "converted": Count("pk", filter=Q(state=LeadState.CONVERTED)),
    "ordered": Count("pk", filter=Q(state=LeadState.CONVERTED, client__standing__first_purchase_on__isnull=False)),
    "closed": Count("pk", filter=Q(state=LeadState.CLOSED)),
}


def between(rows: QuerySet[Any], path: str, start: date, end: date) -> QuerySet[Any]:
    """Keep rows of the days [start, end]."""
    zone = timezone.get_current_timezone()
    begins, ends = (datetime.combine(day, time(), tzinfo=zone) for day in (start, end + timedelta(days=1)))
    return rows.filter(**{f"{path}__gte": begins, f"{path}__lt": ends})


def conversion(leads: QuerySet[Lead], by: str) -> list[Line]:
    """Return the conversion by source, person or type, the largest group first."""
    columns = GROUPS[by]
    rows = leads.exclude(NO_LEAD).order_by().values(*columns).annotate(**STEPS).order_by("-received", *columns)
    return [Line(_name(by, [row[one] or "" for one in columns]), **{name: row[name] for name in STEPS}) for row in rows]


def total(leads: QuerySet[Lead]) -> Line:
    """Return the conversion of all of them."""
    return Line("", **leads.exclude(NO_LEAD).aggregate(**STEPS))


def _name(by: str, words: list[str]) -> str:
    return " ".join(words).strip() if by == "responsible" else words[0]


def traffic(enquiries: QuerySet[Enquiry]) -> dict[str, list[tuple[Any, int]]]:
    """Count enquiries by channel, by day of the week and by hour (R159)."""
    zone = timezone.get_current_timezone()
    ways: dict[str, Any] = {
        "channel": F("channel"),
        "weekday": ExtractIsoWeekDay("received_at", tzinfo=zone),
        "hour": ExtractHour("received_at", tzinfo=zone),
    }
    return {name: _counted(enquiries, way) for name, way in ways.items()}


def _counted(enquiries: QuerySet[Enquiry], way: Any) -> list[tuple[Any, int]]:
    found = enquiries.order_by().annotate(way=way).values("way").annotate(n=Count("pk")).order_by("way")
    return list(found.values_list("way", "n"))
