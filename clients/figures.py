"""Totals of a selection of clients, kept until clients, owners or the night's results change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import BigIntegerField, Count, Func, Max, Model, Q, QuerySet, Sum

from clients.filters import ME, TEAM, filters, held, team
from clients.models import Client, LifeCycle, Standing, TallyNow
from clients.rows import change
from salescrm.base import sql
from salescrm.base.lists import paging, totals
from salescrm.base.lists.filters import Choice, Filter, Flag
from salescrm.base.lists.state import ListState
from staff.access import Rows, rows
from staff.models import Employee

if TYPE_CHECKING:
    from clients.querysets import ClientQuerySet

IN_CELLS = {"owner", "branch", "abc", "xyz", "top", "state"}  # filters that sums kept ready can answer
SEEN: dict[Rows, Callable[[Employee], dict[str, Any]]] = {  # and the reaches, as conditions on cells
    Rows.ALL: lambda person: {},
    Rows.BRANCH: lambda person: {"branch": person.branch_id},
    Rows.POTENTIAL: lambda person: {"life_cycle": LifeCycle.POTENTIAL},
}
TABLES = ("clients_client", "clients_ownership", "clients_standing", "clients_legalentity", "clients_participant")


def listed(state: ListState) -> ClientQuerySet:
    """The clients the person sees, narrowed by nothing yet, each with its Standing row."""
    return Client.objects.visible_to(state.here.person, state.here.today).filter(standing__isnull=False)


def of_selection(state: ListState) -> dict[str, Any]:
    """Count, turnover, turnover before, change and mean turnover of everything the state keeps."""
    cells = cells_of(state)
    if cells is not None:
        found = _aggregate_cells(cells)
    else:
        selection = {"rows": scope(state), "today": state.here.today.isoformat(), "keep": state.selection()}
        read, watched = _beside(state, "reads"), _beside(state, "watches")
        tables = [*TABLES, *(model._meta.db_table for model in [*read, *watched])]
        found = totals.kept("clients", selection, version(state, read, watched), tables, lambda: _sums(state))
    mean = found["turnover"] / found["clients"] if found["clients"] else 0
    return found | {"change": change(found["turnover"], found["before"]), "mean": mean}


def cells_of(state: ListState) -> QuerySet[TallyNow] | None:
    """The sums kept ready that make up what the state keeps; None when it asks for something they do not know."""
    reach = rows(state.here.person)
    if state.q or reach not in SEEN or not _asked(state) <= IN_CELLS or _sees_beyond(state):
        return None
    cells = TallyNow.objects.filter(**SEEN[reach](state.here.person))
    said = replace(state, filters=cell_filters(), groups=replace(state.groups, filters=cell_filters()))
    for condition in said.conditions():
        cells = cells.filter(condition)
    return cells


def _sees_beyond(state: ListState) -> bool:
    """Say whether the person sees clients that no condition on cells names: as participant or substitute."""
    person, today = state.here.person, state.here.today
    return rows(person) != Rows.ALL and Client.objects.all().beyond_reach(person, today).exists()


def _asked(state: ListState) -> set[str]:
    """The filters the state narrows by, alone or in groups."""
    return set(state.values).union(*(group.values for group in state.groups.groups))


def _beside(state: ListState, name: str) -> list[type[Model]]:
    """The tables of other rooms that the state's filters read: append-only ones (`reads`), or others (`watches`)."""
    labels = {label for key in _asked(state) for label in getattr(state.filters[key], name)}
    return [apps.get_model(label) for label in sorted(labels)]


@cache
def cell_filters() -> dict[str, Filter]:
    """The filters of the list as they are said of cells."""
    found: dict[str, Filter] = {}
    for one in filters():
        if isinstance(one, Choice) and one.key in IN_CELLS:
            empty = one.empty and Q(**{_of_cell(one.path): ""})
            found[one.key] = replace(one, path=_of_cell(one.path), empty=empty, own=one.own and held)
        elif isinstance(one, Flag) and one.key in IN_CELLS:
            found[one.key] = replace(one, path=_of_cell(one.path))
    return found


