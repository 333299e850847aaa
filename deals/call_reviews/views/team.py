"""The week of reviews: how many calls of each person were reviewed, which are proposed; the calls of one person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.models import Communication
from deals.call_reviews import querysets
from deals.call_reviews.actions import QUOTA
from deals.call_reviews.models import FAIR, GOOD, CallReview
from deals.call_reviews.views.shared import tabs
from salescrm.base import automation, clock
from salescrm.base.lists.filters import Here
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListSpec, ListState
from staff.access import Act, login_of, require
from staff.models import Employee

WAITING = ListSpec("calls-to-review", (), (Sort("newest", "day"),), "-newest")


@dataclass(frozen=True)
class Line:
    """A person's week: reviews since Monday of the quota, the average of 4 weeks, the last review, calls proposed."""

    person: Employee
    done: int
    quota: int
    average: float | None
    last: date | None
    calls: list[Communication]

    @property
    def is_full(self) -> bool:
        """Say whether the quota is met."""
        return self.done >= self.quota

    @property
    def share(self) -> float | None:
        """The average, 0 to 1."""
        return None if self.average is None else float(self.average) / 100

    @property
    def tone(self) -> str:
        """Say how good the calls were."""
        if self.average is None:
            return ""
        return "good" if self.average >= GOOD else "warn" if self.average >= FAIR else "bad"


def lines(person: Employee, today: date) -> list[Line]:
    """Return the people of the head, first with calls to hear and a quota not met, longest without a review."""
    people = list(querysets.reviewed_people(person).order_by("last_name", "first_name", "pk"))
    numbers = [one.pk for one in people]
    quota = automation.number("call-reviews-week", QUOTA, today)
    counted = {row["employee"]: row for row in CallReview.objects.filter(employee__in=numbers).by_person(today)}
    calls: dict[int, list[Communication]] = defaultdict(list)
    for call in querysets.proposed(person, numbers, today):
        calls[call.author_id].append(call)
    nothing = {"week": 0, "average": None, "last": None}
    found = []
    for one in people:
        row = counted.get(one.pk, nothing)
        found.append(Line(one, row["week"], quota, row["average"], row["last"], calls[one.pk]))
    return sorted(found, key=lambda line: (not line.calls, line.is_full, line.last or date.min))


@require_GET
def team(request: HttpRequest) -> HttpResponse:
    """Show the week: who of how many, and which calls to listen to next."""
    person, today = login_of(request), clock.today()
    require(person, Act.REVIEW_CALLS)
    found = lines(person, today)
    monday = today - timedelta(days=today.weekday())
    context = {
        "page_title": _("Call reviews"),
        "tabs": tabs(person, "calls:team"),
        "lines": found,
        "done": sum(line.done for line in found),
        "wanted": sum(line.quota for line in found),
        "full": sum(line.is_full for line in found),
        "monday": monday,
        "sunday": monday + timedelta(days=6),
    }
    return render(request, "calls/team.html", context)


@require_GET
def waiting(request: HttpRequest, pk: int) -> HttpResponse:
    """List the calls of a person that nobody has reviewed, the latest first."""
    person, today = login_of(request), clock.today()
    require(person, Act.REVIEW_CALLS)
    whose = get_object_or_404(querysets.reviewed_people(person), pk=pk)
    state = ListState.read(WAITING, request.GET, Here(person, today))
    page = state.page(querysets.waiting(person, [pk], today))
    rows = Communication.objects.select_related("client", "result", "contact").in_bulk(page.ids)
    context = {
        "page_title": _("Calls of %s") % whose.short_name,
        "rows": [rows[call] for call in page.ids],
        "pager": state.pager(page),
    }
    part = "#rows" if wants_part(request) else ""
    return render(request, f"calls/waiting.html{part}", context)
