"""Step 7: the contact norm of every client, its running term, and the tasks of terms that run out (R89-R98)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import actions, contacts
from deals.actions import NormSet, NormTasks
from salescrm.base import automation, sql
from salescrm.base.models import StepRun, StepState
from segmentation import guards
from segmentation.contact_norm import WHOLE, ContactNorm
from segmentation.steps import APP, Inputs, Night, Outcome
from staff import calendar
from staff.models import Branch

NAME = "contacts"
SHOP_SEGMENTS = ["trade_internet"]  # codes of the types that are internet shops (R92)
MOST_AT_ONCE = 100  # more clients than these that come under the norm in one night are spread over one term


def inputs(night: Night) -> Inputs:
    """Look every night, terms run out by themselves; name what makes everybody be looked at, once a week anyhow."""
    norm = ContactNorm.objects.in_force(night.as_of)
    days = ".".join(str(value) for value in sql.row(APP, "read_calendar_version").values())
    year, week, _day = night.as_of.isocalendar()
    return Inputs(f"norm {norm.pk if norm else None} calendar {days} week {year}-{week}", changed=True)


def run(night: Night) -> Outcome:
    """Write norms and terms, set the tasks; without a norm in force no client has one and no task is set.

    Only clients something happened to since the last night that looked are looked at, as long as the fingerprint holds.
    """
    norm = ContactNorm.objects.in_force(night.as_of)
    marks = sql.row(APP, "read_contact_marks")
    clients = _changed(night)
    rows = sql.run(APP, "write_contact_norms", parameters(night, norm, clients))
    rows += contacts.write_all() if clients is None else contacts.write_whole(clients)
    feeds = guards.broken_feeds(night) if norm and norm.sets_tasks else []
    made = set_tasks(night, norm, feeds) if norm and norm.sets_tasks else NormSet(0, 0)
    guards.tell_feeds(night, feeds)
    said: dict[str, Any] = {"norm": norm.pk if norm else None, "tasks": made.tasks, "marks": marks}
    if feeds:
        said |= {
            "guards": [f"{guards.FEED}:{feed.code}" for feed in feeds],
            "feeds": [[feed.name, feed.newest.isoformat()] for feed in feeds],
            "held": made.held,
        }
    return Outcome(rows, said)


def _changed(night: Night) -> list[int] | None:
    """Return the clients something happened to, locked in their order; None: everybody is to be looked at.

    Marks are those of the run before the last one: a row of a history may have been on its way when that one looked.
    """
    runs = StepRun.objects.filter(step=NAME, state=StepState.DONE, as_of__lt=night.as_of).order_by("-as_of")[:2]
    if len(runs) < 2 or "marks" not in runs[1].detail or runs[0].fingerprint != inputs(night).fingerprint:
        return None
    since = {"after": runs[1].as_of} | runs[1].detail["marks"]
    return contacts.lock(row["client_id"] for row in sql.rows(APP, "find_contact_changes", since))


def parameters(night: Night, norm: ContactNorm | None, clients: list[int] | None) -> dict[str, Any]:
    """Return the parameters of `write_contact_norms` for these clients; None: for everybody."""
    told = norm or ContactNorm()
    return {
        "everybody": clients is None,
        "client_ids": clients or [],
        "as_of": night.as_of,
        "is_on": norm is not None,
        "by_calendar": told.by_calendar,
        "shop_segments": SHOP_SEGMENTS,
        "top_months": told.top_months,
        "new_months": told.new_months,
        "shop_months": told.shop_months,
        "other_months": told.other_months,
        "zero_days": told.zero_days,
        "most_at_once": automation.number("spread-newcomers", MOST_AT_ONCE, night.as_of),
    }


def set_tasks(night: Night, norm: ContactNorm, feeds: list[guards.Feed]) -> NormSet:
    """Set the tasks of the terms that run out; the first day they can be done is tomorrow or the working day after.

    Those of clients with documents of a broken feed wait: the norm may hang on an order that has not come through.
    """
    calendars = calendar.by_branch(Branch.objects.values_list("pk", flat=True))
    first_days = {branch: days.on_or_after(night.tomorrow) for branch, days in calendars.items()}
    broken = [feed.source_id for feed in feeds]
    return actions.set_norm_tasks(tasks_of(norm), as_of=night.as_of, first_days=first_days, broken_sources=broken)


def tasks_of(norm: ContactNorm) -> list[NormTasks]:
    """Return what tasks say, and how many days ahead they are set, for every norm a client can be under."""
    found = [
        NormTasks(months, 0, norm.ahead_monthly if months == 1 else norm.ahead_longer, _title(months))
        for months in WHOLE
    ]
    if norm.zero_days:
        words = ngettext(
            "Contact by the norm: no order comes, an attempt every day",
            "Contact by the norm: no order comes, an attempt every %d days",
            norm.zero_days,
        )
        title = words % norm.zero_days if norm.zero_days > 1 else words
        found.append(NormTasks(0, norm.zero_days, min(norm.ahead_monthly, norm.zero_days // 2), title))
    return found


def _title(months: int) -> str:
    if months == 1:
        return _("Contact by the norm: once a month")
    return ngettext("Contact by the norm: once in %d month", "Contact by the norm: once in %d months", months) % months
