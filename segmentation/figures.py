"""Read side: the matrix of a day, movement between two days, the TOP list of a day, always within a set of clients.

Every function takes the clients a person sees, so totals and shares are those of the person's own list (R199).
Money is net turnover of the window in base currency; shares are fractions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, FilteredRelation, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Concat

from clients.models import Client
from salescrm.base.models import StepRun, StepState
from segmentation.models import Classification, RuleSet, TopMembership

ABC = ("A", "B", "C")
XYZ = ("X", "Y", "Z")
NONE = "-"
HEAT = ((Decimal("0.30"), 5), (Decimal("0.10"), 4), (Decimal("0.05"), 3), (Decimal("0.02"), 2))
AXES = {"abc": ABC, "xyz": XYZ, "cell": tuple(a + x for a in ABC for x in XYZ)}


def last_night() -> date | None:
    """Return the newest night that is done (its journal row stands), None before the first one."""
    last: date | None = _done_nights().aggregate(last=Max("as_of"))["last"]
    return last


def first_night() -> date | None:
    """Return the oldest night that is done."""
    first: date | None = _done_nights().aggregate(first=Min("as_of"))["first"]
    return first


def _done_nights() -> QuerySet[StepRun]:
    return StepRun.objects.filter(step="journal").exclude(state=StepState.FAILED)


def rules_on(as_of: date) -> RuleSet | None:
    """Return the rule set in force in the night `as_of`, None before the first one."""
    return RuleSet.objects.filter(effective_from__lte=as_of).order_by("-effective_from").first()


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Return part ÷ whole, None when there is nothing to divide by."""
    return Decimal(part) / Decimal(whole) if whole else None


def heat(value: Decimal | None) -> int:
    """Return the depth of colour 1-5 for a share, 0 for none."""
    if not value or value <= 0:
        return 0
    return next((level for limit, level in HEAT if value >= limit), 1)


@dataclass
class Cell:
    """Clients of one cell or of a sum of cells: how many, their turnover, both as shares."""

    abc: str = ""
    xyz: str = ""
    clients: int = 0
    turnover: Decimal = Decimal(0)
    share_of_base: Decimal | None = None
    share_of_turnover: Decimal | None = None
    is_top: bool = False
    heat: int = 0
    url: str = ""
    words: str = ""
    more_clients: int | None = None
    more_turnover: Decimal | None = None

    @property
    def name(self) -> str:
        """Two letters, a dash for a missing one."""
        return (self.abc or NONE) + (self.xyz or NONE)


@dataclass
class MatrixRow:
    """The cells of one ABC letter and their sum."""

    letter: str
    cells: list[Cell]
    total: Cell
    words: str = ""


@dataclass
class Matrix:
    """ABC × XYZ of a day; the base is the clients with a purchase in the window."""

    as_of: date
    rows: list[MatrixRow]
    columns: list[Cell]
    without_letters: Cell
    total: Cell
    has_half_letters: bool
    window: tuple[date, date] | None = None
    rules: RuleSet | None = None
    top: dict[str, Any] = field(default_factory=dict)

    @property
    def with_letters(self) -> Cell:
        """Sum of the clients with an ABC letter."""
        return _add(row.total for row in self.rows)

    def shown(self, by: str) -> Matrix:
        """Colour the cells by share of `clients` or of turnover."""
        for cell in (cell for row in self.rows for cell in row.cells):
            cell.heat = heat(cell.share_of_base if by == "clients" else cell.share_of_turnover)
        return self


def matrix(clients: QuerySet[Client], as_of: date) -> Matrix:
    """Return the matrix of the night `as_of` over `clients`; it sums to those with a purchase in the window."""
    found = _cells(clients, as_of)
    rules = rules_on(as_of)
    base = sum(cell.clients for cell in found.values())
    money = sum((cell.turnover for cell in found.values() if cell.abc), Decimal(0))
    half = any(cell.abc and not cell.xyz for cell in found.values())
    letters = (*XYZ, "") if half else XYZ
    top_cells = set(rules.top_cells if rules else ())
    rows = []
    for abc in ABC:
        cells = [found.get(abc + (xyz or NONE), Cell(abc, xyz)) for xyz in letters]
        for cell in cells:
            cell.is_top = cell.name in top_cells
        rows.append(MatrixRow(abc, cells, _add(cells)))
    columns = [_add(row.cells[n] for row in rows) for n in range(len(letters))]
    for column, letter in zip(columns, letters, strict=True):
        column.xyz = letter
    corner = found.get(NONE + NONE, Cell())
    result = Matrix(as_of, rows, columns, corner, _add(found.values()), half, _window(as_of), rules)
    everything = [cell for row in rows for cell in (*row.cells, row.total)] + [*columns, corner, result.total]
    for cell in everything:
        cell.share_of_base = share(cell.clients, base)
        cell.share_of_turnover = share(cell.turnover, money)
    result.top = top_figures(clients, as_of, base, money)
    return result


def _cells(clients: QuerySet[Client], as_of: date) -> dict[str, Cell]:
    counted = (
        Classification.objects.at(as_of)
        .filter(client__in=clients.values("pk"))
        .order_by()
        .values("abc", "xyz")
        .annotate(n=Count("pk"), money=Sum("turnover"))
    )
    cells = [Cell(row["abc"], row["xyz"], row["n"], row["money"]) for row in counted]
    return {cell.name: cell for cell in cells}


