"""The list of clients: its columns, orders and filters."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache, partial
from importlib import import_module

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from clients import find
from clients.contacts import rules
from clients.intake import touched
from clients.models import (
    BuyerKind,
    Channel,
    Client,
    CompletenessRules,
    Contact,
    LegacyPotential,
    LegacyType,
    LegalEntity,
    LifeCycle,
    Need,
    NeedState,
    Objection,
    Ownership,
    Participant,
    Segment,
    Sphere,
    TargetGroup,
    TypicalObjection,
)
from clients.rows import ClientRow
from clients.typology import objections
from salescrm.base.lists.filters import Choice, Choices, DateRange, Filter, Flag, Here, Ids, Linked, NumberRange
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import Column, ListSpec
from staff.models import Branch, Department, Employee

ME, TEAM = "me", "team"
WORKED = _("me: own, of whom I stand in for, where I take part")
NUMBER = r"\d{1,15}"
CENT = Decimal("0.01")


def people(here: Here) -> Choices:
    """The person and the person's team first, then everybody who may own clients."""
    others = Employee.people.owners().order_by("last_name", "first_name", "pk")
    return [(ME, gettext("me")), (TEAM, gettext("my team")), *((str(one.pk), one.short_name) for one in others)]


def owned(value: str, here: Here) -> Q:
    """Keep the clients whose present owner this is."""
    now = Ownership.objects.filter(held(value, here), ends_on__isnull=True)
    return Q(pk__in=now.values("client_id"))


def held(value: str, here: Here) -> Q:
    """Keep what this owner holds."""
    if value == TEAM:
        return Q(owner__in=here.once(team))
    return Q(owner=here.person.pk if value == ME else int(value))


def worked(value: str, here: Here) -> Q:
    """Keep what the person works with: own clients, those of whom the person stands in for, where one takes part."""
    return Q(pk__in=Client.objects.all().ids_worked_by(here.person, here.today))


def anybody(here: Here) -> Choices:
    """The person and the person's team first, then everybody who may take part in the work with a client."""
    others = Employee.people.working().order_by("last_name", "first_name", "pk")
    return [(ME, gettext("me")), (TEAM, gettext("my team")), *((str(one.pk), one.short_name) for one in others)]


def taken_part(value: str, here: Here) -> Q:
    """Keep the clients in which a person takes part today beside the owner (R10)."""
    who = here.once(team) if value == TEAM else [here.person.pk if value == ME else int(value)]
    return Q(pk__in=Participant.objects.on(here.today).filter(employee__in=who).values("client"))


def in_need(value: str, here: Here) -> Q:
    """Keep the clients of whom a need is known that nothing was offered for yet, or the others (R52)."""
    found = Q(pk__in=Need.objects.filter(state=NeedState.OPEN).values("contact__client"))
    return found if value == "yes" else ~found


def objected(value: str, here: Here) -> Q:
    """Keep the clients whose people objected this within a year (R51)."""
    heard = Objection.objects.filter(known=int(value), noted_on__gt=objections.since(here.today))
    return Q(pk__in=heard.values("contact__client"))


def known_objections(here: Here) -> Choices:
    """The objections of the library, those no longer offered too."""
    return [(str(one.pk), one.text) for one in TypicalObjection.objects.order_by("text", "pk")]


def buyers(here: Here) -> Choices:
    """How a client buys, and "not said" (R43)."""
    return [*((str(value), str(label)) for value, label in BuyerKind.choices), ("none", gettext("not said"))]


def team(here: Here) -> list[int]:
    """Return the person and everybody below."""
    return sorted(Employee.people.team_of(here.person))


def letters(names: str) -> Choices:
    """Letters of a class and "none"."""
    return [*((letter, letter) for letter in names), ("none", gettext("no class"))]


def branches(here: Here) -> Choices:
    """All offices."""
    return [(str(one.pk), one.name) for one in Branch.objects.order_by("-is_head_office", "name")]


def departments(here: Here) -> Choices:
    """All departments of the company."""
    return [(str(one.pk), one.name) for one in Department.objects.order_by("name")]


def of_department(value: str, here: Here) -> Q:
    """Keep the clients whose present owner is of a department (R380)."""
    now = Ownership.objects.filter(owner__department=int(value), ends_on__isnull=True)
    return Q(pk__in=now.values("client_id"))


def segments(here: Here) -> Choices:
    """All types."""
    return [(str(one.pk), str(one)) for one in Segment.objects.order_by("sphere", "name")] + [
        ("none", gettext("no type"))
    ]


