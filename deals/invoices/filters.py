"""The list of invoices: its columns, orders and filters."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.filters import ME, NUMBER, TEAM, branches, people, team
from clients.models import Ownership
from deals.filters import WHO, WORDS, OfClient
from deals.invoices.days import Days
from deals.invoices.models import CancelReason, ContactResult, Invoice, InvoiceContact, InvoiceState
from deals.invoices.querysets import UNPAID, in_state
from deals.invoices.rows import InvoiceRow
from salescrm.base import names
from salescrm.base.lists.filters import Choice, Choices, DateRange, Filter, Flag, Here, Ids, NumberRange
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import Column, ListSpec
from staff import calendar

OPEN = "open"  # issued, paid in part or overdue
CONFIRMED = (ContactResult.WILL_PAY, ContactResult.CHANGES)
DAYS = {"1": (1, 1), "2": (2, 2), "3": (3, 3), "4": (4, 4), "5": (5, 5), "2+": (2, None), "3+": (3, None)}
DAY_WORDS = (
    ("2+", _("from day 2")),
    ("3+", _("from day 3")),
    ("1", _("day 1")),
    ("2", _("day 2")),
    ("3", _("day 3")),
    ("4", _("day 4")),
    ("5", _("day 5")),
)


def standing(value: str, here: Here) -> Q:
    """Keep invoices in a state on the day of the look, or all that are to be worked."""
    return UNPAID if value == OPEN else in_state(value, here.today)


def states(here: Here) -> Choices:
    """All states, "to be paid" first."""
    return [(OPEN, str(_("to be paid"))), *((str(a), str(b)) for a, b in InvoiceState.choices)]


def days(here: Here) -> Days:
    """The calendars of all branches, read once."""
    return Days(calendar.of_all_branches(), here.today)


def on_day(value: str, here: Here) -> Q:
    """Keep what is to be worked and is on this working day of its branch (R175)."""
    return UNPAID & here.once(days).issued(*DAYS[value])


def held_by(value: str, here: Here) -> Q:
    """Keep invoices of clients whose owner this is."""
    owners = here.once(team) if value == TEAM else [here.person.pk if value == ME else int(value)]
    held = Ownership.objects.filter(owner__in=owners, ends_on__isnull=True)
    return Q(client__in=held.values("client"))


def answered(value: str, here: Here) -> Q:
    """Keep invoices by what came of the last contact; nobody spoke, nothing is agreed."""
    contacts = InvoiceContact.objects.filter(invoice=OuterRef("pk"))
    if value == "silent":
        return ~Q(Exists(contacts))
    if value == "open":
        return ~Q(Exists(contacts.filter(result__in=CONFIRMED)))
    later = InvoiceContact.objects.filter(invoice=OuterRef("invoice"), pk__gt=OuterRef("pk"))
    return Q(Exists(contacts.filter(~Exists(later), result=value)))


def answers(here: Here) -> Choices:
    """Results of contacts, before them what lacks one."""
    first = [("open", str(_("nothing is agreed"))), ("silent", str(_("nobody spoke")))]
    return [*first, *((str(a), str(b)) for a, b in ContactResult.choices)]


def filters() -> list[Filter]:
    """The filters of the list."""
    reads = ("deals.InvoiceContact",)
    return [
        Choice("state", pgettext_lazy("invoice", "State"), choices=states, own=standing),
        Choice(
            "work", _("Working day"), own=on_day, choices=lambda here: [(key, str(word)) for key, word in DAY_WORDS]
        ),
        DateRange("issued", pgettext_lazy("invoice", "Issued"), path="issued_on", presets=ISSUED),
        DateRange("term", _("To be paid by"), path="valid_until", presets=TERM),
        Choice("owner", _("Owner"), choices=people, own=held_by, pattern=WHO, known=WORDS),
        Choice("branch", _("Branch"), path="client__branch", choices=branches, pattern=NUMBER),
        OfClient("client", _("Client"), path="client", url_name="clients:client-choose", pattern=NUMBER),
        Choice("answer", _("Result of the contact"), choices=answers, own=answered, reads=reads),
        NumberRange("amount", _("Amount"), path="amount"),
        Flag("new", _("New client"), path="is_of_new"),
        Choice(
            "deferral",
            _("Deferral"),
            choices=lambda here: [("yes", str(_("under a deferral"))), ("no", str(_("payment in advance")))],
            own=lambda value, here: Q(deferral__isnull=value == "no"),
        ),
        Choice(
            "reason",
            _("Reason of cancelling"),
            path="cancel_reason",
            choices=lambda here: [(str(a), str(b)) for a, b in CancelReason.choices],
        ),
        Choice("manager", _("Manager on the day of issue"), choices=people, own=issued_under, pattern=WHO, known=WORDS),
        Ids("ids", _("Chosen invoices")),
    ]


def issued_under(value: str, here: Here) -> Q:
    """Keep invoices that count in the figures of a person, of me, of my team."""
    if value == TEAM:
        return Q(responsible__in=here.once(team))
    return Q(responsible=here.person.pk if value == ME else int(value))


ISSUED = (
    ("+0d..+0d", pgettext_lazy("invoices", "today")),
    ("-1d..-1d", pgettext_lazy("invoices", "yesterday")),
    ("-6d..+0d", pgettext_lazy("invoices", "within a week")),
    ("-1m..+0d", pgettext_lazy("invoices", "within a month")),
)
TERM = (
    ("..-1d", pgettext_lazy("invoices", "past")),
    ("+0d..+0d", pgettext_lazy("invoices", "today")),
    ("+0d..+6d", pgettext_lazy("invoices", "within a week")),
)


def find(typed: str, whole: bool) -> Q:
    """Keep invoices whose number, or whose client's name, has what was typed."""
    key = names.key(typed)
    of_client = Q(client__name_key__contains=key) if key else Q()
    return Q(number__contains=typed) | of_client


