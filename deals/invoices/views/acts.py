"""Acts on invoices: issue, contact, cancel, correct, a payment; of one or of a selection, and the invoice itself."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from clients.models import Client
from clients.panels import seen
from deals import home
from deals.invoices import actions, figures
from deals.invoices.actions import Said
from deals.invoices.forms import CancelForm, ContactForm, CorrectForm, InvoiceForm, PaymentForm, next_number
from deals.invoices.models import Deferral, Invoice, Payment
from deals.invoices.querysets import InvoiceQuerySet
from deals.invoices.rows import hydrate
from deals.invoices.views.listing import state_of
from deals.views.shared import answered, refuse_unless_doer, workable
from salescrm.base import clock, show
from salescrm.base.jobs import Refused
from salescrm.base.lists.selection import selected
from salescrm.base.requests import posted
from staff.access import Act, login_of, may

SHOWN = 8  # invoices named in a dialog
SIZE = 10  # shown on the card of a client
PAYMENTS = 5


def asked_client(request: HttpRequest) -> Client | None:
    """Return the client of the address (`client`), which the person may work on."""
    asked = request.GET.get("client", "")
    return workable(login_of(request), int(asked)) if asked.isdecimal() and len(asked) < 19 else None


def _of_client(request: HttpRequest, client: Client | None) -> dict[str, Any]:
    """What a form about a client is made with."""
    person, today = login_of(request), clock.today()
    return {
        "client": client,
        "clients": Client.objects.changeable_by(person, today).select_related("branch"),
        "url": reverse("clients:client-choose-changeable"),
        "today": today,
    }


def card_of(client: Client) -> str:
    """Return the address of a client's card."""
    return reverse("clients:client-card", args=[client.pk])