def spheres(here: Here) -> Choices:
    """All spheres of activity."""
    return [(str(one.pk), str(one)) for one in Sphere.objects.order_by("name")]


def completeness_rules(here: Here) -> CompletenessRules:
    """The rules of completeness in force."""
    return CompletenessRules.objects.in_force()


def known_enough(value: str, here: Here) -> Q:
    """Keep clients of whom enough is known, or enough that was verified in time, or not (R4, R5)."""
    rules = here.once(completeness_rules)
    if value == "none":
        return Q(standing__completeness__isnull=True)
    column, compare = ENOUGH[value]
    path = f"standing__{column}__{compare}"
    return Q(standing__top=True, **{path: rules.top_pass}) | Q(standing__top=False, **{path: rules.other_pass})


ENOUGH = {
    "complete": ("completeness", "gte"),
    "incomplete": ("completeness", "lt"),
    "correct": ("correctness", "gte"),
    "incorrect": ("correctness", "lt"),
}
KNOWN_ENOUGH = (
    ("complete", _("enough is known")),
    ("incomplete", _("not enough is known")),
    ("correct", _("enough is verified in time")),
    ("incorrect", _("not enough is verified in time")),
    ("none", _("not computed yet")),
)
COMPLETENESS_READS = ("clients.CompletenessWrite", "clients.CompletenessRules")


def with_contacts(value: str, here: Here) -> Q:
    """Keep clients by what is known of their people."""
    people = Contact.objects.filter(left_on__isnull=True)
    if value == "stale":
        return _stale(people, here, top=True) | _stale(people, here, top=False)
    kept = people.filter(rules.DECIDERS) if value in ("decider", "no-decider") else people
    known = Q(pk__in=kept.values("client"))
    return ~known if value in ("no-decider", "none") else known


def _stale(people: QuerySet[Contact], here: Here, *, top: bool) -> Q:
    limit = rules.verified_after(here.today, top=top, rules=here.once(completeness_rules))
    old = people.filter(Q(verified_on__isnull=True) | Q(verified_on__lt=limit))
    return Q(standing__top=top, pk__in=old.values("client"))


CONTACTS = (
    ("decider", _("a decision maker is known")),
    ("no-decider", _("no decision maker is known")),
    ("none", _("nobody is known")),
    ("stale", _("to be verified")),
)


def legacy_types(here: Here) -> Choices:
    """The twenty old types."""
    return [(str(one.pk), str(one)) for one in LegacyType.objects.order_by("number")] + [
        ("none", gettext("no old type"))
    ]


def of_holding(value: str, here: Here) -> Q:
    """Keep clients of several legal entities, of one, or of none (R2)."""
    if value == "none":
        return ~Q(pk__in=LegalEntity.objects.values("client"))
    counted = LegalEntity.objects.order_by().values("client").annotate(n=Count("pk"))
    return Q(pk__in=counted.filter(**{"n__gt" if value == "several" else "n": 1}).values("client"))


HOLDINGS = (("several", _("several, a holding")), ("one", _("one")), ("none", _("none known")))


def potentials(here: Here) -> Choices:
    """The letters of the old potential, and "none" (R71)."""
    return [*((letter, letter) for letter in LegacyPotential.values), ("none", gettext("no old potential"))]


def regrouped(value: str, here: Here) -> Q:
    """Keep the clients whose type was set through the questionnaire and holds, or the others."""
    done = Q(pk__in=Client.objects.regrouped().values("pk"))
    return done if value == "yes" else ~done


