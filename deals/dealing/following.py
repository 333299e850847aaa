"""What opens and closes deals by rule: the next shipment deal, deals that are missing, shipments that complete deals.

The rules (R133-R136, R145, R197; C14, C15):

1. When the last deal of a *group* is finished, won or lost, exactly one next deal is opened. The group is all open
   deals of that purpose of the client, or of the legal entity where the pipeline says so. All that touches a group
   locks the client first, so of two people who close the last two at one moment the second sees what the first did.
2. The next deal is expected on the last shipment + the client's own rhythm; a client without a rhythm (fewer than three
   purchases) is expected after `USUAL_DAYS`. It is never expected before the day it is opened.
3. A shipment completes the oldest open shipment deal it fits (`match_shipments.sql`), those of the last `SHIPPED_DAYS`.
   People are asked nothing then: the document is the result.
4. A contract that is won opens the client's first shipment deal, expected on the day the contract deal named, else
   after `USUAL_DAYS`; a client with an open shipment deal has it already (R197).
5. New, active and zero clients have an open shipment deal, those handed over as zero and lost ones a recovery deal, and
   an open deal has a task. Each act keeps it for what it touches; `missing` and the daily job verify it for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, DateField, ExpressionWrapper, F
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clients.models import Client
from deals.dealing import stages, tasks
from deals.dealing.models import Deal, DealSource, StageEntry
from deals.pipelines.models import Pipeline, Purpose, Stage, StageKind
from salescrm.base import automation, notify, sql
from staff.access import Role, Rows, rows
from staff.models import Employee

APP = "deals"
NEXT, MISSING = "next", "missing"
USUAL_DAYS = 30  # as long as no version says otherwise, like SHIPPED_DAYS
SHIPPED_DAYS = 31
BATCH = 5_000
HEADS = (Role.CSH, Role.HOS, Role.BRANCH_HEAD)
LATE_TOLD = gettext_noop("Deals that stand too long over the norm of their stage: {rows}")
BIT = 500  # clients written in one transaction


@dataclass(frozen=True)
class Missing:
    """What the rules ask for and is not there: clients without their deal, deals without a task."""

    clients: int
    deals: int


def missing() -> Missing:
    """Say how much is missing, by the statements that cure it."""
    clients = sql.rows(APP, "find_clients_without_deal", {"everybody": True, "client_ids": []})
    deals = sql.rows(APP, "find_deals_without_task", {"everybody": True, "deal_ids": []})
    return Missing(len(clients), len(deals))


def hold_clients(clients: Iterable[int]) -> list[int]:
    """Lock clients in the order of their numbers: the first lock of whatever opens and closes deals."""
    rows = Client.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(clients)).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def open_next(deals: Iterable[int], *, today: date, now: datetime) -> list[Deal]:
    """Open what follows these deals where their groups are finished, their clients being locked; return it."""
    rows = sql.rows(APP, "find_next_deals", {"deal_ids": list(deals)})
    pipelines = Pipeline.objects.in_bulk({row["pipeline_id"] for row in rows})
    usual = _usual_days(today)
    made = [_deal(row, pipelines[row["pipeline_id"]], NEXT, today, usual) for row in rows]
    return _open(made, today=today, now=now)


def open_first(won: Deal, *, today: date, now: datetime) -> list[Deal]:
    """Open the first shipment deal of a client whose contract deal was won, the client being locked; return it."""
    open_ones = Deal.objects.open().filter(client=won.client_id, pipeline__purpose=Purpose.SHIPMENT)
    pipeline = fitting(Purpose.SHIPMENT, won.client.segment_id)
    if won.pipeline.purpose != Purpose.CONTRACT or pipeline is None or open_ones.exists():
        return []
    row = {
        "client_id": won.client_id,
        "legal_entity_id": won.legal_entity_id,
        "contact_id": won.contact_id,
        "owner_id": won.owner_id,
        "follows_id": won.pk,
        "newest_id": won.pk,
    }
    first = _deal(row, pipeline, NEXT, today, _usual_days(today))
    if won.expected_on and won.expected_on > today:
        first.expected_on = won.expected_on
        first.title = _title(pipeline, won.expected_on)
    return _open([first], today=today, now=now)


def cure(*, today: date, now: datetime) -> Missing:
    """Open every deal and set every task that is missing, some clients at a time; return how many."""
    rows = sql.rows(APP, "find_clients_without_deal", {"everybody": True, "client_ids": []})
    clients, opened = [row["client_id"] for row in rows], 0
    for start in range(0, len(clients), BIT):
        opened += cure_clients(clients[start : start + BIT], today=today, now=now)
    with transaction.atomic():
        given = tasks.keep(None, today=today)
    return Missing(opened, given)


@transaction.atomic
def cure_clients(clients: Iterable[int], *, today: date, now: datetime) -> int:
    """Open the deals these clients are to have and have not; return how many."""
    held = hold_clients(clients)
    rows = sql.rows(APP, "find_clients_without_deal", {"everybody": False, "client_ids": held})
    offered, usual = _offered(), _usual_days(today)
    made = []
    for row in rows:
        pipeline = _fitting(offered, row["purpose"], row["segment_id"])
        if pipeline is not None:
            made.append(_deal(row, pipeline, MISSING, today, usual))
    return len(_open(made, today=today, now=now))


def ship(*, today: date, now: datetime) -> int:
    """Win the open shipment deals whose goods were shipped, and open what follows; return how many were won."""
    rows = _shipped(today)
    clients = sorted(set(Deal.objects.filter(pk__in=[row["deal_id"] for row in rows]).values_list("client", flat=True)))
    return sum(_ship(clients[start : start + BIT], today, now) for start in range(0, len(clients), BIT))


@transaction.atomic
def _ship(clients: list[int], today: date, now: datetime) -> int:
    """Match again under the locks of these clients, and close what fits."""
    held = set(hold_clients(clients))
    found = {row["deal_id"]: row for row in _shipped(today)}
    locked = Deal.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=tasks.lock(found), client__in=held, state=StageKind.OPEN
    )
    deals = list(locked.select_related("pipeline").order_by("pk"))
    with_lines = set(
        Deal.objects.filter(pk__in=[deal.pk for deal in deals], lines__isnull=False).values_list("pk", flat=True)
    )
    for deal in deals:
        row = found[deal.pk]
        deal.closed_on = max(row["day"], deal.opened_on)
        deal.shipment_id = row["shipment_id"]
        if deal.pk not in with_lines:
            deal.amount = round(row["total"], 2)
    won = stages.closing(StageKind.WON, {deal.pipeline_id for deal in deals})
    said = {
        deal.pk: _("Shipment %(number)s of %(day)s")
        % {"number": found[deal.pk]["number"], "day": date_format(found[deal.pk]["day"])}
        for deal in deals
    }
    stages.enter(
        deals, {deal.pk: won[deal.pipeline_id] for deal in deals}, by=None, now=now, today=today, comments=said
    )
    open_next([deal.pk for deal in deals], today=today, now=now)
    return len(deals)


def escalate(*, today: date) -> int:
    """Tell the heads, once a day, of open deals too long over the norm of their stage (R144); return how many."""
    norm = ExpressionWrapper(
        F("entered_stage_on") + F("stage__norm_days") + F("pipeline__escalates_after"), output_field=DateField()
    )
    late = Deal.objects.open().filter(stage__norm_days__isnull=False, pipeline__escalates_after__isnull=False)
    by_branch = (
        late.alias(until=norm).filter(until__lt=today).order_by().values("client__branch").annotate(n=Count("pk"))
    )
    counts = {row["client__branch"]: row["n"] for row in by_branch}
    for head in heads():
        count = counts.get(head.branch_id, 0) if rows(head) == Rows.BRANCH else sum(counts.values())
        if count:
            url, key = reverse("deals:control"), f"deals-late-{today}"
            notify.tell([head.pk], kind="deal", text=LATE_TOLD, key=key, url=url, rows=count)
    return sum(counts.values())


def heads() -> list[Employee]:
    """Return whom poor results and late deals are told."""
    return list(Employee.people.working().filter(role__in=HEADS).order_by("pk"))


def heads_of(branch: int) -> list[int]:
    """Return the heads who see the clients of a branch."""
    return [head.pk for head in heads() if rows(head) == Rows.ALL or head.branch_id == branch]


def fitting(purpose: str, segment: int | None) -> Pipeline | None:
    """Return the pipeline of a purpose that is offered for a type of clients."""
    return _fitting(_offered(), purpose, segment)


def _shipped(today: date) -> list[dict[str, Any]]:
    return sql.rows(
        APP,
        "match_shipments",
        {"since": today - timedelta(days=automation.number("shipped-days", SHIPPED_DAYS, today))},
    )


def _offered() -> list[tuple[Pipeline, set[int]]]:
    """The pipelines offered, in order, and the types of clients each is for."""
    found = Pipeline.objects.offered().prefetch_related("segments")
    return [(pipeline, {segment.pk for segment in pipeline.segments.all()}) for pipeline in found]


def _fitting(offered: list[tuple[Pipeline, set[int]]], purpose: str, segment: int | None) -> Pipeline | None:
    """Return the pipeline of a purpose for a type: one made for it before one for all (R131)."""
    fitting = [(pipeline, types) for pipeline, types in offered if pipeline.purpose == purpose]
    of_type = [pipeline for pipeline, types in fitting if segment in types]
    of_all = [pipeline for pipeline, types in fitting if not types]
    return next(iter(of_type + of_all + [pipeline for pipeline, _types in fitting]), None)


def _usual_days(today: date) -> int:
    return automation.number("usual-days", USUAL_DAYS, today)


def _expected(row: Mapping[str, Any], today: date, usual_days: int) -> date:
    """Return the day the next order is expected: the last shipment + the client's own rhythm, not before today."""
    after = row.get("shipped_on") or today
    return max(after + timedelta(days=row.get("rhythm_days") or usual_days), today)