def _add(cells: Iterable[Cell]) -> Cell:
    listed = list(cells)
    return Cell(clients=sum(c.clients for c in listed), turnover=sum((c.turnover for c in listed), Decimal(0)))


def _window(as_of: date) -> tuple[date, date] | None:
    row = Classification.objects.at(as_of).values_list("window_start", "window_end").order_by("-since").first()
    return (row[0], row[1]) if row else None


def top_figures(clients: QuerySet[Client], as_of: date, base: int, money: Decimal) -> dict[str, Any]:
    """Return size of the TOP list of `as_of` within `clients`, and its shares of base and turnover."""
    members = TopMembership.objects.at(as_of).filter(client__in=clients.values("pk")).values("client")
    lettered = Classification.objects.at(as_of).filter(client__in=members).exclude(abc="")
    turnover = lettered.aggregate(sum=Coalesce(Sum("turnover"), Decimal(0)))["sum"]
    count = members.count()
    return {
        "clients": count,
        "turnover": turnover,
        "share_of_base": share(count, base),
        "share_of_turnover": share(turnover, money),
    }


@dataclass
class Move:
    """Clients that were in one class and are in another: how many, and their turnover before and after."""

    before: str
    after: str
    clients: int = 0
    money_before: Decimal = Decimal(0)
    money_after: Decimal = Decimal(0)
    direction: str = ""
    heat: int = 0
    url: str = ""

    @property
    def money(self) -> Decimal:
        """Change of the window's turnover."""
        return self.money_after - self.money_before


@dataclass
class Movement:
    """From which class to which between two nights; clients in neither are not counted."""

    since: date
    until: date
    by: str
    letters: list[str]
    rows: list[tuple[str, list[Move], Move]]
    columns: list[Move]
    total: Move
    up: int
    down: int


def movement(clients: QuerySet[Client], since: date, until: date, by: str = "abc") -> Movement:
    """Return the movement from the night `since` to the night `until`; `by` is abc, xyz or cell."""
    letters = [*AXES[by], NONE]
    moves = _moves(clients, since, until, by)
    apart = sum(move.clients for move in moves.values() if move.before != move.after)
    for move in moves.values():
        move.direction = _direction(move, by)
        move.heat = heat(share(move.clients, apart)) if move.before != move.after else 0
    rows = []
    for before in letters:
        line = [moves.get((before, after), Move(before, after)) for after in letters]
        rows.append((before, line, _sum_moves(line)))
    columns = [_sum_moves([line[n] for _, line, _ in rows]) for n in range(len(letters))]
    listed = list(moves.values())
    return Movement(
        since, until, by, letters, rows, columns, _sum_moves(listed),
        up=sum(move.clients for move in listed if move.direction == "up"),
        down=sum(move.clients for move in listed if move.direction == "down"),
    )  # fmt: skip


def classes_of_two_days(clients: QuerySet[Client], since: date, until: date) -> QuerySet[Client]:
    """Join the class rows of two nights to clients as `was` and `became`."""
    return clients.annotate(was=_class_on(since), became=_class_on(until))


def _class_on(day: date) -> FilteredRelation:
    ended = Q(classifications__until__isnull=True) | Q(classifications__until__gt=day)
    return FilteredRelation("classifications", condition=Q(ended, classifications__since__lte=day))


def letter_of(relation: str, by: str) -> Any:
    """Return the expression of a client's letters on an axis; empty when there are none."""
    if by == "cell":
        return Concat(Coalesce(F(f"{relation}__abc"), Value("")), Coalesce(F(f"{relation}__xyz"), Value("")))
    return Coalesce(F(f"{relation}__{by}"), Value(""))


def _moves(clients: QuerySet[Client], since: date, until: date, by: str) -> dict[tuple[str, str], Move]:
    counted = (
        classes_of_two_days(clients, since, until)
        .filter(Q(was__isnull=False) | Q(became__isnull=False))
        .order_by()
        .values(before=letter_of("was", by), after=letter_of("became", by))
        .annotate(n=Count("pk"), had=Sum("was__turnover"), has=Sum("became__turnover"))
    )
    known = set(AXES[by])
    moves: dict[tuple[str, str], Move] = {}
    for row in counted:
        key = tuple(letter if letter in known else NONE for letter in (row["before"], row["after"]))
        move = moves.setdefault((key[0], key[1]), Move(key[0], key[1]))
        move.clients += row["n"]
        move.money_before += row["had"] or Decimal(0)
        move.money_after += row["has"] or Decimal(0)
    return moves


def _direction(move: Move, by: str) -> str:
    """Say whether a move is up or down; between cells only the ABC letter is compared, then XYZ."""
    order = [*AXES[by], NONE]
    before, after = order.index(move.before), order.index(move.after)
    if before == after:
        return ""
    return "up" if after < before else "down"


def _sum_moves(moves: list[Move]) -> Move:
    return Move(
        "",
        "",
        sum(move.clients for move in moves),
        sum((move.money_before for move in moves), Decimal(0)),
        sum((move.money_after for move in moves), Decimal(0)),
    )


def top_changes(clients: QuerySet[Client], since: date, until: date) -> QuerySet[TopMembership]:
    """Return memberships that began or ended in the nights (since, until], newest first."""
    began = Q(entered_on__gt=since, entered_on__lte=until)
    ended = Q(left_on__gt=since, left_on__lte=until)
    return (
        TopMembership.objects.filter(began | ended, client__in=clients.values("pk"))
        .select_related("client__standing")
        .order_by("-entered_on", "-turnover", "pk")
    )
