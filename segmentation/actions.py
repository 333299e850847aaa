"""Decisions of people: approve, refuse, exclude, undo, a word on TOP, new rules (R68, R109, R119, R376).

Every action locks what it reads and changes, works on days passed in, and raises Refused with one line for the person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from clients.models import Client, LossReason, Ownership, OwnershipReason
from deals.actions import change_owners
from salescrm.base import sql
from salescrm.base.jobs import Refused
from segmentation import silence, versions
from segmentation.contact_norm import ContactNorm
from segmentation.models import CaseRule, CaseState, ClientState, Exclusion, LossAnswer, RuleSet, TopOverride, ZeroCase
from segmentation.steps import hand_over
from staff.access import Act, require
from staff.models import Employee

__all__ = [
    "Refused", "Undone", "answer", "approve", "end_exclusions", "exclude", "override_top", "refuse",
    "save_contact_norm", "save_rule_set", "undo_hand_over", "undo_hand_overs", "undo_night", "undo_refusals",
]  # fmt: skip
APP = "segmentation"


@dataclass
class Undone:
    """What an undo of several moves did: clients put back, and per client why not."""

    undone: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def approve(*, cases: Iterable[ZeroCase], acting_user: Employee, today: date) -> set[int]:
    """Hand over proposals from tomorrow; return the clients moved.

    Cases decided meanwhile, that find no place, or whose receiver has left are left out.
    """
    ids = [case.pk for case in cases]
    return hand_over.accept(list(ZeroCase.objects.filter(pk__in=ids)), as_of=today, night=None, author=acting_user.pk)


@transaction.atomic
def refuse(*, cases: Iterable[ZeroCase], reason: str, until: date | None, acting_user: Employee, today: date) -> int:
    """Keep the clients of proposals with their owners until a day; without one for the rules' days or till they buy."""
    ids = [case.pk for case in cases]
    chosen = list(ZeroCase.objects.select_for_update().filter(pk__in=ids, state=CaseState.PROPOSED).order_by("pk"))
    ZeroCase.objects.filter(pk__in=[case.pk for case in chosen]).update(
        state=CaseState.REFUSED, closed_on=today, closed_by=acting_user
    )
    _exclude({case.client_id for case in chosen}, reason, until or _default_end(today), acting_user, today)
    return len(chosen)


@transaction.atomic
def exclude(*, client: Client, reason: str, until: date | None, acting_user: Employee, today: date) -> Exclusion:
    """Keep a client out of hand-overs until a day; without one for the rules' days, or until it buys."""
    return _exclude({client.pk}, reason, until or _default_end(today), acting_user, today)[0]


def _default_end(today: date) -> date:
    days = RuleSet.objects.in_force(today).exclusion_days
    return today + timedelta(days=days)


def _exclude(clients: set[int], reason: str, until: date | None, author: Employee, today: date) -> list[Exclusion]:
    """Write exclusions that end on `until` (None: never by date) or with the next purchase."""
    bought = dict(ClientState.objects.filter(pk__in=clients).values_list("pk", "last_purchase_on"))
    return Exclusion.objects.bulk_create(
        [
            Exclusion(
                client_id=client,
                starts_on=today,
                until=until,
                last_purchase_on=bought.get(client),
                reason=reason,
                author=author,
            )
            for client in sorted(clients)
        ]
    )


