"""Papers of a client: the panel of its card, adding, removing with undo, and giving a file (R21)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients import panels
from clients.contacts import seeing
from clients.documents import actions
from clients.documents.forms import DocumentsForm
from clients.models import Client, ClientDocument
from clients.views.changing import locked
from salescrm.base import clock, files, show
from salescrm.base.lists import paging
from salescrm.base.lists.paging import Cursor, Sort
from salescrm.base.toasts import close_dialog, toast, with_toast
from staff.access import Act, login_of, require

EVENT = "documents-changed"
SIZE = 10  # shown at once
MOST_REMOVED = 20  # shown among those removed, the last ones
BY_NUMBER = Sort("added", "id")


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the papers of a client, newest first, ten more at a time; who may change the client sees those removed.

    Papers name people and how to reach them: whoever may not see contacts sees none.
    """
    client = panels.seen(request, pk)
    require(login_of(request), Act.SEE_CONTACTS)
    of_client = ClientDocument.objects.filter(client=client)
    there = of_client.present()
    after = request.GET.get("after", "")
    cursor = paging.read(after, paging.key_field(there, "id"), forward=True) if after else Cursor()
    page = paging.page(there, BY_NUMBER, descending=True, cursor=cursor, size=SIZE)
    found = ClientDocument.objects.select_related("file", "added_by").in_bulk(page.ids)
    may_change = seeing.changes(login_of(request), client, clock.today())
    removed = of_client.filter(removed_on__isnull=False).select_related("file", "removed_by")
    context = {
        "client": client,
        "documents": [found[one] for one in page.ids],
        "after": paging.write(page.last) if page.has_after and page.last else "",
        "removed": removed.order_by("-removed_on", "-pk")[:MOST_REMOVED] if may_change and not after else [],
        "may_change": may_change,
    }
    template = "clients/documents.html"
    return render(request, f"{template}#rows" if after else template, context)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep files with a client."""
    person, today = login_of(request), clock.today()
    with transaction.atomic():
        client = locked(person, pk, today)
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = DocumentsForm(*posted)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            made = actions.add(
                client=client, uploads=said["uploads"], title=said["title"], kind=said["kind"],
                submission=said["submission"], acting_user=person, today=today,
            )  # fmt: skip
            added = ngettext("%d document is added", "%d documents are added", len(made)) % len(made)
            return _done(request, client, _("Document “%s” is added") % made[0] if len(made) == 1 else added)
    context = {"page_title": _("New documents: %s") % client.name, "form": form, "submit_label": _("Add")}
    return render(request, "dialog.html", context, status=422 if form.errors else 200)


@require_GET
def download(request: HttpRequest, pk: int) -> FileResponse:
    """Give a file to be saved; it is counted as the company's own contacts shown (R21)."""
    person, today = login_of(request), clock.today()
    there = ClientDocument.objects.visible_to(person, today).present()
    document = get_object_or_404(there.select_related("client", "file"), pk=pk)
    require(person, Act.SEE_CONTACTS)
    own = seeing.changes(person, document.client, today)
    seeing.count_seen(person, document.client, [None], today, own=own)
    return files.attachment(document.file)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a paper off the card; who comes second is told who was first."""
    document, person = _changeable(request, pk), login_of(request)
    if actions.remove(document=document, acting_user=person, today=clock.today()):
        undo = reverse("clients:document-back", args=[pk])
        return _done(request, document.client, _("Document “%s” is removed") % document, undo=undo)
    document.refresh_from_db()
    return _done(request, document.client, _gone(document), level="info")


def _gone(document: ClientDocument) -> str:
    """Say who removed a paper first, unless it was brought back in the same moment."""
    if document.removed_by is None:
        return _("Nothing was changed")
    said = {"who": document.removed_by.short_name, "day": show.day(document.removed_on)}
    return _("%(who)s removed it already, on %(day)s") % said


@require_POST
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a removed paper on the card again."""
    document = _changeable(request, pk)
    actions.bring_back(document=document)
    return _done(request, document.client, _("Document “%s” is back") % document)


def _changeable(request: HttpRequest, pk: int) -> ClientDocument:
    """Return the paper when the person may see its client (404) and change it (403)."""
    person, today = login_of(request), clock.today()
    seen = ClientDocument.objects.visible_to(person, today).select_related("client")
    document = get_object_or_404(seen, pk=pk)
    if not seeing.changes(person, document.client, today):
        raise PermissionDenied
    return document


def _done(request: HttpRequest, client: Client, text: str, *, level: str = "good", undo: str = "") -> HttpResponse:
    """Close the dialog and load the panel anew; a plain request goes to the card."""
    if request.htmx:  # type: ignore[attr-defined] # django-htmx
        return with_toast(close_dialog(event=EVENT), text, level=level, undo=undo)
    toast(request, text, level=level, undo=undo)
    return redirect(f"{reverse('clients:client-card', args=[client.pk])}#h-documents")
