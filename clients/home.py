"""What the client base says of a person's day: new clients, TOP clients nobody decides for, birthdays, imports."""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.completeness.figures import emptiest_top
from clients.contacts import rules, seeing
from clients.contacts.cards import days_to
from clients.intake import touched
from clients.models import Client, CompletenessRules, Contact, LifeCycle
from clients.rows import whole
from salescrm.base import show
from salescrm.base.day import Block, DayRow, RowAct, first, not_empty
from salescrm.base.models import Intake, IntakeState
from staff.access import Act, Rows, may, rows
from staff.models import Employee

IMPORTS = 3
BIRTHDAYS = 8
EMPTIEST = 5
IMPORT_DAYS = 14
WAITING = f"state={LifeCycle.NEW}&purchases=1..1"  # the list behind the block of second orders
WAITING_OF_MINE = f"work=me&{WAITING}"


def blocks(person: Employee, today: date) -> list[Block]:
    """Return the person's blocks."""
    clients = Client.objects.visible_to(person, today)
    if rows(person) == Rows.POTENTIAL:
        return not_empty([_potential(person, clients), _imports(person)])
    lacking, birthdays = _without_decider(person), _birthdays(person, today)
    new = [_new(person, clients, today), _untyped(person, clients)]
    imports = _imports(person) or _imports_of_own(person, today)
    return not_empty([lacking, *new, _emptiest(person), birthdays, imports])


def _without_decider(person: Employee) -> Block | None:
    """The person's TOP clients of whom nobody who decides is known (R50)."""
    if not seeing.sees_contacts(person):
        return None
    deciders = Contact.objects.filter(rules.DECIDERS, client=OuterRef("pk"))
    lacking = Client.objects.present().owned_by(person).filter(~Exists(deciders), standing__top=True)
    found, count = first(lacking.select_related("standing").order_by("-standing__turnover", "pk"))
    lines = [
        DayRow(
            client.name,
            f"{reverse('clients:client-card', args=[client.pk])}#h-contacts",
            day=client.standing.last_purchase_on,
            abc=client.standing.abc,
            xyz=client.standing.xyz,
            top=True,
            why=_("who decides is not known"),
            money=client.standing.turnover,
            acts=log_acts(person, client.pk),
        )
        for client in found
    ]
    return Block(
        "deciders",
        _("TOP clients without a decision maker"),
        lines,
        count,
        note=ngettext("%(n)s client", "%(n)s clients", count) % {"n": show.number(count)},
        icon="user-question",
        tone="warn",
        url=f"{reverse('clients:client-list')}?owner=me&top=yes&contacts=no-decider",
        url_label=_("Clients"),
    )


def _emptiest(person: Employee) -> Block | None:
    """The person's TOP clients of whom least is known (R4)."""
    found, count = first(emptiest_top(person, CompletenessRules.objects.in_force()), EMPTIEST)
    lines = [
        DayRow(
            client.name,
            f"{reverse('clients:client-card', args=[client.pk])}#h-completeness",
            top=True,
            why=_("%s is known") % show.percent(whole(client.standing.completeness)),
            acts=log_acts(person, client.pk),
        )
        for client in found
    ]
    url = f"{reverse('clients:client-list')}?owner=me&top=yes&complete=incomplete&sort=completeness"
    title = _("TOP clients with gaps")
    return Block("gaps", title, lines, count, place="side", icon="progress-check", url=url, url_label=_("All"))


def _birthdays(person: Employee, today: date) -> Block | None:
    """People of the person's own clients whose birthday is within a week."""
    if not seeing.sees_contacts(person):
        return None
    mine = Client.objects.present().owned_by(person)
    near = Contact.objects.filter(born_within(today, rules.SOON_DAYS), client__in=mine, left_on=None)
    people = sorted(
        near.select_related("client"), key=lambda one: (days_to(one.birthday or today, today), one.name_key)
    )
    lines = [
        DayRow(
            one.name,
            f"{reverse('clients:client-card', args=[one.client_id])}#h-contacts",
            why=f"{show.day_long(today + timedelta(days=days_to(one.birthday or today, today)))} · {one.client.name}",
            acts=log_acts(person, one.client_id),
        )
        for one in people[:BIRTHDAYS]
    ]
    return Block("birthdays", _("Birthdays this week"), lines, len(people), place="side", icon="cake")


def born_within(today: date, days: int) -> Q:
    """Keep birthdays from today on; one of 29 February is kept on 1 March in other years."""
    near = Q()
    for n in range(days + 1):
        day = today + timedelta(days=n)
        near |= Q(birthday__month=day.month, birthday__day=day.day)
        if (day.month, day.day) == (3, 1) and not isleap(day.year):
            near |= Q(birthday__month=2, birthday__day=29)
    return near


def log_acts(person: Employee, client_id: int) -> tuple[RowAct, ...]:
    """What is logged about a client in its row: a call, a meeting, a letter; nothing by those who only read."""
    if not (may(person, Act.CHANGE_OWN) or may(person, Act.CHANGE_OWNER)):
        return ()
    url = reverse("deals:log-client", args=[client_id])
    kinds = (("call", "phone", _("Log a call")), ("meeting", "users", _("Log a meeting")))
    letter = ("letter", "mail", _("Log a letter"))
    return tuple(
        RowAct(label, icon, f"{url}?kind={kind}", is_log=kind == "call") for kind, icon, label in (*kinds, letter)
    )


