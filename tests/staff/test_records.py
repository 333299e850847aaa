"""The record of a person: what changed, who changed it and why; rings, second writers and roles are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client as Browser
from django.urls import reverse

from salescrm.base.jobs import Refused
from staff import records
from staff.access import Role
from staff.models import Employee
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
People = dict[str, Employee]


def change(person: Employee, by: Employee, **told: Any) -> Employee:
    """Change a record as somebody who has just looked at it."""
    seen, reason = told.pop("seen", records.version_of(person)), told.pop("reason", "перевод")
    return records.change(person=person, fields=told, reason=reason, seen=seen, acting_user=by)


def test_a_change_is_kept_with_who_and_why(people: People, browser_of: Callable[[str], Browser]) -> None:
    csm, hos, msk = people["csm"], browser_of("hos"), make.branch("msk", name="Москва")
    was = csm.branch
    url = reverse("staff:record", args=[csm.pk])
    form = hos.get(url).context["form"]
    fields = {name: field.value() for name, field in ((one.name, one) for one in form)}
    fields = {name: value for name, value in fields.items() if value is not None}
    fields |= {
        "branch": msk.pk,
        "administrative_head": people["branch_head"].pk,
        "reason": "переезд",
        "owns_clients": "on",
        "hired_on": "2024-02-05",
    }
    assert hos.post(url, fields).status_code == 302
    csm.refresh_from_db()
    assert (csm.branch, csm.administrative_head) == (msk, people["branch_head"])
    page = hos.get(reverse("staff:person", args=[csm.pk]))
    said = {(one.label, one.before, one.after, one.who, one.why) for one in page.context["changes"]}
    head, who = people["branch_head"].short_name, people["hos"].short_name
    assert said == {
        ("branch", str(was), "Москва", who, "переезд"),
        ("administrative head", "–", head, who, "переезд"),
        ("first day at work", "–", "5 Feb 2024", who, "переезд"),
    }
    assert "changes" in browser_of("csm").get(reverse("staff:person", args=[csm.pk])).context
    assert "changes" not in browser_of("operator").get(reverse("staff:person", args=[csm.pk])).context
    assert hos.post(url, fields | {"norm_share": 50}).status_code == 422  # looked at before the change
    assert Employee.objects.get(pk=csm.pk).norm_share == 100


@pytest.mark.parametrize(
    ("by", "of", "told", "refusal"),
    [
        ("hos", "csm", {"role": Role.DIRECTOR}, PermissionDenied),
        ("hos", "hos", {"norm_share": 50}, PermissionDenied),
        ("csh", "csm", {"norm_share": 50}, PermissionDenied),
        ("hos", "csm", {"norm_share": 50, "seen": 0}, Refused),
    ],
)
def test_what_may_not_be_is_refused(
    people: People, by: str, of: str, told: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        change(people[of], people[by], **told)
    held = Employee.objects.get(pk=people[of].pk)
    assert (held.role, held.norm_share) == (of, 100)


def test_the_administrator_changes_roles(people: People) -> None:
    assert change(people["csm"], people["deputy_it"], role=Role.CSH).role == Role.CSH


@pytest.mark.parametrize("line", records.LINES)
def test_a_line_of_heads_is_no_ring(people: People, line: str) -> None:
    csm, csh, hos = people["csm"], people["csh"], people["hos"]
    change(csm, hos, **{line: csh})
    change(csh, people["deputy_it"], **{line: people["lead_manager"]})
    with pytest.raises(Refused, match="кольцо"):
        change(people["lead_manager"], hos, **{line: csm})
    other = records.LINES[1 - records.LINES.index(line)]
    assert getattr(change(people["lead_manager"], hos, **{other: csm}), other) == csm
