"""Effectiveness of recovery, month by month (R126)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from segmentation.models import CaseRule
from segmentation.recovery import report
from segmentation.views.shared import branch_field, choice_in, in_branch, switch


@require_GET
def recovery(request: HttpRequest) -> HttpResponse:
    """Show 12 months of hand-overs and what came back of them, of all rules or of one."""
    who = in_branch(request)
    rule = choice_in(request, "rule", ("*", *CaseRule.values))
    labels = {"*": _("all"), **{value: str(label) for value, label in CaseRule.choices}}
    context = {
        "page_title": _("Effectiveness of recovery"),
        "report": report(who.person, who.clients, who.today, rule, who.branch),
        "switch": switch(request, "rule", rule, labels),
    } | branch_field(request, who)
    return render(request, "segmentation/recovery.html", context)