@transaction.atomic
def undo_refusals(*, cases: Iterable[ZeroCase], acting_user: Employee, today: date) -> int:
    """Let refused proposals wait for approval again and end what kept their clients out; return how many.

    A refusal of a client that has bought since, or has another open case, is left as it is.
    """
    require(acting_user, Act.APPROVE_HAND_OVERS)
    refused = ZeroCase.objects.filter(pk__in=[case.pk for case in cases], state=CaseState.REFUSED)
    newer = ZeroCase.objects.open().filter(client=OuterRef("client"))
    is_still_silent = Q(silent_since=F("client__state__last_purchase_on"))
    is_still_unconfirmed = Q(rule=CaseRule.UNCONFIRMED_INVOICE, client__state__last_purchase_on__isnull=True)
    still = refused.filter(is_still_silent | is_still_unconfirmed, ~Exists(newer))
    chosen = list(still.select_for_update(of=("self",)).order_by("pk"))
    said = ZeroCase.objects.filter(
        pk__in=[case.pk for case in chosen],
        client=OuterRef("client"),
        closed_on=OuterRef("starts_on"),
        closed_by=OuterRef("author"),
    )
    _end(Exclusion.objects.filter(Exists(said)), today)
    ZeroCase.objects.filter(pk__in=[case.pk for case in chosen]).update(
        state=CaseState.PROPOSED, closed_on=None, closed_by=None
    )
    return len(chosen)


@transaction.atomic
def end_exclusions(*, client: Client, acting_user: Employee, today: date) -> int:
    """End what keeps a client out of hand-overs, from tonight on; return how many exclusions that were."""
    require(acting_user, Act.APPROVE_HAND_OVERS)
    return _end(Exclusion.objects.filter(client=client), today)


def _end(exclusions: QuerySet[Exclusion], today: date) -> int:
    holding = exclusions.filter(pk__in=Exclusion.objects.holding(today).values("pk"))
    return holding.update(until=today)


@transaction.atomic
def undo_hand_overs(*, cases: Iterable[ZeroCase], acting_user: Employee, today: date) -> Undone:
    """Undo several hand-overs together; a client moved since is left as it is, with the reason."""
    done = Undone()
    locked = ZeroCase.objects.select_for_update().filter(pk__in=[case.pk for case in cases]).order_by("pk")
    for case in locked:
        refusal = _undo(case, acting_user, today, for_days=False)
        if refusal:
            done.refused[case.client_id] = refusal
        else:
            done.undone.add(case.client_id)
    return done


@transaction.atomic
def undo_hand_over(*, case: ZeroCase, acting_user: Employee, today: date, for_days: bool) -> None:
    """Put the client of a hand-over or a return back; it is left alone until its next purchase (`for_days`: 30 days).

    Raises Refused when a later night or person has moved the client.
    """
    locked = ZeroCase.objects.select_for_update().get(pk=case.pk)
    refusal = _undo(locked, acting_user, today, for_days)
    if refusal:
        raise Refused(refusal)


@transaction.atomic
def undo_night(*, as_of: date, acting_user: Employee, today: date, for_days: bool = False) -> Undone:
    """Undo the owner moves of the night `as_of`; classes, list and statuses stay, the night stays done.

    A client moved since by a later night or a person is left as it is, with the reason per client.
    """
    done = Undone()
    starts_on = as_of + timedelta(days=1)
    handed = ZeroCase.objects.filter(handed_on=starts_on)
    back = ZeroCase.objects.filter(returned_on=starts_on)
    cases = (handed | back).exclude(state=CaseState.UNDONE).select_for_update().order_by("-pk")
    moved_by_night = set(Ownership.objects.filter(night=as_of).values_list("client_id", flat=True))
    for case in cases:
        if case.client_id not in moved_by_night or case.client_id in done.undone:
            continue
        refusal = _undo(case, acting_user, today, for_days, night=as_of)
        if refusal:
            done.refused[case.client_id] = refusal
        else:
            done.undone.add(case.client_id)
    return done


