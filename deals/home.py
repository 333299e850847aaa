"""What the room says of a person's day: tasks, invoices from day 2, claims with a term to meet, reviews to read."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.filters import ME
from deals.call_reviews.models import CallReview
from deals.claims import day as claims
from deals.help_requests.models import HelpRequest
from deals.invoices import figures
from deals.invoices.rows import InvoiceRow, hydrate
from deals.models import Task
from deals.rows import TaskRow
from salescrm.base import show
from salescrm.base.day import Block, DayRow, RowAct, first, not_empty
from staff.access import Act, may
from staff.models import Employee

SIZE = 12


def blocks(person: Employee, today: date) -> list[Block]:
    """Return the person's blocks: none for whom nothing has ever been set."""
    block = tasks(person, today)
    has_any = bool(block.rows) or Task.objects.filter(assignee=person).exists()
    return ([block] if has_any else []) + not_empty(
        [invoices(person, today), claims.block(person, today), *asked_help(person, today), call_reviews(person, today)]
    )


def tasks(person: Employee, today: date) -> Block:
    """The open tasks up to today of the person and of whom the person stands in for; each is acted on in place."""
    mine = Task.objects.of_day(person, today).select_related("client__standing", "assignee", "lead")
    found, count = first(mine.order_by("due_on", "-priority", "pk"), SIZE)
    late = sum(task.due_on < today for task in found)
    return Block(
        "tasks",
        _("Overdue and today"),
        [_row(TaskRow(task, today, may_act=True), person) for task in found],
        count,
        note=ngettext("%(n)s task", "%(n)s tasks", count) % {"n": show.number(count)},
        icon="checkbox",
        tone="bad" if late else "",
        pill=ngettext("%(n)s task", "%(n)s tasks", count) % {"n": show.number(count)} if count else "",
        url=_list_url(person, {task.assignee_id for task in found}),
        url_label=_("All tasks"),
        refresh_url=reverse("deals:task-day"),
        empty=_("Nothing is overdue and nothing is due today."),
    )


def _list_url(person: Employee, doers: set[int]) -> str:
    """The person's tasks, with those of the absent people whose tasks are on the day."""
    others = sorted(doers - {person.pk})
    query = urlencode({"assignee": [ME, *others], "state": "open"}, doseq=True)
    return f"{reverse('deals:task-list')}?{query}" if others else reverse("deals:task-list")


def _row(row: TaskRow, person: Employee) -> DayRow:
    task, client = row.task, row.task.client
    card = reverse("deals:task-card", args=[task.pk])
    why = f"{task.due_time:%H:%M} {task.title}" if task.due_time else task.title
    instead = "" if task.assignee_id == person.pk else _("for %s") % task.assignee.short_name
    if task.lead is not None:
        url = reverse("leads:lead-card", args=[task.lead.pk])
        told = ", ".join(part for part in (instead, why) if part)
        return DayRow(task.lead.name, url, left=row.left, why=told, acts=acts(row))
    if client is None:
        why = ", ".join(part for part in (instead, str(task.get_kind_display())) if part)
        return DayRow(task.title, card, left=row.left, why=why, acts=acts(row))
    standing = getattr(client, "standing", None)
    return DayRow(
        client.name,
        reverse("clients:client-card", args=[client.pk]),
        left=row.left,
        abc=standing.abc if standing else "",
        xyz=standing.xyz if standing else "",
        top=bool(standing and standing.top),
        why=f"{instead}: {why}" if instead else why,
        acts=acts(row),
    )


def acts(row: TaskRow) -> tuple[RowAct, ...]:
    """What is done with a task in its row: log what it was, done, put off."""
    task = row.task
    only = f"?ids={task.pk}"
    found = []
    if row.log_kind and task.client_id:
        url = f"{reverse('deals:log-client', args=[task.client_id])}?kind={row.log_kind}&task={task.pk}"
        found.append(RowAct(_("Log"), row.icon, url, is_log=True))
    is_asked = task.needs_result
    found.append(RowAct(_("Done"), "check", reverse("deals:task-done") + only, is_dialog=is_asked))
    found.append(RowAct(_("Put off"), "clock-pause", reverse("deals:task-snooze") + only))
    return tuple(found)