def _new(person: Employee, clients: QuerySet[Client], today: date) -> Block:
    """New clients that have bought once: who waits longest comes first."""
    new = clients.filter(standing__life_cycle=LifeCycle.NEW, standing__purchases=1)
    found, count = first(new.select_related("standing").order_by("standing__last_purchase_on", "pk"))
    lines = []
    for client in found:
        standing = client.standing
        bought = standing.last_purchase_on
        days = (today - bought).days if bought else 0
        lines.append(
            DayRow(
                client.name,
                reverse("clients:client-card", args=[client.pk]),
                day=bought,
                abc=standing.abc,
                xyz=standing.xyz,
                why=ngettext("bought once, %(n)s day ago", "bought once, %(n)s days ago", days) % {"n": days},
                money=standing.turnover or None,
                acts=log_acts(person, client.pk),
            )
        )
    return Block(
        "second",
        _("Waiting for a second order"),
        lines,
        count,
        note=ngettext("%(n)s new client", "%(n)s new clients", count) % {"n": show.number(count)},
        icon="seedling",
        pill=ngettext("%(n)s new", "%(n)s new", count) % {"n": show.number(count)},
        url=f"{reverse('clients:client-list')}?{WAITING_OF_MINE if rows(person) == Rows.OWN else WAITING}",
        url_label=_("Clients"),
    )


def _untyped(person: Employee, clients: QuerySet[Client]) -> Block | None:
    """A manager's new clients whose type is not known: the questionnaire is to be asked (R31)."""
    if rows(person) != Rows.OWN or not may(person, Act.CHANGE_OWN):
        return None
    new = clients.filter(standing__life_cycle=LifeCycle.NEW, segment=None)
    found, count = first(new.select_related("standing").order_by("standing__last_purchase_on", "pk"))
    lines = [
        DayRow(
            client.name,
            reverse("clients:questionnaire", args=[client.pk]),
            day=client.standing.last_purchase_on,
            why=_("the questionnaire is to be asked"),
        )
        for client in found
    ]
    url = f"{reverse('clients:client-list')}?state=new&segment=none"
    title = _("New clients without a type")
    return Block("untyped", title, lines, count, place="side", icon="tag", url=url, url_label=_("All"))


def _potential(person: Employee, clients: QuerySet[Client]) -> Block:
    """Potential clients, the newest first."""
    found, count = first(clients.select_related("segment").order_by("-created_on", "pk"))
    lines = [
        DayRow(
            client.name,
            reverse("clients:client-card", args=[client.pk]),
            day=client.created_on,
            why=", ".join(part for part in (str(client.segment or ""), client.city) if part),
            acts=log_acts(person, client.pk),
        )
        for client in found
    ]
    return Block(
        "potential",
        _("Potential clients"),
        lines,
        count,
        note=ngettext("%(n)s client has not bought yet", "%(n)s clients have not bought yet", count)
        % {"n": show.number(count)},
        icon="user-search",
        url=reverse("clients:client-list"),
        url_label=_("Clients"),
    )


def _imports(person: Employee) -> Block | None:
    """The newest files brought into the base."""
    if not may(person, Act.IMPORT):
        return None
    files = Intake.objects.all() if rows(person) == Rows.ALL else Intake.objects.filter(created_by=person)
    lines = [
        DayRow(
            intake.file_name,
            reverse("imports:intake-card", args=[intake.pk]),
            day=intake.created_at.date(),
            why=str(IntakeState(intake.state).label),
            tone="warn" if intake.state == IntakeState.REFUSED else "",
        )
        for intake in files.order_by("-pk")[:IMPORTS]
    ]
    return Block(
        "imports",
        _("Imports"),
        lines,
        len(lines),
        place="side",
        icon="file-import",
        url=reverse("imports:intake-list"),
        url_label=_("All imports"),
    )


def _imports_of_own(person: Employee, today: date) -> Block | None:
    """The newest imports that touched clients of the person, who brings no files in."""
    if not may(person, Act.CHANGE_OWN):
        return None
    since = today - timedelta(days=IMPORT_DAYS)
    recent = Intake.objects.filter(state=IntakeState.DONE, created_at__date__gt=since).order_by("-pk")[:IMPORTS]
    files, mine = {str(one.pk): one for one in recent}, Client.objects.present().owned_by(person)
    asked = {f"n{pk}": Count("pk", filter=touched.condition(int(pk), mine)) for pk in files}
    counts = mine.aggregate(**asked) if asked else {}
    lines = [
        DayRow(
            file.file_name,
            f"{reverse('clients:client-list')}?owner=me&imported={pk}",
            day=file.created_at.date(),
            why=ngettext("%(n)s client of yours", "%(n)s clients of yours", count) % {"n": show.number(count)},
        )
        for pk, file in files.items()
        if (count := counts[f"n{pk}"])
    ]
    return Block("imports", _("Imports"), lines, len(lines), place="side", icon="file-import")