@require_http_methods(["GET", "POST"])
def invoice_new(request: HttpRequest) -> HttpResponse:
    """Issue an invoice by hand, to the client of the address or to one chosen in the form."""
    person, today = login_of(request), clock.today()
    refuse_unless_doer(person)
    client = asked_client(request)
    start = {"issued_on": today, "number": next_number(today.year)}
    form = InvoiceForm(posted(request), **_of_client(request, client), initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.issue(acting_user=person, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = {"number": made.number, "day": show.day(made.valid_until)}
            return answered(request, _("Invoice %(number)s is issued, to be paid by %(day)s") % said, back=_page(made))
    title = _("Invoice: %s") % client.name if client else _("New invoice")
    context = {"page_title": title, "form": form, "submit_label": _("Issue")}
    return render(request, "invoices/form.html", context, status=422 if form.errors else 200)


def _page(invoice: Invoice) -> str:
    return reverse("deals:invoice-card", args=[invoice.pk])


@require_http_methods(["GET", "POST"])
def payment_new(request: HttpRequest) -> HttpResponse:
    """Note a payment by hand; `number` of the address is the invoice it names."""
    person, today = login_of(request), clock.today()
    refuse_unless_doer(person)
    client = asked_client(request)
    start = {"day": today, "invoice_number": request.GET.get("number", "")[:60]}
    form = PaymentForm(posted(request), **_of_client(request, client), initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.register_payment(acting_user=person, now=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return answered(request, _noted(made), back=card_of(made.client))
    title = _("Payment: %s") % client.name if client else _("New payment")
    context = {"page_title": title, "form": form, "submit_label": _("Note")}
    return render(request, "invoices/form.html", context, status=422 if form.errors else 200)


def _noted(payment: Payment) -> str:
    """Say what a payment has paid, and what of it waits."""
    parts = list(payment.parts.select_related("invoice").order_by("invoice__issued_on", "invoice_id"))
    numbers = ", ".join(part.invoice.number for part in parts[:SHOWN])
    free = payment.amount - sum(part.amount for part in parts)
    text = _("Payment of %(amount)s is noted") % {"amount": show.money(payment.amount, 2)}
    if numbers:
        text += ". " + _("It pays: %s") % numbers
    return text + (". " + _("Not spread: %s") % show.money(free, 2) if free else "")


def chosen(request: HttpRequest) -> InvoiceQuerySet:
    """Return the invoices of the address (`ids`, or `all` of the list's) the person may act on; 404: none is seen."""
    person, today = login_of(request), clock.today()
    rows = selected(Invoice.objects.visible_to(person, today), state_of(request), request.GET)
    if not rows.exists():
        raise Http404
    found: InvoiceQuerySet = Invoice.objects.changeable_by(person, today).filter(pk__in=rows.order_by().values("pk"))
    if not found.exists():
        raise PermissionDenied
    return found


def about(invoices: InvoiceQuerySet) -> dict[str, Any]:
    """What a dialog says of the invoices it is going to change."""
    still = invoices.unpaid().select_related("client").order_by("issued_on", "pk")
    count = still.count()
    named = list(still[:SHOWN])
    return {"count": count, "invoices": named, "more": count - len(named)}


@require_http_methods(["GET", "POST"])
def invoice_contact(request: HttpRequest) -> HttpResponse:
    """Note what came of a contact about invoices, one or a selection (R179)."""
    person, today, invoices = login_of(request), clock.today(), chosen(request)
    form = ContactForm(posted(request), today=today)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        submission = data.pop("submission")
        try:
            found = actions.log_contact(
                invoices=invoices,
                said=Said(**data),
                today=today,
                submission=submission,
                acting_user=person,
                now=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _told_contact(request, found)
    context = {"page_title": _("Contact about an invoice"), "form": form, "submit_label": _("Save")}
    return render(request, "invoices/contact.html", context | about(invoices), status=422 if form.errors else 200)


def _told_contact(request: HttpRequest, found: list[Invoice]) -> HttpResponse:
    back = _page(found[0]) if len(found) == 1 else reverse("deals:invoice-list")
    if not found:
        text = _("Nothing was changed: these invoices are paid or cancelled already.")
        return answered(request, text, level="info", back=back)
    words = ngettext("The contact is noted at %s invoice", "The contact is noted at %s invoices", len(found))
    return answered(request, words % show.number(len(found)), back=back)


@require_http_methods(["GET", "POST"])
def invoice_cancel(request: HttpRequest) -> HttpResponse:
    """Cancel invoices with a reason and a comment (R178)."""
    person, invoices = login_of(request), chosen(request)
    form = CancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        told = actions.cancel(invoices=invoices, acting_user=person, now=clock.now(), **form.cleaned_data)
        return _told_cancel(request, told)
    context = {"page_title": _("Cancel the invoice"), "form": form, "submit_label": _("Cancel the invoice")}
    return render(request, "invoices/act.html", context | about(invoices), status=422 if form.errors else 200)


def _told_cancel(request: HttpRequest, told: actions.Cancelled) -> HttpResponse:
    """Say how many were cancelled and which were left; who came second is told who was first."""
    back = _page(told.done[0]) if len(told.done) == 1 else reverse("deals:invoice-list")
    texts = []
    if told.done:
        words = ngettext("%s invoice is cancelled", "%s invoices are cancelled", len(told.done))
        texts.append(words % show.number(len(told.done)))
    if told.paid:
        numbers = ", ".join(one.number for one in told.paid[:SHOWN])
        texts.append(_("money came on: %s, correct instead") % numbers)
    if told.before and not told.done:
        texts.append(actions.told_cancelled(told.before[0]))
    level = "good" if told.done else "info"
    return answered(request, ". ".join(texts) or _("Nothing was changed"), level=level, back=back)


@require_http_methods(["GET", "POST"])
def invoice_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue a corrected invoice in the place of one; its payments go along."""
    person, today = login_of(request), clock.today()
    invoice = get_object_or_404(Invoice.objects.visible_to(person, today).select_related("client"), pk=pk)
    if not Invoice.objects.changeable_by(person, today).filter(pk=pk).exists():
        raise PermissionDenied
    start = {"number": next_number(today.year), "amount": invoice.amount, "subject": invoice.subject}
    form = CorrectForm(posted(request), initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.correct(
                invoice=invoice, issued_on=today, acting_user=person, now=clock.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = {"number": made.number, "old": invoice.number}
            return answered(request, _("Invoice %(number)s stands for %(old)s") % said, back=_page(made))
    title = _("Correct invoice %s") % invoice.number
    context = {"page_title": title, "form": form, "submit_label": _("Issue the corrected one")}
    return render(request, "invoices/form.html", context, status=422 if form.errors else 200)


@require_GET
def invoice_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an invoice: where it stands and why, what was said about it, what paid it."""
    person, today = login_of(request), clock.today()
    get_object_or_404(Invoice.objects.visible_to(person, today), pk=pk)
    (row,) = hydrate([pk], person, today)
    invoice = row.invoice
    context = {
        "page_title": _("Invoice %s") % invoice.number,
        "row": row,
        "contacts": invoice.contacts.select_related("author").order_by("-day", "-pk"),
        "parts": invoice.parts.select_related("payment").order_by("payment__day", "payment_id"),
        "former": invoice.corrects,
        "latter": Invoice.objects.filter(corrects=invoice).first(),
        "tasks": invoice.tasks.filter(state="open").select_related("assignee").order_by("due_on", "pk"),
        "may_pay": Client.objects.changeable_by(person, today).filter(pk=invoice.client_id).exists(),
    }
    return render(request, "invoices/card.html", context)


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the invoices of a client on its card: what it owes, the latest ones, payments, its deferral."""
    client, person, today = seen(request, pk), login_of(request), clock.today()
    ids = list(
        Invoice.objects.filter(client=client).order_by("-issued_on", "-pk").values_list("pk", flat=True)[: SIZE + 1]
    )
    deferral = Deferral.objects.in_force(client, today)
    context = {
        "client": client,
        "sums": figures.of_client(client, today),
        "rows": hydrate(ids[:SIZE], person, today),
        "has_more": len(ids) > SIZE,
        "payments": Payment.objects.filter(client=client).order_by("-day", "-pk")[:PAYMENTS],
        "deferral": deferral,
        "used": actions.used(deferral) if deferral else None,
        "waiting": Deferral.objects.filter(client=client, state="asked").exists(),
        "may_change": Client.objects.changeable_by(person, today).filter(pk=pk).exists(),
        "may_decide": may(person, Act.APPROVE_DEFERRALS),
    }
    return render(request, "invoices/panel.html", context)


@require_GET
def invoice_day(request: HttpRequest) -> HttpResponse:
    """The block of the day with the person's invoices, drawn again after an act."""
    block = home.invoices(login_of(request), clock.today())
    return render(request, "home/block_again.html", {"block": block})