def _of_cell(path: str) -> str:
    return path.removeprefix("standing__")


def _aggregate_cells(cells: QuerySet[TallyNow]) -> dict[str, Any]:
    return cells.aggregate(
        clients=Sum("clients", default=0),
        turnover=Sum("turnover", default=0),
        before=Sum("turnover_before", default=0),
    )


def _sums(state: ListState) -> dict[str, Any]:
    if rows(state.here.person) == Rows.ALL and not state.q:
        asked = [_of_standing(condition) for condition in state.conditions()]
        narrow = [one for one in asked if one is not None]
        if len(narrow) == len(asked):
            return _aggregate(_present_standings().filter(*narrow), "")
    return _aggregate(whole(state), "standing__")


def whole(state: ListState) -> QuerySet[Client]:
    """Everything the state keeps, asked for so that all of it is read or counted at once, not a page."""
    seen = listed(state)
    if rows(state.here.person) == Rows.OWN:
        seen = seen.filter(pk__in=Client.objects.all().ids_worked_by(state.here.person, state.here.today))
    return state.narrow(seen, whole=True)


def _aggregate(found: QuerySet[Any], path: str) -> dict[str, Any]:
    return found.aggregate(
        clients=Count(f"{path}client"),
        turnover=Sum(f"{path}turnover", default=0),
        before=Sum(f"{path}turnover_before", default=0),
    )


def _present_standings() -> QuerySet[Standing]:
    """Standing rows of clients not joined into others: without the join, an index alone answers a million rows."""
    joined = Client.objects.filter(merged_into__isnull=False).values("pk")
    return Standing.objects.exclude(client__in=joined)


def _of_standing(asked: Q) -> Q | None:
    """Say a condition on clients as one on their Standing rows; None when it speaks of anything else."""
    said: list[Any] = []
    for child in asked.children:
        if isinstance(child, Q):
            inner = _of_standing(child)
            if inner is None:
                return None
            said.append(inner)
        elif isinstance(child, tuple) and child[0].startswith("standing__"):
            said.append((child[0].removeprefix("standing__"), child[1]))
        else:
            return None
    return Q(*said, _connector=asked.connector, _negated=asked.negated)


def count(state: ListState) -> int:
    """How many clients the state keeps."""
    return int(of_selection(state)["clients"])


def position(state: ListState, pk: int) -> int | None:
    """The place of a client in the list's order, from one; None when it is not in the list."""
    sort, descending = state.order
    kept = whole(state)
    here = kept.filter(pk=pk).values_list(sort.path, flat=True)[:1]
    return next((paging.count_before(kept, sort, descending=descending, key=key, row=pk) + 1 for key in here), None)


def scope(state: ListState) -> str:
    """Name the set of rows the person sees: equal texts see equal rows while the version holds."""
    person = state.here.person
    reach = rows(person)
    own = "" if reach == Rows.ALL else person.pk
    by_person = ("owner", "work", "participant")
    spoken = {text for name, texts in state.selection().items() if name.endswith(by_person) for text in texts}
    me = team(state.here) if TEAM in spoken else person.pk if ME in spoken else ""
    return f"{reach}:{own}:{me}"


def version(state: ListState, read: Sequence[type[Model]] = (), watched: Sequence[type[Model]] = ()) -> str:
    """The newest change of anything a list of clients depends on; `read` and `watched`: what its filters read beside.

    Of a table whose rows change the number of rows and the newest writer tell that it is another one.
    """
    (found,) = sql.rows("clients", "read_version", {"person": state.here.person.pk, "today": state.here.today})
    newest = [model._default_manager.aggregate(newest=Max("pk"))["newest"] for model in read]
    writer = Func(template="xmin::text::bigint", output_field=BigIntegerField())
    for model in watched:
        newest += model._default_manager.aggregate(rows=Count("pk"), newest=Max(writer)).values()
    return ".".join([str(found["version"]), *(str(one) for one in newest)])