def asked_help(person: Employee, today: date) -> list[Block]:
    """For heads: requests for help nobody has taken, and those the head works on, the oldest first (R217)."""
    if not may(person, Act.GIVE_HELP):
        return []
    mine = HelpRequest.objects.of_day(person, today).select_related("client", "author")
    found, count = first(mine.order_by("-state", "pk"), SIZE)
    words = ngettext("%(n)s request", "%(n)s requests", count) % {"n": show.number(count)}
    return [
        Block(
            "help-requests",
            _("Requests for help"),
            [_help(one) for one in found],
            count,
            note=words,
            icon="lifebuoy",
            tone="warn" if any(one.state == "open" for one in found) else "",
            pill=words if count else "",
            url=reverse("help:request-list"),
            url_label=_("All requests"),
            empty=_("Nobody asks for help."),
        )
    ]


def _help(one: HelpRequest) -> DayRow:
    said = f"{one.get_state_display()} · {one.author.short_name} · {one.difficulty}"
    return DayRow(one.client.name, reverse("help:request", args=[one.pk]), day=localdate(one.created_at), why=said)


def call_reviews(person: Employee, today: date) -> Block:
    """Reviews of own calls that the person has not read yet, the newest first (R277)."""
    mine = CallReview.objects.filter(employee=person).unread().select_related("communication__client", "author")
    found, count = first(mine.order_by("-reviewed_on", "-pk"), SIZE)
    words = ngettext("%(n)s review", "%(n)s reviews", count) % {"n": show.number(count)}
    return Block(
        "call-reviews",
        _("Reviews of my calls"),
        [_review(one) for one in found],
        count,
        note=words,
        icon="headphones",
        url=reverse("calls:review-list"),
        url_label=_("All reviews"),
        empty=_("You have read every review of your calls."),
    )


def _review(one: CallReview) -> DayRow:
    said = f"{show.percent(one.share)} · {one.author.short_name}"
    url = reverse("calls:review", args=[one.pk])
    return DayRow(one.communication.client.name, url, day=one.reviewed_on, why=said)


def invoices(person: Employee, today: date) -> Block:
    """Unpaid invoices from day 2 on of the person's clients and of whom one stands in for, the newest first (R175)."""
    mine = figures.from_day_two(person, today).order_by("-issued_on", "-pk")
    found, count = first(mine.values_list("pk", flat=True), SIZE)
    rows = hydrate(found, person, today)
    late = any(row.state == "overdue" for row in rows)
    words = ngettext("%(n)s invoice", "%(n)s invoices", count) % {"n": show.number(count)}
    return Block(
        "invoices",
        _("Invoices from day 2"),
        [_invoice(row) for row in rows],
        count,
        note=words,
        icon="file-invoice",
        tone="bad" if late else "warn",
        pill=words if count else "",
        url=f"{reverse('deals:invoice-list')}?owner=me&work=2%2B",
        url_label=_("All invoices"),
        refresh_url=reverse("deals:invoice-day"),
        empty=_("No invoice waits for a contact."),
    )


def _invoice(row: InvoiceRow) -> DayRow:
    invoice = row.invoice
    said = [_("No. %s") % invoice.number, _("day %d") % row.day if row.day else row.state_label]
    said += [str(row.contact.get_result_display())] if row.contact else []
    only = f"?ids={invoice.pk}"
    pay = f"{reverse('deals:payment-new')}?client={invoice.client_id}&number={invoice.number}"
    acts = (
        RowAct(_("Contact"), "phone", reverse("deals:invoice-contact") + only, is_log=True),
        RowAct(_("Payment"), "coins", pay),
    )
    return DayRow(
        invoice.client.name,
        reverse("deals:invoice-card", args=[invoice.pk]),
        left=row.left,
        why=" · ".join(said),
        money=invoice.unpaid,
        acts=acts if row.may_act else (),
    )
