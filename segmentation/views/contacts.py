"""The contact norm: who is overdue, coverage and load by manager and class, and the editor of the norm (R89-R100)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clients.home import log_acts
from clients.rows import open_intervals
from salescrm.base import show
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from segmentation import actions, coverage, home, journal, versions
from segmentation.contact_norm import ContactNorm
from segmentation.forms import NormForm
from segmentation.views.shared import Reader, address_with, branch_field, in_branch, number_in, reader
from staff.access import Act, login_of, may

SHOWN = 50  # overdue clients on the page; the rest is behind the link to the list


@require_GET
def contacts(request: HttpRequest) -> HttpResponse:
    """Show coverage and load by manager, and the clients whose term is over, of all managers or of one."""
    who = in_branch(request)
    owner = number_in(request, "owner") or None
    norm = ContactNorm.objects.in_force(who.today)
    report = coverage.report(who.clients, who.today, norm, who.branch)
    chosen = next((line for line in report.lines if line.person.pk == owner), None)
    late = chosen.total if chosen else report.total
    context: dict[str, Any] = {
        "page_title": _("Contact norm"),
        "norm": norm,
        "feed_words": journal.held_words(),
        "report": report,
        "managers": [(line, address_with(request, owner=str(line.person.pk))) for line in report.lines],
        "heads": [letter or _("no class") for letter in coverage.CLASSES],
        "chosen": chosen,
        "all_url": address_with(request, owner=""),
        "rows": overdue_rows(who, chosen.person.pk if chosen else None),
        "late": late,
        "more": max(late.overdue - SHOWN, 0),
        "may_change": who.may(Act.CHANGE_RULES),
    }
    return render(request, "segmentation/contacts.html", context | branch_field(request, who, "owner"))


def overdue_rows(who: Reader, owner: int | None) -> list[dict[str, Any]]:
    """Return the overdue clients the page shows, with their owners and what is logged in the row."""
    late = coverage.overdue(who.clients, who.today, owner, SHOWN)
    owners = open_intervals([client.pk for client in late])
    return [
        {
            "client": client,
            "standing": client.standing,
            "owner": owners[client.pk].owner if client.pk in owners else None,
            "left": (client.standing.contact_due_on - who.today).days if client.standing.contact_due_on else None,
            "acts": log_acts(who.person, client.pk),
        }
        for client in late
    ]


@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """The block of the day with the contacts due, drawn again after an act."""
    who = reader(request, Act.SEE_SEGMENTATION if may(login_of(request), Act.SEE_SEGMENTATION) else Act.CHANGE_OWN)
    block = home.contacts(who.person, home.worked(who.person, who.today), who.today)
    return render(request, "home/block_again.html", {"block": block})


@require_http_methods(["GET", "POST"])
def norm_new(request: HttpRequest) -> HttpResponse:
    """Edit a copy of the norm in force; saving makes a new version from a day no night has used."""
    who = reader(request, Act.CHANGE_RULES)
    form = _form(request, who)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_contact_norm(norm=form.instance, acting_user=who.person)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            toast(request, _("Saved: in force from %s") % show.day_long(saved.effective_from))
            return redirect("segmentation:rules")
    context = {"page_title": _("Change the contact norm"), "form": form, "submit_label": _("Save")}
    return render(request, "segmentation/form.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, who: Reader) -> NormForm:
    latest = ContactNorm.objects.order_by("-effective_from").first() or ContactNorm(effective_from=who.today)
    draft, earliest = versions.begin(latest, who.today)
    return NormForm(posted(request), instance=draft, earliest=earliest)
