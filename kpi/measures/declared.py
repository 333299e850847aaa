"""The measures: each is declared once; what adds is a statement in kpi/sql/, a ratio names two of them (R233, R234)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kpi.measures.models import ClientGroup
from staff.access import Role

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CLIENT_GROUPS = (ClientGroup.TOP, ClientGroup.NEW, ClientGroup.SHOPS, ClientGroup.OTHERS)
ANY_GROUP = (*CLIENT_GROUPS, ClientGroup.NONE)
SELLERS = frozenset({Role.CSM, Role.CSH, Role.BDM_KEY, Role.BDM_RECOVERY, Role.OPERATOR, Role.BRANCH_HEAD, Role.HOS})
WORKERS = SELLERS | {Role.LEAD_MANAGER, Role.MARKETER, Role.DEPUTY_DIRECTOR, Role.DEPUTY_IT}


class Unit(StrEnum):
    """What a value is counted in."""

    MONEY = "money"
    COUNT = "count"
    DAYS = "days"
    SHARE = "share"


class Kind(StrEnum):
    """A process indicator says what was done, a result indicator what came of it (R234)."""

    PROCESS = "process"
    RESULT = "result"


@dataclass(frozen=True)
class Measure:
    """What is measured: by a statement (`sql`), as a ratio of two others, or as the mean of ratios.

    `adds`: values of people, groups and types sum up to the company's. `snapshot`: read from what is true now, so a
    past month has it only if it was refreshed then. `groups`: client groups it makes sense for. `roles`: posts with a
    function that influences it (R235). `falls`: less is better.
    """

    code: str
    name: _StrPromise
    unit: Unit
    kind: Kind
    words: _StrPromise
    sql: str = ""
    ratio: tuple[str, str] | None = None
    mean_of: tuple[str, ...] = ()
    groups: tuple[ClientGroup, ...] = CLIENT_GROUPS
    roles: frozenset[Role] = SELLERS
    adds: bool = True
    snapshot: bool = False
    falls: bool = False


def _money(code: str, name: _StrPromise, words: _StrPromise, sql: str, **more: object) -> Measure:
    return Measure(code, name, Unit.MONEY, Kind.RESULT, words, sql, **more)  # type: ignore[arg-type]


def _count(
    code: str, name: _StrPromise, words: _StrPromise, sql: str, kind: Kind = Kind.RESULT, **more: object
) -> Measure:
    return Measure(code, name, Unit.COUNT, kind, words, sql, **more)  # type: ignore[arg-type]


def _share(code: str, name: _StrPromise, words: _StrPromise, ratio: tuple[str, str], **more: object) -> Measure:
    more = {"ratio": ratio, "adds": False} | more
    return Measure(code, name, Unit.SHARE, Kind.PROCESS, words, **more)  # type: ignore[arg-type]


DONE = Kind.PROCESS


def _work(
    code: str,
    name: _StrPromise,
    words: _StrPromise,
    sql: str,
    groups: tuple[ClientGroup, ...] = ANY_GROUP,
    *,
    falls: bool = False,
) -> Measure:
    """Build a count of what people did, with clients or without."""
    return _count(code, name, words, sql, DONE, groups=groups, roles=WORKERS, falls=falls)


MEASURES: tuple[Measure, ...] = (
    _money(
        "turnover", _("Turnover"), _("Documents net of returns; each belongs to the owner of its day."), "add_documents"
    ),
    _count(
        "purchases", _("Purchases, days"), _("Days on which a client bought; of the owner of the day."), "add_documents"
    ),
    _count("documents", _("Orders processed"), _("Documents above zero; of the owner of the day."), "add_documents"),
    _count(
        "active_accounts",
        _("Active accounts"),
        _("Clients with a purchase in the month; of the owner of its first day."),
        "add_active",
    ),
    _count(
        "clients",
        _("Clients in work"),
        _(
            "New, active and zero clients of the month's first day; one handed over stays with the owner it was "
            "taken from."
        ),
        "add_clients",
        kind=DONE,
    ),
    _count("new_clients", _("New clients"), _("First purchase in the month; of the owner of that day."), "add_new"),
    _count(
        "repeat_clients",
        _("Repeat shipments of new clients"),
        _(
            "Second purchase in the month, the first not longer ago than a new client has for it; of the owner "
            "of that day."
        ),
        "add_repeat",
    ),
    _count(
        "zero_clients",
        _("Zero clients"),
        _("Zero at the end of the month or now; of the owner of that day."),
        "add_zero",
        kind=DONE,
        falls=True,
    ),
    _count(
        "handed_over",
        _("Handed over"),
        _("Zero clients taken from the owner in the month."),
        "add_cases",
        kind=DONE,
        falls=True,
    ),
    _count(
        "returned",
        _("Returned clients"),
        _("Handed over, bought again in the month; of who worked the return."),
        "add_cases",
        roles=frozenset({Role.BDM_RECOVERY, Role.BDM_KEY, Role.HOS}),
    ),
    _money(
        "recovered_turnover",
        _("Recovered turnover"),
        _(
            "Turnover of returned clients for three months, shown also to who brought them back: part of the "
            "turnover of others, so never summed over people."
        ),
        "add_recovered",
        adds=False,
        roles=frozenset({Role.BDM_RECOVERY, Role.BDM_KEY}),
    ),
    _count(
        "covered",
        _("Clients spoken with in term"),
        _("A contact that counts within the term of the norm that ends with the month."),
        "add_covered",
        kind=DONE,
    ),
    _work(
        "effective_calls",
        _("Calls with a result"),
        _("Connected, with a result that counts and a comment; of who called."),
        "add_contacts",
    ),
    _work(
        "contacts",
        _("Contacts"),
        _("Calls, meetings, letters and messages; of who wrote them down."),
        "add_contacts",
    ),
    _work(
        "contacts_with_result",
        _("Contacts with a result"),
        _("Contacts with a result named."),
        "add_contacts",
    ),
    _work(
        "contacts_call",
        _("Calls"),
        _("Of who called."),
        "add_contacts",
    ),
    _count(
        "contacts_meeting",
        _("Meetings"),
        _("Meetings and video calls; of who met."),
        "add_contacts",
    ),
    _count(
        "contacts_letter",
        _("Letters"),
        _("Of who wrote."),
        "add_contacts",
    ),
    _count(
        "contacts_message",
        _("Messages"),
        _("Of who wrote."),
        "add_contacts",
    ),
    _count(
        "tasks_done",
        _("Tasks done"),
        _("Done in the month; of who had to do them."),
        "add_tasks",
    ),
    _count(
        "tasks_due",
        _("Tasks due"),
        _("Due in the month up to now, not cancelled."),
        "add_tasks",
    ),
    _count(
        "tasks_in_term",
        _("Tasks done in term"),
        _("Due in the month up to now, done on their day or earlier."),
        "add_tasks",
    ),
    _work(
        "tasks_overdue",
        _("Tasks overdue"),
        _("Due in the month before today, not done by their day."),
        "add_tasks",
        falls=True,
    ),
    _work(
        "special_tasks",
        _("Special tasks given"),
        _("Special and marketing tasks whose period ends in the month; of who does them."),
        "add_special",
    ),
    _work(
        "special_tasks_done",
        _("Special tasks done"),
        _("Of those given, done up to now."),
        "add_special",
    ),
    _count("deals_opened", _("Deals opened"), _("In the month; of who answers for the deal."), "add_deals", kind=DONE),
    _count("deals_won", _("Deals won"), _("Closed in the month; of who answers for the deal."), "add_deals"),
    _count(
        "deals_lost", _("Deals lost"), _("Closed in the month; of who answers for the deal."), "add_deals", falls=True
    ),
    _money("won_amount", _("Amount of won deals"), _("Of the deals won in the month."), "add_deals"),
    _count(
        "transitions",
        _("Stage transitions"),
        _("Moves of deals by people, moves taken back left out; of who moved."),
        "add_transitions",
        kind=DONE,
    ),
    _count(
        "transitions_commented",
        _("Transitions with a comment"),
        _("Moves of deals with a comment."),
        "add_transitions",
        kind=DONE,
    ),
    _count(
        "invoices_issued",
        _("Invoices issued"),
        _("In the month, not cancelled; of the owner of the day of issue."),
        "add_invoices",
        kind=DONE,
    ),
    _count(
        "invoices_confirmed",
        _("Invoices confirmed"),
        _("Of those issued in the month: paid, or the client has named the day of payment."),
        "add_invoices",
        kind=DONE,
    ),
    _count(
        "invoices_in_term",
        _("Invoices paid in term"),
        _("Of those issued in the month: paid in full on the last day of their term or earlier."),
        "add_invoices",
    ),
    _work(
        "leads",
        _("Leads received"),
        _("In the month, without spam and doubles; of who answers for the lead."),
        "add_leads",
        groups=(ClientGroup.NONE,),
    ),
    _work(
        "leads_in_term",
        _("Leads handled in term"),
        _("Of those received in the month: the first contact was in time."),
        "add_leads",
        groups=(ClientGroup.NONE,),
    ),
    _count(
        "deals_open",
        _("Open deals"),
        _("As of the last refresh; of who answers for the deal."),
        "add_now",
        kind=DONE,
        snapshot=True,
    ),
    _count(
        "deals_with_task",
        _("Open deals with a task"),
        _("As of the last refresh."),
        "add_now",
        kind=DONE,
        snapshot=True,
    ),
    _count(
        "cards",
        _("Cards looked at for completeness"),
        _("Clients in work as of the last refresh; of the owner."),
        "add_now",
        kind=DONE,
        snapshot=True,
    ),
    _count(
        "cards_complete",
        _("Cards complete enough"),
        _("Of those: complete as far as the rules ask for."),
        "add_now",
        kind=DONE,
        snapshot=True,
    ),
    _share(
        "top_coverage",
        _("Coverage by contacts"),
        _("Clients spoken with in term ÷ clients in work."),
        ("covered", "clients"),
    ),
    _share(
        "active_share",
        _("Share of active accounts"),
        _("Active accounts ÷ clients in work."),
        ("active_accounts", "clients"),
    ),
    _share(
        "tasks_in_term_share",
        _("Tasks done in term, share"),
        _("Tasks done in term ÷ tasks due."),
        ("tasks_in_term", "tasks_due"),
        groups=ANY_GROUP,
        roles=WORKERS,
    ),
    _share(
        "special_tasks_share",
        _("Special tasks done, share"),
        _("Special tasks done ÷ special tasks given."),
        ("special_tasks_done", "special_tasks"),
        groups=ANY_GROUP,
        roles=WORKERS,
    ),
    _share(
        "invoices_in_term_share",
        _("Invoices paid in term, share"),
        _("Invoices paid in term ÷ invoices issued."),
        ("invoices_in_term", "invoices_issued"),
    ),
    _share(
        "leads_in_term_share",
        _("Leads handled in term, share"),
        _("Leads handled in term ÷ leads received."),
        ("leads_in_term", "leads"),
        groups=(ClientGroup.NONE,),
        roles=WORKERS,
    ),
    _share(
        "deals_with_task_share",
        _("Deals with a task, share"),
        _("Open deals with a task ÷ open deals."),
        ("deals_with_task", "deals_open"),
    ),
    _share(
        "commented_share",
        _("Transitions with a comment, share"),
        _("Transitions with a comment ÷ transitions."),
        ("transitions_commented", "transitions"),
    ),
    _share(
        "result_share",
        _("Contacts with a result, share"),
        _("Contacts with a result ÷ contacts."),
        ("contacts_with_result", "contacts"),
        groups=ANY_GROUP,
        roles=WORKERS,
    ),
    _share(
        "completeness",
        _("Completeness of cards"),
        _("Cards complete enough ÷ cards looked at."),
        ("cards_complete", "cards"),
    ),
    Measure(
        "crm_quality",
        _("Quality of CRM work"),
        Unit.SHARE,
        DONE,
        _(
            "The mean of five shares: open deals with a task, transitions with a comment, tasks done in term, "
            "cards complete enough, contacts with a result. A share of nothing is left out."
        ),
        mean_of=("deals_with_task_share", "commented_share", "tasks_in_term_share", "completeness", "result_share"),
        adds=False,
        groups=ANY_GROUP,
        roles=WORKERS,
    ),
    Measure(
        "average_shipment",
        _("Average shipment"),
        Unit.MONEY,
        Kind.RESULT,
        _("Turnover ÷ orders processed."),
        ratio=("turnover", "documents"),
        adds=False,
    ),
    Measure(
        "average_per_client",
        _("Average per client"),
        Unit.MONEY,
        Kind.RESULT,
        _("Turnover ÷ active accounts."),
        ratio=("turnover", "active_accounts"),
        adds=False,
    ),
)
BY_CODE = {one.code: one for one in MEASURES}
STORED = tuple(one for one in MEASURES if one.sql)


def names(statements: Collection[str]) -> list[str]:
    """Return the codes of the measures these statements count."""
    return [one.code for one in STORED if one.sql in statements]


def statements(*, with_snapshots: bool, only: Collection[str] | None = None) -> list[str]:
    """Return the statements in their order, each once; `only`: of these."""
    found = [one.sql for one in STORED if (with_snapshots or not one.snapshot) and (only is None or one.sql in only)]
    return list(dict.fromkeys(found))
