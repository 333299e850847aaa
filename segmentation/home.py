"""What segmentation says of a person's day: contacts due, count-downs, focus, hand-overs, proposals, last night."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.filters import ME
from clients.home import log_acts
from clients.models import Client, LifeCycle, Ownership, OwnershipReason
from salescrm.base import show
from salescrm.base.day import Block, DayRow, RowAct, first, not_empty
from segmentation import coverage, journal, narrowed, nightbook
from segmentation.models import CaseRule, ZeroCase
from segmentation.priorities import focus
from segmentation.priorities.programmes.models import Programme
from staff.access import Act, Rows, may, rows
from staff.models import Employee

SOON_DAYS = MOVES_DAYS = 14
CONTACT_DAYS = 7
DUE = {"work": ME, "contact_due": f"..+{CONTACT_DAYS}d", "sort": "contact_due"}  # the list behind the block
BUYING = (LifeCycle.NEW, LifeCycle.ACTIVE)
TURNING = urlencode(
    {"work": ME, "state": [str(one) for one in BUYING], "turns_zero": f"+1d..+{SOON_DAYS}d"}, doseq=True
)  # the list behind the block
PROPOSALS = 5
WORK_ORDER = (CaseRule.TOP, CaseRule.UNCONFIRMED_INVOICE, CaseRule.NEW, CaseRule.OTHER)


def blocks(person: Employee, today: date) -> list[Block]:
    """Return the person's blocks, what is urgent first."""
    clients, mine = Client.objects.visible_to(person, today), worked(person, today)
    if not may(person, Act.SEE_SEGMENTATION):
        plain = [contacts(person, mine, today), _turning(person, mine, today), _moves(person, clients, today)]
        return not_empty(plain) if may(person, Act.CHANGE_OWN) else []
    return not_empty(
        [
            _proposals(person, clients, today),
            contacts(person, mine, today),
            _turning(person, mine, today),
            _soon(person, clients, today),
            in_focus(person, clients, today),
            _programmes(person, today),
            _in_recovery(person, today),
            _moves(person, clients, today),
            _last_night(person, clients),
        ]
    )


def _row(client: Client, place: str = "", **more: Any) -> DayRow:
    standing = client.standing
    url = reverse("clients:client-card", args=[client.pk]) + (f"?{place}" if place else "")
    return DayRow(client.name, url, abc=standing.abc, xyz=standing.xyz, top=standing.top, **more)


def _proposals(person: Employee, clients: QuerySet[Client], today: date) -> Block | None:
    """Hand-overs that wait for the head's word."""
    if not may(person, Act.APPROVE_HAND_OVERS):
        return None
    waiting = ZeroCase.objects.to_decide().filter(client__in=clients)
    ordered = waiting.select_related("client__standing", "from_owner").order_by("-turnover", "pk")
    found, summed = ordered[:PROPOSALS], waiting.aggregate(count=Count("pk"), money=Sum("turnover"))
    count = summed["count"]
    rows = [
        _row(
            case.client,
            day=case.silent_since,
            money=case.turnover,
            why=_("silent since %(day)s, owner %(owner)s")
            % {"day": show.day(case.silent_since), "owner": case.from_owner.short_name},
            acts=[_approve(case.pk), *log_acts(person, case.client_id)],
        )
        for case in found
    ]
    text = ngettext("%(n)s client, %(money)s a year", "%(n)s clients, %(money)s a year", count)
    return Block(
        "proposals",
        _("Hand-overs wait for approval"),
        rows,
        count,
        note=text % {"n": show.number(count), "money": show.money_short(summed["money"])},
        icon="user-check",
        tone="warn",
        pill=ngettext("%(n)s to approve", "%(n)s to approve", count) % {"n": show.number(count)},
        url=reverse("segmentation:zero-proposals"),
        url_label=_("Decide"),
    )


def _approve(case: int) -> RowAct:
    return RowAct(_("Approve"), "user-check", f"{reverse('segmentation:zero-approve')}?ids={case}")


