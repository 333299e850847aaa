"""Totals of clients kept ready: exact sums by branch, owner, class, TOP and state, in one short question.

What `Tally` holds of each client stands in `Tallied`. Triggers (migration `tally`) note in `Untallied` every client
whose branch, owner, joining or Standing row changed; they only add rows, so no writer ever waits for another. The view
`TallyNow` is the sums, less what they hold of the noted clients, plus what those are now: read by one statement it is
exact at every moment, however long ago the notes were last worked off.
"""

from __future__ import annotations

from django.db import models

from salescrm.base import locks, sql
from staff.models import Branch, Employee


class Cell(models.Model):
    """What clients are summed by, and their turnover."""

    branch = models.ForeignKey(
        Branch, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    owner = models.ForeignKey(
        Employee, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    abc = models.CharField(max_length=1, blank=True)
    xyz = models.CharField(max_length=1, blank=True)
    top = models.BooleanField()
    life_cycle = models.CharField(max_length=10)
    turnover = models.DecimalField(max_digits=24, decimal_places=4)
    turnover_before = models.DecimalField(max_digits=24, decimal_places=4)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.branch_id} {self.owner_id} {self.abc}{self.xyz} {self.life_cycle}: {self.turnover}"


class Tally(Cell):
    """The sums over the clients of a cell when notes were last worked off; a cell all have left stays with zeros."""

    clients = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "branch", "abc", "xyz", "top", "life_cycle"], name="tally_once_per_cell"
            )
        ]


class Tallied(Cell):
    """What the sums hold of one client; joined clients are not in them."""

    client = models.OneToOneField(
        "clients.Client", primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )


class Untallied(models.Model):
    """A note that a client has changed since; written by triggers alone."""

    client = models.ForeignKey(
        "clients.Client", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.client_id}"


class TallyNow(Cell):
    """The view: rows to be summed, some of them negative."""

    clients = models.IntegerField()

    class Meta:
        managed = False
        db_table = "clients_tallynow"


def work_off() -> int:
    """Bring the sums up to date; return how many cells changed. Where somebody else is at it, nothing is done."""
    if not Untallied.objects.exists() or not locks.try_lock(locks.Key.TALLY):
        return 0
    return sql.run("clients", "tally_clients")
