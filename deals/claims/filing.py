"""Photos and papers of a claim: adding, showing, giving, removing with undo (R192)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from deals.claims import actions
from deals.claims.forms import FilesForm
from deals.claims.models import ClaimFile
from deals.claims.views import EVENTS, changeable
from deals.dealing.models import Deal
from deals.views.shared import answered
from salescrm.base import clock, files
from salescrm.base.requests import posted
from staff.access import login_of
from staff.models import Employee


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put photos and papers on a claim."""
    claim, person = changeable(request, pk)
    form = FilesForm(posted(request), request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            made = actions.add_files(claim=claim, acting_user=person, now=clock.now(), **form.cleaned_data)
        except actions.Refused as refusal:
            form.add_error("uploads", str(refusal))
        else:
            said = ngettext("%d file is added", "%d files are added", len(made)) % len(made)
            return answered(request, said, back=_page(claim.deal_id), events=EVENTS)
    context = {"page_title": _("Photos and files: %s") % claim, "form": form, "submit_label": _("Add")}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


@require_GET
def download(request: HttpRequest, pk: int) -> FileResponse:
    """Give a file to be saved."""
    return files.attachment(_seen(request, pk)[0].file)


@require_GET
def picture(request: HttpRequest, pk: int) -> FileResponse:
    """Give a photo to be shown in a page; 404 for any other file."""
    return files.picture(_seen(request, pk)[0].file)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file off the claim; who comes second is told so."""
    found, person = _changeable(request, pk)
    is_mine = actions.remove(file=found, acting_user=person, now=clock.now())
    text = _("“%s” is removed") % found if is_mine else _("Nothing was changed")
    undo = reverse("deals:claim-file-back", args=[pk]) if is_mine else ""
    level = "good" if is_mine else "info"
    return answered(request, text, undo=undo, level=level, back=_page(found.claim.deal_id), events=EVENTS)


@require_POST
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a removed file on the claim again."""
    found, _person = _changeable(request, pk)
    try:
        actions.bring_back(file=found)
    except actions.Refused as refusal:
        return answered(request, str(refusal), level="warn", back=_page(found.claim.deal_id), events=EVENTS)
    return answered(request, _("“%s” is back") % found, back=_page(found.claim.deal_id), events=EVENTS)


def _page(deal: int) -> str:
    return reverse("deals:deal", args=[deal])


def _seen(request: HttpRequest, pk: int) -> tuple[ClaimFile, Employee]:
    person, today = login_of(request), clock.today()
    rows = ClaimFile.objects.visible_to(person, today).select_related("file", "claim")
    return get_object_or_404(rows, pk=pk), person


def _changeable(request: HttpRequest, pk: int) -> tuple[ClaimFile, Employee]:
    """Return the file when the person may see its claim (404) and change it (403)."""
    found, person = _seen(request, pk)
    if not Deal.objects.changeable_by(person, clock.today()).filter(pk=found.claim.deal_id).exists():
        raise PermissionDenied
    return found, person