def _contact(row: InvoiceRow) -> str:
    return str(row.contact.get_result_display()) if row.contact else ""


def _promised(row: InvoiceRow) -> date | None:
    return row.contact.promised_on if row.contact else None


def _cancelled(row: InvoiceRow) -> str:
    one: Invoice = row.invoice
    return f"{one.get_cancel_reason_display()}: {one.cancel_comment}" if one.cancelled_at else ""


COLUMNS = (
    Column("number", _("Invoice"), lambda row: row.invoice.number, fixed=True),
    Column("issued", pgettext_lazy("invoice", "Issued"), lambda row: row.invoice.issued_on, sort="issued"),
    Column("day", _("Working day"), lambda row: row.day, number=True),
    Column("client", _("Client"), lambda row: row.invoice.client.name, sort="client"),
    Column("amount", _("Amount"), lambda row: row.invoice.amount, sort="amount", number=True),
    Column("unpaid", _("To pay"), lambda row: row.invoice.unpaid, number=True),
    Column("term", _("To be paid by"), lambda row: row.invoice.valid_until, sort="term"),
    Column("state", pgettext_lazy("invoice", "State"), lambda row: row.state_label),
    Column("answer", _("Result of the contact"), _contact),
    Column("owner", _("Owner"), lambda row: row.owner.short_name if row.owner else ""),
    Column("promised", _("Will pay on"), _promised, shown=False),
    Column("entity", _("Legal entity"), lambda row: row.invoice.legal_entity.name, shown=False),
    Column("subject", _("What for"), lambda row: row.invoice.subject, shown=False),
    Column("manager", _("Manager"), lambda row: row.invoice.responsible.short_name, shown=False),
    Column("cancelled", _("Why cancelled"), _cancelled, shown=False),
)
SORTS = (
    Sort("issued", "issued_on"),
    Sort("term", "valid_until"),
    Sort("amount", "amount"),
    Sort("client", "client__name_sort"),
)
INVOICES = ListSpec(
    "invoices", COLUMNS, SORTS, "-issued", filters, find, url_name="deals:invoice-list", bare=f"state={OPEN}"
)
