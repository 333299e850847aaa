"""How far the regrouping is: per manager, how many clients have a type set through the questionnaire (R20, R33)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse

from clients.models import LifeCycle, Ownership, TypeChoice
from clients.querysets import ClientQuerySet
from staff.models import Employee


@dataclass(frozen=True)
class Line:
    """A manager's clients: all, with the type set through the questionnaire, without any type."""

    person: Employee | None
    total: int
    done: int
    untyped: int
    url: str

    @property
    def share(self) -> Decimal:
        """The part done."""
        return Decimal(self.done) / self.total if self.total else Decimal(0)

    @property
    def left(self) -> int:
        """How many are to be done."""
        return self.total - self.done


def lines(clients: ClientQuerySet) -> list[Line]:
    """Count the clients of each owner, who has most to do first; archived clients are not regrouped."""
    counted = clients.exclude(standing__life_cycle=LifeCycle.ARCHIVED)
    held = TypeChoice.objects.holding().filter(client=OuterRef("client"), segment=OuterRef("client__segment"))
    rows = (
        Ownership.objects.filter(ends_on__isnull=True, client__in=counted.values("pk"))
        .annotate(is_done=Exists(held))
        .order_by()
        .values("owner")
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=Q(is_done=True)),
            untyped=Count("pk", filter=Q(client__segment__isnull=True)),
        )
        .order_by(F("done") - F("total"), "owner")
    )
    found = list(rows)
    people = Employee.objects.in_bulk([row["owner"] for row in found])
    return [
        Line(people[row["owner"]], row["total"], row["done"], row["untyped"], to_do_url(str(row["owner"])))
        for row in found
    ]


def total(found: list[Line]) -> Line:
    """Add the lines up."""
    return Line(
        None, sum(one.total for one in found), sum(one.done for one in found), sum(one.untyped for one in found),
        to_do_url(""),
    )  # fmt: skip


def to_do_url(owner: str) -> str:
    """Link to the clients not done yet: of one owner, or of all."""
    narrowed = {"owner": owner} if owner else {}
    states = [str(one) for one in LifeCycle.values if one != LifeCycle.ARCHIVED]
    query = urlencode({**narrowed, "regrouped": "no", "state": states}, doseq=True)
    return f"{reverse('clients:client-list')}?{query}"


def by_segment(clients: ClientQuerySet) -> dict[int | None, int]:
    """Count clients by their type; those without one under None."""
    counted = clients.order_by().values("segment").annotate(n=Count("pk"))
    return {row["segment"]: row["n"] for row in counted}
