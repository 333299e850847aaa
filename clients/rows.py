"""A client as lists, search and exports show it: names and figures brought together in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count

from clients.models import Client, LegalEntity, LifeCycle, Ownership, Standing
from staff.models import Employee

SILENT = (LifeCycle.ZERO, LifeCycle.LOST)
YEAR = 12  # months


@dataclass(frozen=True)
class ClientRow:
    """One client on `today`; `inn` joins the tax ids of its legal entities, `entities` counts them where it is read."""

    client: Client
    standing: Standing
    interval: Ownership
    inn: str
    today: date
    entities: int | None = None

    @property
    def owner(self) -> Employee:
        """Who answers for the client now."""
        return self.interval.owner

    @property
    def change(self) -> Decimal | None:
        """Turnover of the window against the one before, as a share; None without turnover before."""
        return change(self.standing.turnover, self.standing.turnover_before)

    @property
    def silent_months(self) -> int | None:
        """Full months since the last purchase of a zero or lost client."""
        if self.standing.life_cycle not in SILENT or self.standing.last_purchase_on is None:
            return None
        return months_between(self.standing.last_purchase_on, self.today)

    @property
    def is_late(self) -> bool:
        """Say whether the expected order did not come."""
        return self.standing.expected_on is not None and self.standing.expected_on < self.today

    @property
    def days_left(self) -> int | None:
        """Days until the hand-over; None when none runs."""
        due = self.standing.hand_over_on
        return None if due is None else (due - self.today).days

    @property
    def is_contact_late(self) -> bool:
        """Say whether the term of the contact norm is over."""
        return self.standing.contact_due_on is not None and self.standing.contact_due_on < self.today

    @property
    def completeness(self) -> Decimal | None:
        """What is known of what has to be known, as a share in whole per cent: cut, as 89.9 is not 90."""
        return whole(self.standing.completeness)

    @property
    def correctness(self) -> Decimal | None:
        """The same of what was verified in time."""
        return whole(self.standing.correctness)

    @property
    def year(self) -> list[Decimal]:
        """Turnover of the last 12 months, oldest first."""
        return list(self.standing.months[-YEAR:])

    @property
    def year_before(self) -> list[Decimal]:
        """Turnover of the 12 months before those."""
        return list(self.standing.months[-2 * YEAR : -YEAR])


def whole(per_cent: Decimal | None) -> Decimal | None:
    """Return per cent as a share, the rest after the whole ones cut off; None for None."""
    return None if per_cent is None else Decimal(int(per_cent)) / 100


def change(now: Decimal, before: Decimal) -> Decimal | None:
    """Growth of `now` over `before` as a share; None when there is nothing to compare with."""
    return now / before - 1 if before > 0 else None


def months_between(start: date, end: date) -> int:
    """Full months from `start` to `end`."""
    return max((end.year - start.year) * 12 + end.month - start.month - (end.day < start.day), 0)


OWNER = ("owner__username", "owner__first_name", "owner__last_name")
READ = (
    "name",
    "name_key",
    "city",
    "region",
    "created_on",
    "archived_on",
    "archive_reason",
    "legacy_potential",
    "owned_from",
    "standing",
)
NAMES = {"branch": ("branch__name",), "segment": ("segment__name", "segment__name_en")}


def hydrate(ids: Sequence[int], today: date, *, names: Sequence[str] = ("branch", "segment", "inn")) -> list[ClientRow]:
    """Read the clients of these ids, in this order: three queries whatever their number, four with `entities`.

    `names` says which of branch, type, tax ids and number of legal entities are read along (a list leaves out what it
    does not show).
    """
    joined = [name for name in names if name in NAMES]
    fields = [field for name in joined for field in NAMES[name]]
    clients = Client.objects.select_related("standing", *joined).only(*READ, *fields).in_bulk(list(ids))
    intervals = open_intervals(ids)
    inns = inns_of(ids) if "inn" in names else {}
    counts = entities_of(ids) if "entities" in names else {}
    found = [clients[one] for one in ids if one in clients and one in intervals]
    return [
        ClientRow(
            one,
            one.standing,
            intervals[one.pk],
            inns.get(one.pk, ""),
            today,
            counts.get(one.pk, 0) if "entities" in names else None,
        )
        for one in found
    ]


def open_intervals(ids: Iterable[int]) -> dict[int, Ownership]:
    """Return the present interval of ownership of each client, with its owner."""
    now = Ownership.objects.filter(client__in=list(ids), ends_on__isnull=True)
    intervals = now.select_related("owner").only("client_id", "starts_on", "reason", *OWNER)
    return {interval.client_id: interval for interval in intervals}


def entities_of(ids: Iterable[int]) -> dict[int, int]:
    """Return how many legal entities each client has (R2)."""
    counted = LegalEntity.objects.filter(client__in=list(ids)).order_by().values_list("client_id")
    return dict(counted.annotate(n=Count("pk")))


def inns_of(ids: Iterable[int]) -> dict[int, str]:
    """Return the tax ids of each client, joined."""
    found: dict[int, list[str]] = {}
    entities = LegalEntity.objects.filter(client__in=list(ids)).exclude(inn="").order_by("pk")
    for client, inn in entities.values_list("client_id", "inn"):
        found.setdefault(client, []).append(inn)
    return {client: ", ".join(dict.fromkeys(inns)) for client, inns in found.items()}
