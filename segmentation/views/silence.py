"""Why clients are silent: the answer in place, and reasons by types (R125)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clients.models import Client, Sphere
from salescrm.base.requests import posted
from salescrm.base.toasts import close_dialog, toast, with_toast
from segmentation import actions, silence
from segmentation.forms import AnswerForm
from segmentation.models import LossAnswer
from segmentation.panels import may_answer
from segmentation.views.shared import (
    Reader,
    address_with,
    branch_field,
    choice_in,
    in_branch,
    number_in,
    reader,
    switch,
)
from staff.access import Act

KINDS = ("all", *silence.KINDS)
UNITS = ("clients", "money")


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, client_pk: int) -> HttpResponse:
    """Say why a client is silent: a reason and one line."""
    who = reader(request, Act.CHANGE_OWN)
    client = get_object_or_404(who.clients.select_related("standing"), pk=client_pk)
    if not may_answer(who.person, client, who.today):
        raise PermissionDenied
    since = client.standing.last_purchase_on
    if since is None:
        raise Http404
    latest = LossAnswer.objects.find_latest(client, since)
    first = {"since": since, "reason": latest.reason_id, "note": latest.note} if latest else {"since": since}
    form, refusal = AnswerForm(posted(request), initial=first), ""
    if request.method == "POST" and form.is_valid():
        refusal = _save(form, client, who)
        if not refusal:
            return _answered(request, client, form)
    context = {
        "page_title": _("Why is %s silent?") % client.name,
        "form": form,
        "refusal": refusal,
        "since": since,
        "submit_label": _("Save"),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "segmentation/answer.html", context, status=status)


def _save(form: AnswerForm, client: Client, who: Reader) -> str:
    """Write the answer through the action; return why it was refused."""
    data = form.cleaned_data
    try:
        actions.answer(
            client=client, silent_since=data["since"], reason=data["reason"], note=data["note"],
            acting_user=who.person, today=who.today,
        )  # fmt: skip
    except actions.Refused as refusal:
        return str(refusal)
    return ""


def _answered(request: HttpRequest, client: Client, form: AnswerForm) -> HttpResponse:
    """Close the dialog and put the chip in its place, so that the board stays where it was scrolled to."""
    reason = form.cleaned_data["reason"]
    text = _("%(client)s: %(reason)s") % {"client": client.name, "reason": reason}
    if not request.htmx:  # type: ignore[attr-defined] # django-htmx
        toast(request, text)
        return redirect("clients:client-card", client.pk)
    context = {"pk": client.pk, "name": client.name, "reason": reason, "may_answer": True, "oob": True}
    done = render(request, "segmentation/reason.html", context)
    done.headers["HX-Reswap"] = "none"
    return with_toast(close_dialog(done, event="answered"), text)


@require_GET
def reasons(request: HttpRequest) -> HttpResponse:
    """Show reasons by types: all spheres, or the types of one."""
    who = in_branch(request)
    kind, unit = choice_in(request, "kind", KINDS), choice_in(request, "unit", UNITS)
    sphere = number_in(request, "sphere") or None
    chosen = get_object_or_404(Sphere, pk=sphere) if sphere else None
    kinds = list(silence.KINDS) if kind == "all" else [kind]
    report = silence.report(who.clients, kinds, sphere, who.branch)
    context: dict[str, Any] = {
        "page_title": _("Reasons of silence"),
        "report": report,
        "heads": [
            (column, address_with(request, sphere=str(column.sphere)) if column.sphere else "")
            for column in report.columns
        ],
        "sphere": chosen,
        "all_url": address_with(request, sphere=""),
        "unit": unit,
        "kinds": switch(
            request,
            "kind",
            kind,
            {"all": _("all"), **{kind: str(name) for kind, name in silence.KIND_NAMES.items()}},
        ),
        "units": switch(request, "unit", unit, {"clients": _("clients"), "money": _("turnover, 12 months")}),
    }
    return render(request, "segmentation/reasons.html", context | branch_field(request, who))