def worked(person: Employee, today: date) -> QuerySet[Client]:
    """The clients the person works: own ones, those of whom the person stands in for, and where one takes part."""
    ids = Client.objects.all().ids_worked_by(person, today)
    return Client.objects.visible_to(person, today).filter(pk__in=ids).select_related("standing")


def contacts(person: Employee, mine: QuerySet[Client], today: date) -> Block:
    """Clients of the person whose contact is due within a week or overdue, the nearest deadline first (R89-R93)."""
    due = mine.filter(standing__contact_due_on__lte=today + timedelta(days=CONTACT_DAYS))
    found, count = first(due.order_by("standing__contact_due_on", "-standing__turnover", "pk"))
    late = any(one.standing.contact_due_on and one.standing.contact_due_on < today for one in found)
    rows = [
        _row(
            client,
            place=urlencode(DUE),
            left=(client.standing.contact_due_on - today).days,
            money=client.standing.turnover or None,
            why=_spoken(client),
            acts=log_acts(person, client.pk),
        )
        for client in found
        if client.standing.contact_due_on
    ]
    words = ngettext("%(n)s client, overdue or within a week", "%(n)s clients, overdue or within a week", count)
    notes = [words % {"n": show.number(count)}, *(journal.held_words() if count else [])]
    return Block(
        "contacts",
        _("Contacts due"),
        rows,
        count,
        note=" · ".join(notes),
        icon="phone",
        tone="bad" if late else "",
        pill=ngettext("%(n)s contact", "%(n)s contacts", count) % {"n": show.number(count)} if count else "",
        url=coverage.list_url(DUE),
        url_label=_("Clients"),
        refresh_url=reverse("segmentation:contacts-day"),
        empty=_("No contact is due within a week."),
    )


def _spoken(client: Client) -> str:
    standing = client.standing
    last = standing.last_contact_on
    said = _("last contact %s") % show.day(last) if last else _("no contact is written")
    if standing.contact_days is not None:
        return _("%(said)s, an attempt every %(n)s d") % {"said": said, "n": standing.contact_days}
    return _("%(said)s, once in %(n)s mo") % {"said": said, "n": standing.contact_months}


def _turning(person: Employee, mine: QuerySet[Client], today: date) -> Block:
    """Clients of the person that become zero within two weeks unless they buy."""
    end = today + timedelta(days=SOON_DAYS)
    near = mine.filter(standing__life_cycle__in=BUYING, state__zero_on__gt=today, state__zero_on__lte=end)
    near = near.select_related("standing", "state")
    found, count = first(near.order_by("state__zero_on", "-standing__turnover", "pk"))
    rows = [
        _row(
            client,
            place=TURNING,
            left=(client.state.zero_on - today).days,
            money=client.standing.turnover or None,
            why=_("zero %(day)s, bought %(last)s")
            % {"day": show.day(client.state.zero_on), "last": show.day(client.standing.last_purchase_on)},
            acts=log_acts(person, client.pk),
        )
        for client in found
    ]
    return Block(
        "turning",
        _("Soon zero"),
        rows,
        count,
        note=ngettext("%(n)s client within two weeks", "%(n)s clients within two weeks", count)
        % {"n": show.number(count)},
        icon="circle-off",
        tone="warn",
        url=f"{reverse('clients:client-list')}?{TURNING}",
        url_label=_("Clients"),
    )


def _soon(person: Employee, clients: QuerySet[Client], today: date) -> Block:
    """Zero clients whose term of the hand-over runs out within two weeks."""
    end = today + timedelta(days=SOON_DAYS)
    soon = clients.filter(
        standing__life_cycle="zero", standing__hand_over_on__gt=today, standing__hand_over_on__lte=end
    )
    found, count = first(
        soon.select_related("standing").order_by("standing__hand_over_on", "-standing__turnover", "pk")
    )
    rows = [
        _row(
            client,
            left=(client.standing.hand_over_on - today).days,
            money=client.standing.turnover,
            why=_when(client),
            acts=log_acts(person, client.pk),
        )
        for client in found
        if client.standing.hand_over_on
    ]
    return Block(
        "soon",
        _("Soon to be handed over"),
        rows,
        count,
        note=ngettext("%(n)s client within two weeks", "%(n)s clients within two weeks", count)
        % {"n": show.number(count)},
        icon="hourglass-low",
        tone="warn",
        pill=ngettext("%(n)s leaving", "%(n)s leaving", count) % {"n": show.number(count)},
        url=reverse("segmentation:zero"),
        url_label=_("Board"),
    )


