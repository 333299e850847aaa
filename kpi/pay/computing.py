"""Sheets of a month: reckoned anew while it is open, written once when it is closed, read ever after (R265)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Prefetch

from kpi.measures.models import Month
from kpi.pay import rules
from kpi.pay.facts import Facts
from kpi.pay.models import Part, PayComponent, PayScheme, PaySheet, PaySheetLine, SchemeState
from salescrm.base.periods import add_months, month_end
from staff import calendar
from staff.access import Role
from staff.models import Employee
from staff.querysets import employed

MONTHS_BEFORE = 3  # whose mean the transition guarantee looks at
COPIED = ("indicator", "part", "way", "rate", "weight", "is_permanent", "scale", "floor", "cap", "steps")
NOUGHT = Decimal(0)


@dataclass
class Given:
    """What is supposed instead of what is known, by indicator: a fact, a target."""

    facts: Mapping[int, Decimal] = field(default_factory=dict)
    targets: Mapping[int, Decimal] = field(default_factory=dict)


NOTHING = Given()


@dataclass
class Sheet:
    """A sheet and its lines, stored or just reckoned."""

    row: PaySheet
    lines: list[PaySheetLine]

    def of(self, part: str) -> list[PaySheetLine]:
        """Return the lines of a part of the pay."""
        return [line for line in self.lines if line.part == part]

    @property
    def is_kept(self) -> bool:
        """Say whether it is stored."""
        return self.row.pk is not None


def schemes(month: date, positions: Iterable[int] | None = None) -> dict[int, list[PayScheme]]:
    """Return the approved schemes of positions that began by `month`, the one in force first: two queries."""
    found = PayScheme.objects.filter(state=SchemeState.APPROVED, month__lte=month).select_related("position")
    if positions is not None:
        found = found.filter(position__in=set(positions))
    components = PayComponent.objects.select_related("indicator").order_by("-part", "pk")
    by_position: dict[int, list[PayScheme]] = {}
    for one in found.order_by("-month", "-pk").prefetch_related(Prefetch("components", queryset=components)):
        by_position.setdefault(one.position_id, []).append(one)
    return by_position


def reckon(
    month: date,
    people: Sequence[Employee],
    *,
    given: Given = NOTHING,
    instead: PayScheme | None = None,
) -> list[Sheet]:
    """Return the sheets of people for a month as the results stand, unsaved; who has no scheme has none.

    `given` and `instead` (a scheme for its position) answer "what if": nothing is written here in any case. The number
    of queries does not depend on the number of people.
    """
    months = [add_months(month, -number) for number in range(1, MONTHS_BEFORE + 1)]
    by_position = schemes(month, {one.position_id for one in people if one.position_id})
    facts = Facts(month, months)
    days = _days(month, people)
    kept: dict[int, dict[date, Decimal]] = {}
    for employee, at, total in PaySheet.objects.filter(month__in=months, employee__in=people).values_list(
        "employee", "month", "total"
    ):
        kept.setdefault(employee, {})[at] = total
    found = []
    for person in people:
        own = by_position.get(person.position_id or 0, [])
        scheme = instead if instead is not None and instead.position_id == person.position_id else next(iter(own), None)
        if scheme is not None:
            before = _before(person, scheme, own, months, kept.get(person.pk, {}), facts)
            found.append(_sheet(month, person, scheme, facts, given, before, days[person.pk]))
    return found


def _line(component: PayComponent, person: Employee, facts: Facts, given: Given) -> PaySheetLine:
    indicator = component.indicator
    fact = given.facts.get(indicator.pk, facts.fact(indicator, person))
    target = given.targets.get(indicator.pk, component.target or facts.target(indicator, person))
    earned = rules.earned(component.terms, fact, target)
    line = PaySheetLine(target=target, fact=fact, share=earned.share, attained=earned.attained)
    for name in COPIED:
        setattr(line, name, getattr(component, name))
    line.amount = earned.amount if component.part == Part.VARIABLE else NOUGHT
    return line


def _days(month: date, people: Iterable[Employee]) -> dict[int, tuple[int, int]]:
    """Return the working days each was employed in a month, and those of the branch; one query."""
    calendars = calendar.by_branch({one.branch_id for one in people})
    whole = [month + timedelta(days=n) for n in range(month_end(month).day)]
    worked = {branch: [day for day in whole if own.is_working(day)] for branch, own in calendars.items()}
    return {
        one.pk: (sum(one.was_employed(day) for day in worked[one.branch_id]), len(worked[one.branch_id]))
        for one in people
    }


def _sheet(
    month: date, person: Employee, scheme: PayScheme, facts: Facts, given: Given, before: Decimal | None,
    days: tuple[int, int],
) -> Sheet:  # fmt: skip
    lines = [_line(one, person, facts, given) for one in scheme.components.all()]
    soft = [line for line in lines if line.part == Part.SOFT]
    score = rules.score([(line.weight, line.attained) for line in soft])
    fixed, soft_base = (rules.for_days(amount, *days) for amount in (scheme.fixed_salary, scheme.soft_salary))
    row = PaySheet(
        month_id=month, employee=person, branch_id=person.branch_id, scheme=scheme, fixed=fixed,
        days_employed=days[0], days_of_month=days[1],
        soft_base=soft_base, soft_score=score, soft=rules.soft(soft_base, score, scheme.soft_least),
        variable=sum((line.amount for line in lines), NOUGHT), legacy=_old(month, person, scheme, facts),
    )  # fmt: skip
    _share_soft(row, soft)
    earned = row.fixed + row.soft + row.variable
    if scheme.guarantees(month):
        row.guaranteed_from = None if before is None else rules.for_days(before, *days)
        row.guarantee = rules.topped_up(earned, row.guaranteed_from, scheme.guarantee_share)
    row.total = earned + row.guarantee
    return Sheet(row, lines)


def _share_soft(row: PaySheet, lines: list[PaySheetLine]) -> None:
    """Show what each criterion brings of the soft salary paid; the last one takes what rounding leaves."""
    parts = [line.weight * min(line.attained or NOUGHT, rules.WHOLE) for line in lines]
    whole, left = sum(parts, NOUGHT), row.soft
    judged = [(line, part) for line, part in zip(lines, parts, strict=True) if part]
    for number, (line, part) in enumerate(judged, 1):
        line.amount = left if number == len(judged) else rules.money(row.soft * part / whole)
        left -= line.amount


def _before(
    person: Employee, scheme: PayScheme, own: list[PayScheme], months: list[date], kept: dict[date, Decimal],
    facts: Facts,
) -> Decimal | None:  # fmt: skip
    """Return the mean pay of the months before the scheme began: sheets kept, else the old formula's (R262)."""
    found = []
    for at in months:
        old = _old(at, person, scheme, facts) if not any(one.month <= at for one in own) else None
        amount = kept.get(at, old)
        if at < scheme.month and amount is not None:
            found.append(amount)
    return rules.money(sum(found, NOUGHT) / len(found)) if found else None


