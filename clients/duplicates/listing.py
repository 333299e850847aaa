"""The list of likely duplicates: its filters and its order (R6)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from clients.models import DuplicateReason, Ownership, PairState, ReasonKind
from salescrm.base.lists.filters import Choice, Choices, Filter, Here, NumberRange, between
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.state import ListSpec
from staff.models import Employee

ME = "me"
LIKENESS = ("90..", "75..", "..74")


def _with_reason(value: str, here: Here) -> Q:
    return Q(Exists(DuplicateReason.objects.filter(pair=OuterRef("pk"), kind=value)))


def _owned(value: str, here: Here) -> Q:
    owner = here.person.pk if value == ME else int(value)
    clients = Ownership.objects.filter(owner=owner, ends_on__isnull=True).values("client")
    return Q(one__in=clients) | Q(other__in=clients)


def _owners(here: Here) -> Choices:
    people = Employee.people.owners().order_by("last_name", "first_name", "pk")
    return [(str(one.pk), one.short_name) for one in people]


def named(kinds: type[TextChoices]) -> Choices:
    """Return the values of a kind with their words."""
    return [(value, str(label)) for value, label in kinds.choices]


def filters() -> Sequence[Filter]:
    """Reason, likeness, owner of either client, state."""
    return [
        Choice("reason", _("Reason"), choices=lambda here: named(ReasonKind), own=_with_reason),
        NumberRange("likeness", _("Likeness"), path="likeness"),
        Choice("owner", _("Owner"), choices=_owners, own=_owned, pattern=r"me|\d{1,18}"),
        Choice("state", _("State"), choices=lambda here: named(PairState), path="state"),
    ]


PAIRS = ListSpec(
    "duplicates",
    (),
    (Sort("likeness", "likeness"), Sort("new", "found_on")),
    "-likeness",
    filters=filters,
    size=30,
)
JOININGS = ListSpec("joinings", (), (Sort("new", "id"),), "-new", size=30)


def options(here: Here) -> dict[str, list[tuple[str, str]]]:
    """Return what the fields of the filter offer."""
    owners = [(ME, str(_("me"))), *_owners(here)]
    return {
        "reason": named(ReasonKind),
        "likeness": [(value, between(*value.split(".."))) for value in LIKENESS],
        "owner": owners,
        "state": named(PairState),
    }
