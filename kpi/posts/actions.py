"""What people do with the terms of posts: read them; the program asks who has not (R206)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kpi.posts import terms
from kpi.posts.models import TermsReading
from salescrm.base import notify
from salescrm.base.jobs import Refused
from salescrm.base.periods import month_start
from staff.models import Employee

TOLD = gettext_noop("Read what holds for your post: functions, indicators, pay")


@transaction.atomic
def read(*, person: Employee, mark: str, now: datetime) -> TermsReading:
    """Keep that a person has read the terms of the own post; `mark` is that of what was shown.

    1. Raise Refused when they have changed since the page was opened, or when the person has no position.
    2. Read again as they are, the reading there is stays the only one.
    """
    held = Employee.objects.select_for_update(of=("self",), no_key=True).select_related("position").get(pk=person.pk)
    if held.position is None:
        raise Refused(_("You have no position yet."))
    found = terms.of_positions([held.position], month_start(now.date()))[held.position.pk]
    if found.mark != mark:
        raise Refused(_("It has changed since you opened the page: read it once more."))
    last = TermsReading.objects.filter(employee=held).first()
    if last is not None and last.mark == mark:
        return last
    return TermsReading.objects.create(employee=held, read_at=now, mark=mark, kept=found.kept)


def ask(today: date) -> int:
    """Tell people once of each change of what holds for their posts; return how many have not read it."""
    waiting = terms.unread(month_start(today))
    url = reverse("kpi:post")
    notify.tell_each("post", ((who.pk, notify.Notice(f"post-{mark[:16]}", TOLD, {}, url)) for who, mark in waiting))
    return len(waiting)