def own_filters() -> list[Filter]:
    """The filters of the clients room."""
    return [
        Choice(
            "owner",
            _("Owner"),
            choices=people,
            own=owned,
            pattern=rf"{ME}|{TEAM}|{NUMBER}",
            known=((ME, _("me")), (TEAM, _("my team"))),
        ),
        Choice(
            "work",
            _("Who works with it"),
            choices=lambda here: [(ME, str(WORKED))],
            own=worked,
            pattern=ME,
            known=((ME, WORKED),),
        ),
        Choice(
            "participant",
            _("Participant"),
            choices=anybody,
            own=taken_part,
            pattern=rf"{ME}|{TEAM}|{NUMBER}",
            known=((ME, _("me")), (TEAM, _("my team"))),
        ),
        Choice(
            "abc",
            _("Class ABC"),
            path="standing__abc",
            choices=lambda here: letters("ABC"),
            empty=Q(standing__abc=""),
            spread=("turnover",),
        ),
        Choice(
            "xyz", _("Class XYZ"), path="standing__xyz", choices=lambda here: letters("XYZ"), empty=Q(standing__xyz="")
        ),
        Flag("top", _("TOP"), path="standing__top"),
        Choice(
            "state",
            pgettext_lazy("client", "State"),
            path="standing__life_cycle",
            choices=lambda here: [(str(value), str(label)) for value, label in LifeCycle.choices],
            spread=("turnover", "handover"),
        ),
        DateRange("bought", _("Last purchase"), path="standing__last_purchase_on", presets=BOUGHT),
        DateRange("handover", _("Hand-over"), path="standing__hand_over_on", presets=HAND_OVER),
        NumberRange("turnover", _("Turnover, 12 months"), path="standing__turnover"),
        NumberRange("purchases", _("Purchases"), path="standing__purchases"),
        Choice("branch", _("Branch"), path="branch", choices=branches, pattern=NUMBER),
        Choice(
            "department",
            _("Department"),
            choices=departments,
            own=of_department,
            pattern=NUMBER,
            reads=("staff.EmployeeEvent",),
        ),
        Choice("sphere", _("Sphere"), path="segment__sphere", choices=spheres, pattern=NUMBER),
        Choice(
            "segment",
            _("Type"),
            path="segment",
            choices=segments,
            empty=Q(segment__isnull=True),
            pattern=rf"none|{NUMBER}",
        ),
        Choice(
            "group",
            _("Target group"),
            path="segment__target_group",
            choices=lambda here: [(str(value), str(label)) for value, label in TargetGroup.choices],
        ),
        Choice(
            "regrouped",
            _("Type by the questionnaire"),
            choices=lambda here: [("yes", gettext("set")), ("no", gettext("not set"))],
            own=regrouped,
            reads=("clients.TypeChoice", "clients.TypeDecision"),
        ),
        Choice(
            "legacy",
            _("Old type"),
            path="legacy_type",
            choices=legacy_types,
            empty=Q(legacy_type__isnull=True),
            pattern=rf"none|{NUMBER}",
        ),
        Choice(
            "potential",
            _("Old potential"),
            path="legacy_potential",
            choices=potentials,
            empty=Q(legacy_potential=""),
        ),
        Choice(
            "channel",
            _("Sales channel"),
            path="channel",
            choices=lambda here: [(str(value), str(label)) for value, label in Channel.choices],
        ),
        Choice("buyer", _("Wholesale or retail"), path="buyer_kind", choices=buyers, empty=Q(buyer_kind="")),
        Choice("city", _("City"), path="city", url_name="clients:city-list", pattern=".+"),
        Choice("region", _("Region"), path="region", url_name="clients:region-list", pattern=".+"),
        Choice(
            "contacts",
            _("Contacts"),
            choices=lambda here: [(key, str(label)) for key, label in CONTACTS],
            own=with_contacts,
            pattern="|".join(key for key, _label in CONTACTS),
            known=CONTACTS,
            reads=("clients.ContactEvent", "clients.CompletenessRules"),
        ),
        Choice(
            "needs",
            _("Open needs"),
            choices=lambda here: [("yes", gettext("yes")), ("no", gettext("no"))],
            own=in_need,
            watches=("clients.Need",),
        ),
        Choice(
            "objected",
            _("Objected within a year"),
            choices=known_objections,
            own=objected,
            pattern=NUMBER,
            reads=("clients.Objection",),
        ),
        Choice(
            "complete",
            _("What is known"),
            choices=lambda here: [(key, str(label)) for key, label in KNOWN_ENOUGH],
            own=known_enough,
            pattern="|".join(key for key, _label in KNOWN_ENOUGH),
            known=KNOWN_ENOUGH,
            reads=COMPLETENESS_READS,
        ),
        NumberRange("completeness", _("Completeness, %"), path="standing__completeness", reads=COMPLETENESS_READS),
        NumberRange("correctness", _("Correctness, %"), path="standing__correctness", reads=COMPLETENESS_READS),
        Choice(
            "entities",
            _("Legal entities"),
            choices=lambda here: [(key, str(label)) for key, label in HOLDINGS],
            own=of_holding,
        ),
        DateRange("created", _("Created"), path="created_on", presets=CREATED),
        Linked(
            "imported",
            _("Import"),
            rows=touched.by,
            says=lambda value: (gettext("Import"), f"№ {value}"),
            reads=("clients.IntakeRow", "clients.Shipment"),
        ),
        Ids("ids", _("Chosen clients")),
    ]


