"""How far people have come by the indicators of their positions in a month (R233)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kpi.indicators.attainment import overall, share
from kpi.indicators.models import SetLine
from kpi.indicators.reading import counts_as, value
from kpi.measures import declared
from kpi.pay.facts import Facts
from staff.access import Figures, figures
from staff.models import Employee


@dataclass(frozen=True)
class Cell:
    """What a person has of a line: fact and target in the measure's unit, what their share counts as (1 = 100 %)."""

    line: SetLine
    fact: Decimal | None
    target: Decimal | None

    @property
    def found(self) -> Decimal | None:
        """The share of the target that is reached; None without a target or a fact."""
        if self.fact is None or self.target is None:
            return None
        return share(self.fact, self.target, falls=self.measure.falls)

    @property
    def counts(self) -> Decimal | None:
        """What the share counts as by the scale of the line."""
        return counts_as(self.line, self.found)

    @property
    def measure(self) -> declared.Measure:
        """What is measured."""
        return declared.BY_CODE[self.line.indicator.measure]

    @property
    def fact_words(self) -> str:
        """The fact in its unit."""
        return value(self.measure, self.fact)

    @property
    def target_words(self) -> str:
        """The target in its unit."""
        return value(self.measure, self.target)


@dataclass(frozen=True)
class Row:
    """A person by the lines of the set, and the weighted whole."""

    person: Employee
    cells: list[Cell] = field(default_factory=list)

    @property
    def whole(self) -> Decimal | None:
        """The weighted mean of what is known; None when nothing is."""
        return overall([(one.line.weight, one.counts) for one in self.cells])


def seen_people(viewer: Employee) -> list[int] | None:
    """Return whom the matrix lets `viewer` see the figures of; None: everybody."""
    seen = figures(viewer)
    if seen == Figures.ALL:
        return None
    if seen == Figures.BRANCH:
        return list(Employee.objects.filter(branch=viewer.branch_id).values_list("pk", flat=True))
    return [] if seen in (Figures.NOTHING, Figures.COMPANY) else [viewer.pk]


def of_people(people: Sequence[Employee], lines: Sequence[SetLine], month: date) -> list[Row]:
    """Return how far each person has come by the lines of a set in a month: five queries, none without lines."""
    if not lines or not people:
        return [Row(one) for one in people]
    facts = Facts(month, [])
    return [
        Row(one, [Cell(line, facts.fact(line.indicator, one), facts.target(line.indicator, one)) for line in lines])
        for one in people
    ]