def _when(client: Client) -> str:
    standing = client.standing
    if standing.rhythm_days:
        text = _("hand-over %(day)s, bought %(last)s, rhythm %(rhythm)s d")
    else:
        text = _("hand-over %(day)s, bought %(last)s")
    return text % {
        "day": show.day(standing.hand_over_on),
        "last": show.day(standing.last_purchase_on),
        "rhythm": standing.rhythm_days,
    }


def _in_recovery(person: Employee, today: date) -> Block:
    """Clients the person has to win back, in the work order."""
    order = Case(*[When(rule=rule, then=Value(place)) for place, rule in enumerate(WORK_ORDER)], default=Value(9))
    cases = ZeroCase.objects.in_recovery().filter(to_owner=person).exclude(client__standing__life_cycle="archived")
    found, count = first(
        cases.select_related("client__standing", "from_owner").order_by("was_lost", order, "-turnover", "pk")
    )
    rows = [
        _row(
            case.client,
            day=case.handed_on,
            money=case.turnover,
            why=_("%(rule)s, from %(owner)s")
            % {"rule": str(CaseRule(case.rule).label), "owner": case.from_owner.short_name},
            acts=log_acts(person, case.client_id),
        )
        for case in found
    ]
    limit = person.recovery_limit or 0
    return Block(
        "recovery",
        _("To win back"),
        rows,
        count,
        note=_("%(n)s of %(limit)s places taken") % {"n": show.number(count), "limit": show.number(limit)},
        icon="rotate-clockwise",
        pill=ngettext("%(n)s to win back", "%(n)s to win back", count) % {"n": show.number(count)},
        url=reverse("segmentation:zero"),
        url_label=_("Board"),
    )


def in_focus(person: Employee, clients: QuerySet[Client], today: date) -> Block:
    """Clients of the person's running focus list that were neither spoken with nor have bought in these two weeks."""
    still = focus.to_work_on(person, clients, today)
    found, count = first(still.order_by("place", "pk"), PROPOSALS)
    rows = [
        _row(
            entry.client,
            place=focus.place_of(entry.focus_list),
            money=entry.client.standing.turnover,
            why=", ".join(word for _tone, _icon, word, _words in focus.FocusRow(entry).reasons),
            acts=[*_prepare(entry.client_id), *log_acts(person, entry.client_id)],
        )
        for entry in found
    ]
    return Block(
        "focus",
        _("Focus of two weeks"),
        rows,
        count,
        note=ngettext("%(n)s client to speak with", "%(n)s clients to speak with", count) % {"n": show.number(count)},
        icon="focus-2",
        url=reverse("segmentation:focus"),
        url_label=_("Focus"),
        refresh_url=reverse("segmentation:focus-day"),
        empty=_("Every client in focus was spoken with or has bought."),
    )


def _prepare(client: int) -> list[RowAct]:
    return [RowAct(_("Before the talk"), "notes", reverse("segmentation:preparation", args=[client]))]


def _programmes(person: Employee, today: date) -> Block | None:
    """Programmes that wait for the head: a quarter or the year is over, or they are to be approved (R76)."""
    if not may(person, Act.APPROVE_HAND_OVERS):
        return None
    waiting = Programme.objects.visible_to(person, today).awaiting_head(today)
    waiting = waiting.select_related("client__standing", "owner").order_by("review_on", "made_on", "pk")
    found, count = first(waiting, PROPOSALS)
    rows = [_programme(one) for one in found]
    return Block(
        "programmes",
        _("Programmes wait for you"),
        rows,
        count,
        note=ngettext("%(n)s to decide on", "%(n)s to decide on", count) % {"n": show.number(count)},
        icon="target-arrow",
        url=reverse("segmentation:programmes"),
        url_label=_("Programmes"),
    )