BOUGHT = (
    ("-1m..", _("within a month")),
    ("-3m..", _("within 3 months")),
    ("..-1m", _("none for a month")),
    ("..-3m", _("none for 3 months")),
    ("..-6m", _("none for 6 months")),
    ("..-12m", _("none for a year")),
    ("none", _("never")),
)
HAND_OVER = (
    ("..+0d", _("due already")),
    ("..+5d", _("within 5 days")),
    ("..+10d", _("within 10 days")),
    ("..+30d", _("within 30 days")),
    ("any", _("any day is set")),
    ("none", _("no day is set")),
)
CREATED = (("-1m..", _("within a month")), ("-3m..", _("within 3 months")), ("-12m..", _("within a year")))


@cache
def filters() -> Sequence[Filter]:
    """All filters: the room's, and those other rooms add for people or for links (settings.CLIENT_FILTERS)."""
    found = own_filters()
    for module in settings.CLIENT_FILTERS:
        room = import_module(module)
        found += room.offered()
        for name, rows in room.FILTERS.items():
            found.append(Linked(name, room.NAMES[name], rows=rows, says=partial(room.label, name)))
    return found


def _money(row: ClientRow) -> Decimal:
    return row.standing.turnover.quantize(CENT)


COLUMNS = (
    Column("name", _("Client"), lambda row: row.client.name, sort="name", fixed=True),
    Column(
        "cls", _("Class"), lambda row: f"{row.standing.abc}{row.standing.xyz}" + (" TOP" if row.standing.top else "")
    ),
    Column("state", pgettext_lazy("client", "State"), lambda row: str(row.standing.get_life_cycle_display())),
    Column("turnover", _("Turnover, 12 mo"), _money, sort="turnover", number=True),
    Column("change", _("vs last year"), lambda row: row.change and row.change.quantize(Decimal("0.001")), number=True),
    Column("months", _("12 months"), lambda row: " ".join(format(month, "f") for month in row.year)),
    Column("bought", _("Shipment"), lambda row: row.standing.last_purchase_on, sort="bought", number=True),
    Column("expected", _("Expected"), lambda row: row.standing.expected_on, sort="expected", number=True),
    Column("handover", _("Hand-over"), lambda row: row.standing.hand_over_on, sort="handover"),
    Column(
        "contact_due",
        _("Contact due"),
        lambda row: row.standing.contact_due_on,
        sort="contact_due",
        number=True,
        shown=False,
    ),
    Column(
        "last_contact",
        _("Last contact"),
        lambda row: row.standing.last_contact_on,
        sort="last_contact",
        number=True,
        shown=False,
    ),
    Column(
        "next_task", _("Next task"), lambda row: row.standing.next_task_on, sort="next_task", number=True, shown=False
    ),
    Column("owner", _("Owner"), lambda row: row.owner.short_name),
    Column("branch", _("Branch"), lambda row: row.client.branch.name, shown=False, field="branch"),
    Column("city", _("City"), lambda row: row.client.city, shown=False, field="city"),
    Column("region", _("Region"), lambda row: row.client.region, shown=False, field="region"),
    Column(
        "type", _("Type"), lambda row: str(row.client.segment or ""), shown=False, field="segment", beside="type_reason"
    ),
    Column("entities", _("Legal entities"), lambda row: row.entities, number=True, shown=False),
    Column("potential", _("Old potential"), lambda row: row.client.legacy_potential, shown=False),
    Column("inn", _("INN"), lambda row: row.inn, shown=False),
    Column(
        "completeness",
        _("Completeness, %"),
        lambda row: row.standing.completeness,
        sort="completeness",
        number=True,
        shown=False,
    ),
    Column(
        "correctness",
        _("Correctness, %"),
        lambda row: row.standing.correctness,
        sort="correctness",
        number=True,
        shown=False,
    ),
    Column("created", _("Created"), lambda row: row.client.created_on, sort="created", number=True, shown=False),
)
SORTS = (
    Sort("turnover", "standing__turnover", "standing__client"),
    Sort("bought", "standing__last_purchase_on", "standing__client", nullable=True),
    Sort("expected", "standing__expected_on", "standing__client", nullable=True),
    Sort("handover", "standing__hand_over_on", "standing__client", nullable=True),
    Sort("contact_due", "standing__contact_due_on", "standing__client", nullable=True),
    Sort("last_contact", "standing__last_contact_on", "standing__client", nullable=True),
    Sort("next_task", "standing__next_task_on", "standing__client", nullable=True),
    Sort("name", "name_sort"),
    Sort("completeness", "standing__completeness", "standing__client", nullable=True),
    Sort("correctness", "standing__correctness", "standing__client", nullable=True),
    Sort("created", "created_on"),
)
CLIENTS = ListSpec("clients", COLUMNS, SORTS, "-turnover", filters, find.condition, url_name="clients:client-list")
