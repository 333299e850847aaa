"""Addresses of invoices, payments, deferrals and of the calendar: the invoice of the scene is of the csm's client."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile

from salescrm.base.models import Job, StoredFile
from staff.access import Act, Role
from staff.models import CalendarDay
from tests.access.clients import CHANGERS, EDITORS, EXPORTERS, SEES, UNSEEN, card, who_may
from tests.access.table import EVERYBODY, Row, Scene
from tests.conftest import TODAY
from tests.invoices.scene import ask, issue

DECIDE = who_may(Act.APPROVE_DEFERRALS)
RULERS = who_may(Act.CHANGE_RULES)
ONLY_SEE = dict.fromkeys(EVERYBODY - SEES, 404)


def prepare(scene: Scene) -> None:
    """Add an invoice and a request for a deferral of the csm's client, an export of the head's, a day of the branch."""
    csm, hos = scene.people[Role.CSM], scene.people[Role.HOS]
    scene.extra["invoice"] = issue(scene.client, csm, "1")
    scene.extra["deferral"] = ask(scene.client, csm)
    scene.extra["day"] = CalendarDay.objects.create(branch=csm.branch, day=TODAY, is_working=False)
    file = StoredFile.objects.create(file="none", name="x.csv", size=1, sha256="0", created_by=hos)
    file.file.save("x.csv", ContentFile(b"x"))
    job = {"kind": "invoices-export", "state": "done", "created_by": hos, "result": {"rows": 1}}
    scene.extra["invoices-export"] = Job.objects.create(result_file=file, **job)


def one(name: str) -> Any:
    """Name a row of the scene."""
    return lambda scene: [scene.extra[name].pk]


def new(scene: Scene) -> dict[str, Any]:
    """Fill the form of a new invoice."""
    return {
        "client": scene.client.pk, "number": "77", "issued_on": TODAY, "amount": "10,50", "submission": uuid4(),
    }  # fmt: skip


def came(scene: Scene) -> dict[str, Any]:
    """Fill the form of a payment."""
    return {"client": scene.client.pk, "day": TODAY, "amount": "10", "submission": uuid4()}


def said(scene: Scene) -> dict[str, Any]:
    """Fill the form of a contact."""
    return {"result": "no_answer", "kind": "call", "submission": uuid4()}


def right(scene: Scene) -> dict[str, Any]:
    """Fill the form of a correction."""
    return {"number": "1-2", "amount": "20", "comment": "Объём", "submission": uuid4()}


def asked(scene: Scene) -> dict[str, Any]:
    """Fill the request for a deferral."""
    return {
        "why": "Бюджет", "days": 14, "limit": "1000", "starts_on": TODAY, "ends_on": TODAY, "submission": uuid4(),
    }  # fmt: skip


def rules(scene: Scene) -> dict[str, Any]:
    """Fill the form of the rules."""
    days = {"contact_days_new": "2,3", "contact_days_other": "2", "escalation_day": 3, "hand_over_day": 4}
    return {"valid_days": 7, "seen": 0, **days}


def act(name: str, data: Any) -> list[Row]:
    """Ask and send the form of an act on everything the person sees: the csm's invoice is all there is."""
    rows: dict[str, Any] = {"allowed": EDITORS, "query": "?all=1&state=open", "also": ONLY_SEE}
    return [Row(f"deals:{name}", **rows), Row(f"deals:{name}", method="post", ok=302, data=data, **rows)]


ROWS = [
    Row("deals:invoice-list"),
    Row("deals:invoice-totals"),
    Row("deals:invoice-counts"),
    Row("deals:invoice-filters"),
    Row("deals:invoice-groups"),
    Row("deals:invoice-columns"),
    Row("deals:invoice-columns", method="post", data=lambda scene: {"col": "day"}, ok=302),
    Row("deals:invoice-width", method="post", data=lambda scene: {"column": "day", "width": 90}, ok=204),
    Row("deals:invoice-export", allowed=EXPORTERS),
    Row("deals:invoice-export", allowed=EXPORTERS, method="post"),
    Row("deals:invoice-export-job", allowed={Role.HOS}, args=one("invoices-export"), denied=404),
    Row("deals:invoice-export-file", allowed={Role.HOS}, args=one("invoices-export"), denied=404),
    Row("deals:invoice-day"),
    Row("deals:invoice-report"),
    Row("deals:invoice-rules"),
    Row("deals:invoice-rules-new", allowed=RULERS),
    Row("deals:invoice-rules-new", allowed=RULERS, method="post", data=rules, ok=302),
    Row("deals:invoice-new", allowed=CHANGERS),
    Row(
        "deals:invoice-new",
        allowed=EDITORS,
        method="post",
        data=new,
        ok=302,
        also=dict.fromkeys(CHANGERS - EDITORS, 422),
    ),
    Row("deals:payment-new", allowed=CHANGERS),
    Row(
        "deals:payment-new",
        allowed=EDITORS,
        method="post",
        data=came,
        ok=302,
        also=dict.fromkeys(CHANGERS - EDITORS, 422),
    ),
    *act("invoice-contact", said),
    *act("invoice-cancel", lambda scene: {"reason": "refused", "comment": "Передумал"}),
    Row("deals:invoice-card", allowed=SEES, args=one("invoice"), denied=404),
    Row("deals:invoice-correct", allowed=EDITORS, args=one("invoice"), also=ONLY_SEE),
    Row(
        "deals:invoice-correct", allowed=EDITORS, args=one("invoice"), method="post", data=right, ok=302, also=ONLY_SEE
    ),
    Row("deals:client-invoices", allowed=SEES, args=card, denied=404),
    Row("deals:deferral-ask", allowed=EDITORS, args=card, also=UNSEEN),
    Row("deals:deferral-ask", allowed=EDITORS, args=card, method="post", data=asked, ok=302, also=UNSEEN),
    Row("deals:deferral-list"),
    Row("deals:deferral-approve", allowed=DECIDE, args=one("deferral")),
    Row(
        "deals:deferral-approve",
        allowed=DECIDE,
        args=one("deferral"),
        method="post",
        data=lambda scene: {"days": 7, "limit": "500", "ends_on": "2026-08-31"},
        ok=302,
    ),
    Row("deals:deferral-refuse", allowed=DECIDE, args=one("deferral")),
    Row(
        "deals:deferral-refuse",
        allowed=DECIDE,
        args=one("deferral"),
        method="post",
        data=lambda scene: {"comment": "Нет"},
        ok=302,
    ),
    Row("staff:calendar", allowed=who_may(Act.SEE_STAFF)),
    Row(
        "staff:calendar-day",
        allowed=who_may(Act.CHANGE_STAFF),
        args=lambda scene: [scene.people[Role.CSM].branch_id],
    ),
    Row(
        "staff:calendar-day",
        allowed=who_may(Act.CHANGE_STAFF),
        args=lambda scene: [scene.people[Role.CSM].branch_id],
        method="post",
        data=lambda scene: {"day": "2026-12-30", "is_working": "no"},
        ok=302,
    ),
    Row("staff:calendar-day-remove", allowed=who_may(Act.CHANGE_STAFF), args=one("day"), method="post", ok=302),
]