def _old(month: date, person: Employee, scheme: PayScheme, facts: Facts) -> Decimal | None:
    """Return the pay by the old formula (R263); the recovery manager's is a percentage of what came back."""
    if scheme.legacy_salary is None:
        return None
    salary, percent = scheme.legacy_salary, scheme.legacy_percent
    if scheme.position.role == Role.BDM_RECOVERY:
        returned = facts.own(month, "recovered_turnover", person)
        return rules.legacy(salary, percent, returned, NOUGHT, rules.WHOLE, rules.WHOLE)
    orders = (facts.own(month, "documents", person), facts.whole(month, "documents"))
    return rules.legacy(salary, percent, facts.whole(month, "turnover"), facts.planned(month), *orders)


def freeze(month: date) -> int:
    """Write the sheets of a month about to be closed, in the transaction that closes it; a closed month is left alone.

    Sheets of an earlier closing of a month that was opened again are replaced. Returns the number of sheets.
    """
    if Month.objects.select_for_update(of=("self",)).get(pk=month).is_closed:
        return 0
    people = list(Employee.objects.filter(employed(month, month_end(month)), position__isnull=False).order_by("pk"))
    sheets = reckon(month, people)
    PaySheetLine.objects.filter(month=month).delete()
    PaySheet.objects.filter(month=month).delete()
    PaySheet.objects.bulk_create([one.row for one in sheets])
    for one in sheets:
        for line in one.lines:
            line.sheet, line.month_id = one.row, month
    PaySheetLine.objects.bulk_create([line for one in sheets for line in one.lines])
    return len(sheets)
