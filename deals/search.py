"""What the room offers in the global search: deals and tasks by their words, invoices by number; actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients import find as finding
from clients.find import Sight
from clients.models import CommunicationKind
from deals.dealing.models import Deal
from deals.invoices.models import Invoice
from deals.models import Task, TaskKind
from deals.rows import ICONS
from salescrm.base import clock, found, names, show
from salescrm.base.found import Group, Item
from staff.access import Act, may
from staff.models import Employee

LOGS = (
    (CommunicationKind.CALL, "phone", gettext_lazy("Log a call")),
    (CommunicationKind.MEETING, "users", gettext_lazy("Log a meeting")),
    (CommunicationKind.LETTER, "mail", gettext_lazy("Log a letter")),
    (CommunicationKind.NOTE, "note", gettext_lazy("Write a note")),
)


def find(person: Employee, words: str, limit: int, *, forgiving: bool) -> list[Group]:
    """Return deals, tasks and invoices the person sees."""
    if not words:
        return []
    if forgiving:
        finding.tolerate()
    sight = Sight.of(person, clock.today())
    return [
        Group(_("Deals"), deals(sight, words, limit, forgiving=forgiving)),
        Group(_("Tasks"), tasks(sight, words, limit, forgiving=forgiving)),
        Group(_("Invoices"), [] if forgiving else invoices(person, words, limit)),
    ]


def invoices(person: Employee, words: str, limit: int) -> list[Item]:
    """Invoices with this number or a part of it, the newest first; numbers are never guessed."""
    today = clock.today()
    if not any(letter.isdecimal() for letter in words):
        return []
    fits = Invoice.objects.filter(number__contains=words).order_by("-issued_on", "-pk")
    few = list(fits.values_list("pk", flat=True)[: finding.MOST])
    if not few:
        return []
    seen = Invoice.objects.visible_to(person, today).filter(pk__in=few).select_related("client")
    return [invoice_item(one, today) for one in seen.order_by("-issued_on", "-pk")[:limit]]


def invoice_item(invoice: Invoice, today: date) -> Item:
    """An invoice: where it stands, of which client, how much."""
    sub = " · ".join([invoice.client.name, show.money(invoice.amount), str(invoice.state(today).label)])
    title = _("Invoice %s") % invoice.number
    return Item(reverse("deals:invoice-card", args=[invoice.pk]), title, sub, icon="file-invoice")


def deals(sight: Sight, words: str, limit: int, *, forgiving: bool) -> list[Item]:
    """Deals by their words, their number or that of the order: open ones first, the newest first."""
    parts: list[QuerySet[Any, Any]] = []
    for way in Deal.objects.called(words, with_typos=forgiving):
        parts += finding.few(way, sight, with_typos=forgiving)
    if not parts:
        return []
    near = finding.together(parts)
    seen = (
        Deal.objects.visible_to(sight.person, clock.today())
        .filter(pk__in=near)
        .select_related("client", "stage", "owner")
    )
    ordered = seen.order_by(F("closed_on").desc(nulls_first=True), "-pk")
    return [deal_item(deal, words) for deal in ordered[:limit]]


def deal_item(deal: Deal, words: str) -> Item:
    """A deal: of which client, in which stage, of what amount, who answers for it."""
    sub = " · ".join([deal.client.name, str(deal.stage), show.money(deal.amount), deal.owner.short_name])
    reason = found.reason(words, names.key(deal.title), like=_("similar words"))
    return Item(reverse("deals:deal", args=[deal.pk]), deal.title, sub, reason, "layout-kanban")


def tasks(sight: Sight, words: str, limit: int, *, forgiving: bool) -> list[Item]:
    """Tasks with these words: open ones first and of them one's own, the most urgent first; with typos the likest.

    Of a word that many have one's own open ones and those on clients the person works are always looked at.
    """
    person = sight.person
    parts: list[QuerySet[Any, Any]] = []
    for way in Task.objects.called(words, with_typos=forgiving):
        own = way.open().filter(assignee=person).values_list("pk", flat=True)[: finding.MOST]
        parts += [*finding.few(way, sight, with_typos=forgiving), own]
    if not parts:
        return []
    near = finding.together(parts)
    seen = Task.objects.visible_to(person, clock.today()).filter(pk__in=near).select_related("client", "assignee")
    mine = ExpressionWrapper(Q(assignee=person), BooleanField())
    likest = [TrigramWordSimilarity(words, "title").desc()] if forgiving else []
    order = (F("closed_at").desc(nulls_first=True), "-is_mine", "due_on", "pk")
    ordered = seen.annotate(is_mine=mine).order_by(*likest, *order)
    return [task_item(task, words) for task in ordered[:limit]]


def task_item(task: Task, words: str) -> Item:
    """A task: until when or how it ended, of which client, who does it."""
    state = show.day(task.due_on) if task.is_open else str(task.get_state_display())
    parts = [state, task.client.name if task.client else "", task.assignee.short_name]
    sub = " · ".join(part for part in parts if part)
    icon = ICONS[TaskKind(task.kind)]
    reason = found.reason(words, names.key(task.title), like=_("similar words"))
    return Item(reverse("deals:task-card", args=[task.pk]), task.title, sub, reason, icon, dialog=True)


def actions(person: Employee) -> list[Item]:
    """What the person can do here; the calendar is one more look of the menu's tasks."""
    calendar = Item(reverse("tasking:calendar-list"), _("Calendar of tasks"), icon="calendar")
    if not (may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER)):
        return [calendar]
    new = Item(reverse("deals:task-new"), _("New task"), icon="checkbox", dialog=True)
    deal = Item(reverse("deals:deal-new"), _("New deal"), icon="layout-kanban", dialog=True)
    logs = [
        Item(f"{reverse('deals:log')}?kind={kind}", str(label), icon=icon, dialog=True) for kind, icon, label in LOGS
    ]
    bill = Item(reverse("deals:invoice-new"), _("New invoice"), icon="file-invoice", dialog=True)
    paid = Item(reverse("deals:payment-new"), _("New payment"), icon="coins", dialog=True)
    claim = Item(reverse("deals:claim-choose"), _("New claim"), icon="alert-triangle", dialog=True)
    return [deal, new, *logs, bill, paid, claim, calendar]