def _undo(case: ZeroCase, author: Employee, today: date, for_days: bool, night: date | None = None) -> str:
    """Put one client back; return why not, empty when done."""
    is_return = case.state in (CaseState.RETURNED, CaseState.HAD_BOUGHT)
    if not is_return and case.state != CaseState.HANDED_OVER:
        return _("this case is closed already")
    begun_on = case.returned_on if is_return else case.handed_on
    open_one = Ownership.objects.select_for_update().get(client_id=case.client_id, ends_on__isnull=True)
    if open_one.starts_on != begun_on or (night and open_one.night != night):
        return _("a later night or a person has moved the client since")
    before = Ownership.objects.filter(client_id=case.client_id, ends_on=open_one.starts_on).first()
    if before is None:
        return _("the client had no other owner before")
    change_owners(
        {case.client_id: before.owner_id},
        starts_on=max(today, open_one.starts_on),
        reason=OwnershipReason.UNDO,
        author=author.pk,
    )
    if is_return:
        _reopen(case, for_days)
    else:
        _close(case, author, today)
    until = _default_end(today) if for_days else None
    _exclude({case.client_id}, _("undone by hand"), until, author, today)
    sql.run(APP, "write_standing_life_cycle", {"client_ids": [case.client_id]})
    return ""


def _close(case: ZeroCase, author: Employee, today: date) -> None:
    case.state, case.closed_on, case.closed_by = CaseState.UNDONE, today, author
    case.save(update_fields=["state", "closed_on", "closed_by"])


def _reopen(case: ZeroCase, for_days: bool) -> None:
    """Make a returned case a handed-over one again.

    It waits for a purchase after the one that had brought it back; after 30 days that one counts again (`for_days`).
    """
    if not for_days and case.bought_on:
        case.silent_since = case.bought_on
    case.state, case.closed_on, case.returned_to, case.returned_on = CaseState.HANDED_OVER, None, None, None
    case.bought_on, case.recovered_until = None, None
    case.save(
        update_fields=[
            "state",
            "closed_on",
            "returned_to",
            "returned_on",
            "bought_on",
            "recovered_until",
            "silent_since",
        ]
    )


@transaction.atomic
def answer(
    *, client: Client, silent_since: date, reason: LossReason, note: str, acting_user: Employee, today: date
) -> LossAnswer:
    """Say why a client is silent; the same words of the same person once more change nothing.

    Raises Refused when the client is not asked, or has bought since the person was asked.
    """
    locked = Client.objects.select_for_update(of=("self",), no_key=True).filter(silence.ASKED, pk=client.pk)
    found = locked.select_related("standing").first()
    if found is None:
        raise Refused(_("The client is not asked: it is not silent."))
    if found.standing.last_purchase_on != silent_since:
        raise Refused(_("The client has bought meanwhile: this silence is over."))
    if not reason.is_active:
        raise Refused(_("This reason is no longer used."))
    said = {"reason": reason, "note": note, "author": acting_user}
    latest = LossAnswer.objects.find_latest(client, silent_since)
    if latest and all(getattr(latest, name) == value for name, value in said.items()):
        return latest
    return LossAnswer.objects.create(client=client, silent_since=silent_since, day=today, **said)


@transaction.atomic
def override_top(
    *, client: Client, is_in: bool, until: date, reason: str, acting_user: Employee, today: date
) -> TopOverride:
    """Put a client into the TOP list or out of it; the nights obey until that date, then the rules decide again."""
    if until <= today:
        raise Refused(_("The date lies after today."))
    return TopOverride.objects.create(
        client=client, is_in=is_in, starts_on=today, until=until, reason=reason, author=acting_user
    )


def save_rule_set(*, rule_set: RuleSet, acting_user: Employee) -> RuleSet:
    """Save a new version of the rules; it is in force from a day after the last done night on.

    Raises Refused when a night has used the rules of that day, or another version begins on it.
    """
    return versions.save(rule_set, author=acting_user, taken=_("Another version of the rules begins on that day."))


def save_contact_norm(*, norm: ContactNorm, acting_user: Employee) -> ContactNorm:
    """Save a new version of the contact norm; it is in force from a day after the last done night on.

    Raises Refused when a night has used the norm of that day, or another version begins on it.
    """
    return versions.save(norm, author=acting_user, taken=_("Another version of the norm begins on that day."))