def _title(pipeline: Pipeline, expected_on: date) -> str:
    return f"{pipeline}, {date_format(expected_on, 'F Y')}"


def _deal(row: Mapping[str, Any], pipeline: Pipeline, rule: str, today: date, usual_days: int) -> Deal:
    expected_on = _expected(row, today, usual_days)
    return Deal(
        title=_title(pipeline, expected_on),
        pipeline=pipeline,
        client_id=row["client_id"],
        legal_entity_id=row.get("legal_entity_id"),
        contact_id=row.get("contact_id"),
        owner_id=row["owner_id"],
        expected_on=expected_on,
        source=DealSource.RULE,
        opened_on=today,
        entered_stage_on=today,
        follows_id=row.get("follows_id"),
        origin=f"{rule}-{row['newest_id']}",  # the client's newest deal until then: the rule answers it once
        origin_as_of=today,
    )


def _open(made: list[Deal], *, today: date, now: datetime) -> list[Deal]:
    """Write deals of rules into the first stages of their pipelines, with their tasks."""
    first: dict[int, Stage] = stages.first({deal.pipeline_id for deal in made})
    opened = [deal for deal in made if deal.pipeline_id in first]
    for deal in opened:
        deal.stage = first[deal.pipeline_id]
    Deal.objects.bulk_create(opened, batch_size=BATCH)
    entries = [StageEntry(deal=deal, stage=deal.stage, entered_at=now) for deal in opened]
    StageEntry.objects.bulk_create(entries, batch_size=BATCH)
    tasks.begin([deal.pk for deal in opened], today=today)
    return opened