def _programme(one: Programme) -> DayRow:
    """A programme leads to its page; the dialog of what is to be done stands beside it, but for the approval."""
    word, acts = _to_decide(one)
    row = _row(
        one.client,
        day=one.review_on or one.made_on,
        why=f"{word}: {one.owner.short_name}",
        acts=acts,
    )
    row.url = reverse("segmentation:programme", args=[one.pk])
    return row


def _to_decide(one: Programme) -> tuple[str, list[RowAct]]:
    """Say what the programme waits for, and offer its dialog."""
    if one.is_over:
        url = reverse("segmentation:programme-close", args=[one.pk])
        return _("to be closed"), [RowAct(_("Close the programme"), "x", url)]
    if one.review_on:
        url = reverse("segmentation:programme-review", args=[one.pk])
        return _("review due"), [RowAct(_("Review the quarter"), "eye-check", url)]
    return one.get_state_display(), []


def _moves(person: Employee, clients: QuerySet[Client], today: date) -> Block:
    """Clients that came to the person or went in the last two weeks, in whatever way (R11, R118)."""
    since = today - timedelta(days=MOVES_DAYS)
    gone = Ownership.objects.filter(owner=person, client=OuterRef("client"), ends_on=OuterRef("starts_on"))
    came = Q(owner=person, ends_on__isnull=True)
    moved = Ownership.objects.filter(came | Exists(gone), starts_on__gt=since).exclude(reason=OwnershipReason.FIRST)
    before = Ownership.objects.filter(client=OuterRef("client"), ends_on=OuterRef("starts_on"))
    moved = moved.annotate(from_id=Subquery(before.values("owner")[:1]))
    found, count = first(
        moved.select_related("client__standing", "owner").order_by("-starts_on", "-client__standing__turnover", "pk")
    )
    seen = set(clients.filter(pk__in=[one.client_id for one in found]).values_list("pk", flat=True))
    people = Employee.people.in_bulk({one.from_id for one in found if one.from_id})
    return Block(
        "moves",
        _("Came and went"),
        [_move(person, one, people.get(one.from_id), one.client_id in seen) for one in found],
        count,
        note=_("last two weeks"),
        icon="arrows-exchange",
    )


def _move(person: Employee, one: Ownership, before: Employee | None, is_seen: bool) -> DayRow:
    """Say where a client came from or went to, and why; who sees it may log about it."""
    came, reason = one.owner_id == person.pk, str(one.get_reason_display())
    text = _("came from %(person)s: %(reason)s") if came else _("went to %(person)s: %(reason)s")
    other = before if came else one.owner
    row = _row(
        one.client,
        day=one.starts_on,
        why=text % {"person": other.short_name if other else "–", "reason": reason},
        money=one.client.standing.turnover or None,
        tone="good" if came else "",
        acts=log_acts(person, one.client_id) if is_seen else (),
    )
    row.url = row.url if is_seen else ""
    return row


def _last_night(person: Employee, clients: QuerySet[Client]) -> Block | None:
    """Figures of the last night, and its guards, for those who read the journal; of a branch for its head."""
    as_of = journal.last_night() if may(person, Act.SEE_NIGHTS) else None
    if as_of is None:
        return None
    figures = journal.figures(as_of)
    if rows(person) != Rows.ALL:
        figures = figures | narrowed.figures([as_of], clients)[as_of]
    zero, top = figures.get("zero") or {}, figures.get("top") or {}
    counted = [
        (_("Newly zero"), zero.get("flagged")),
        (_("Handed over"), zero.get("handed_over")),
        (_("Returned"), zero.get("returned")),
        (_("Waiting for a place"), zero.get("waiting")),
        (_("Entered TOP"), top.get("entered")),
        (_("Left TOP"), top.get("left")),
    ]
    lines = [DayRow(name, why=show.number(number)) for name, number in counted if number is not None]
    lines += [DayRow(word, tone="warn") for word in nightbook.guard_words(figures.get("guards") or [])]
    return Block(
        "night",
        _("Night of %(day)s") % {"day": show.day_long(as_of)},
        lines,
        len(lines),
        place="side",
        icon="moon",
        url=reverse("segmentation:nights-one", args=[as_of.isoformat()]),
        url_label=_("Journal"),
    )
