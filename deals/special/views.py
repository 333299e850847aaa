"""Pages of special tasks: the list, a new one with its preview, one with its progress, its rows and their export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from clients.exports import heads as guardians
from clients.filters import CLIENTS
from deals.models import TaskState
from deals.sharing import numbers
from deals.special import actions
from deals.special.forms import FinishForm, SpecialTaskForm
from deals.special.models import SpecialKind, SpecialState, SpecialTask, SpecialTaskLine
from deals.special.querysets import SpecialTaskLineQuerySet, counts, overdue
from salescrm.base import clock, guard, show
from salescrm.base.lists import export as exporting
from salescrm.base.lists.filters import Here
from salescrm.base.lists.paging import Sort
from salescrm.base.lists.selection import MOST_TICKED
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff.access import Act, login_of, may, require
from staff.models import Employee

SPECIAL = ListSpec("special-tasks", (), (Sort("newest", "pk"),), "-newest", others=("tab",))
LINES = ListSpec("special-task-lines", (), (Sort("due", "pk"),), "due", others=("who", "state"))
READ = ("task__client", "task__assignee", "task__closed_by")


@dataclass(frozen=True)
class Progress:
    """What came of a special task so far, or of a person's part of it."""

    given: int = 0
    done: int = 0
    with_result: int = 0
    overdue: int = 0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Progress:
        """Read a row of counts."""
        return cls(row["given"], row["done"], row["with_result"], row["overdue"])

    @property
    def share(self) -> float | None:
        """Done of given, 0 to 1; None when nothing is given."""
        return self.done / self.given if self.given else None


@dataclass(frozen=True)
class Part:
    """A person's part: who, what came of it, the address of its rows."""

    person: Employee
    progress: Progress
    url: str


def sets(person: Employee) -> bool:
    """Say whether the person sets special or marketing tasks."""
    return may(person, Act.SET_SPECIAL_TASKS) or may(person, Act.SET_MARKETING_TASKS)


@require_GET
def special_list(request: HttpRequest) -> HttpResponse:
    """Show the special tasks a person sees, with what came of the lines the person sees."""
    person, today = login_of(request), clock.today()
    state = ListState.read(SPECIAL, request.GET, Here(person, today))
    found = SpecialTask.objects.visible_to(person, today)
    tabs = {
        "running": (pgettext("special tasks", "Running"), found.running()),
        "marketing": (pgettext("special tasks", "Marketing"), found.running().filter(kind=SpecialKind.MARKETING)),
        "closed": (pgettext("special tasks", "Closed"), found.exclude(state=SpecialState.RUNNING)),
        "all": (pgettext("special tasks", "All"), found),
    }
    chosen = request.GET.get("tab", "")
    chosen = chosen if chosen in tabs else "running"
    page = state.page(tabs[chosen][1])
    rows = SpecialTask.objects.select_related("author").in_bulk(page.ids)
    lines = SpecialTaskLine.objects.visible_to(person, today).filter(special_task__in=page.ids)
    counted = {row["special_task"]: Progress.of(row) for row in lines.values("special_task").annotate(**counts(today))}
    context = {
        "page_title": _("Special tasks"),
        "found": [(rows[pk], counted.get(pk, Progress())) for pk in page.ids],
        "pager": state.pager(page),
        "tabs": [
            {"label": word, "url": f"?tab={key}", "current": key == chosen} for key, (word, _rows) in tabs.items()
        ],
        "may_set": sets(person),
        "today": today,
    }
    return render(request, "special/list.html", context)


@require_GET
def special_of(request: HttpRequest) -> HttpResponse:
    """Lead from the selection of the list of clients to the form; it opens dialogs: htmx is told to go on."""
    person = login_of(request)
    _require_setter(person)
    params = request.GET.copy()
    if ticked := numbers(params, "ids")[:MOST_TICKED]:
        params["ids"] = ",".join(str(one) for one in ticked)
    query = ListState.read(CLIENTS, params, Here(person, clock.today())).query(sort=None, cols=None, whole=True)
    address = f"{reverse('deals:special-new')}?{urlencode({'listed': query})}"
    return HttpResponse(headers={"HX-Redirect": address}) if request.htmx else redirect(address)  # type: ignore[attr-defined] # django-htmx


@require_http_methods(["GET", "POST"])
def special_new(request: HttpRequest) -> HttpResponse:
    """Fill the form, look who gets how many tasks, then make them; another choice than the seen one is shown again."""
    person, today = login_of(request), clock.today()
    _require_setter(person)
    listed = request.GET.get("listed")
    form = SpecialTaskForm(posted(request), person=person, today=today, listed=listed)
    context: dict[str, Any] = {"page_title": _("New special task"), "form": form, "listed": listed}
    if listed is not None:
        state = ListState.read(CLIENTS, QueryDict(listed), Here(person, today))
        context["list_url"] = f"{reverse('clients:client-list')}?{listed}"
        context["chips"] = [f"{chip['label']}: {chip['value']}" for chip in state.chips()] + [state.q] * bool(state.q)
    if form.is_bound and form.is_valid():
        try:
            choice = form.choice()
            if request.POST.get("act") == "give" and form.cleaned_data["seen"] == choice.print:
                made = actions.give(
                    fields=form.row, choice=choice, submission=form.cleaned_data["submission"], acting_user=person,
                    now=clock.now(), words=form.words,
                )  # fmt: skip
                words = ngettext("%s task is set", "%s tasks are set", choice.count)
                toast(request, words % show.number(choice.count))
                return redirect("deals:special-task", made.pk)
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            context["changed"] = request.POST.get("act") == "give"
            context["choice"] = choice
            context["parts"] = _parts_of(choice)
            sent = request.POST.copy()
            sent["seen"] = choice.print
            form.data = sent
    return render(request, "special/new.html", context, status=422 if form.errors else 200)


@require_GET
def special_task(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one: what is wanted, what came of it by person, its rows by person and state."""
    person, today = login_of(request), clock.today()
    found = _seen(person, pk)
    lines = _lines(found, person)
    state = ListState.read(LINES, request.GET, Here(person, today))
    narrowed, told = _narrowed(lines, request)
    page = state.page(narrowed)
    rows = SpecialTaskLine.objects.select_related(*READ).in_bulk(page.ids)
    counted = lines.by_person(today)
    people = Employee.people.in_bulk([row["task__assignee"] for row in counted])
    parts = []
    for row in counted:
        who = row["task__assignee"]
        parts.append(Part(people[who], Progress.of(row), f"?{urlencode({'who': who})}"))
    whole = Progress.of(lines.aggregate(**counts(today)))
    context = {
        "page_title": found.name,
        "special": found,
        "parts": parts,
        "whole": whole,
        "percent": "–" if whole.share is None else show.percent(whole.share),
        "late_tone": "bad" if whole.overdue else "",
        "rows": [rows[line] for line in page.ids],
        "pager": state.pager(page),
        "total": narrowed.count(),
        "tabs": [
            {"label": word, "url": f"?{_query(told | {'state': key})}", "current": key == told["state"]}
            for key, word in _states().items()
        ],
        "who": next((part.person for part in parts if str(part.person.pk) == told["who"]), None),
        "all_url": f"?{_query(told | {'who': ''})}",
        "xlsx": f"{reverse('deals:special-export', args=[pk])}?{_query(told)}",
        "may_change": found.is_running and SpecialTask.objects.changeable_by(person, today).filter(pk=pk).exists(),
        "may_export": may(person, Act.EXPORT),
        "today": today,
    }
    return render(request, "special/special_task.html", context)


@require_GET
def special_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the rows of the page, as they are filtered, as a workbook."""
    person = login_of(request)
    require(person, Act.EXPORT)
    found = _seen(person, pk)
    rows, told = _narrowed(_lines(found, person), request)
    heads = [_("Client"), _("Who does it"), _("Due on"), pgettext("task", "State"), _("Result"), _("Closed")]
    with TemporaryDirectory() as place:
        path = Path(place) / "special.xlsx"
        exporting.write_table(path, "xlsx", heads, _cells(rows))
        content = path.read_bytes()
    asked = {"url": reverse("deals:special-task", args=[pk]), "query": _query(told), "form": "xlsx"}
    guard.exported(person, screen="special-task", rows=rows.count(), heads=guardians, **asked)
    answer = HttpResponse(content, content_type=exporting.FORMATS["xlsx"])
    answer.headers["Content-Disposition"] = f'attachment; filename="special-task-{pk}.xlsx"'
    return answer


@require_http_methods(["GET", "POST"])
def special_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close it: what is not done by now is dropped, what is done counts."""
    return _finish(request, pk, SpecialState.CLOSED, _("Close the special task"))


@require_http_methods(["GET", "POST"])
def special_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel it: it need not be done any more."""
    return _finish(request, pk, SpecialState.CANCELLED, _("Cancel the special task"))


def _finish(request: HttpRequest, pk: int, state: SpecialState, title: str) -> HttpResponse:
    """Ask for the reason, then drop the open tasks and close the special task."""
    person, today = login_of(request), clock.today()
    found = _seen(person, pk)
    if not SpecialTask.objects.changeable_by(person, today).filter(pk=pk).exists():
        raise PermissionDenied
    form = FinishForm(posted(request), initial={"seen": found.version})
    if form.is_bound and form.is_valid():
        try:
            dropped = actions.finish(
                special_task=found, state=state, acting_user=person, now=clock.now(), **form.cleaned_data
            )
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            words = ngettext("%s open task is dropped", "%s open tasks are dropped", dropped)
            toast(request, words % show.number(dropped))
            url = reverse("deals:special-task", args=[pk])
            if request.htmx:  # type: ignore[attr-defined] # django-htmx
                return HttpResponse(headers={"HX-Redirect": url})
            return redirect(url)
    context = {"page_title": title, "form": form, "submit_label": title}
    return render(request, "deals/deal_form.html", context, status=422 if form.errors else 200)


def _require_setter(person: Employee) -> None:
    if not sets(person):
        raise PermissionDenied


def _seen(person: Employee, pk: int) -> SpecialTask:
    rows = SpecialTask.objects.visible_to(person, clock.today()).select_related("author", "closed_by")
    return get_object_or_404(rows, pk=pk)


def _lines(found: SpecialTask, person: Employee) -> SpecialTaskLineQuerySet:
    lines: SpecialTaskLineQuerySet = SpecialTaskLine.objects.visible_to(person, clock.today())
    return lines.filter(special_task=found)


def _states() -> dict[str, str]:
    return {
        "": pgettext("special task", "All rows"),
        "open": pgettext("special task", "To be done"),
        "overdue": pgettext("special task", "Overdue"),
        "done": pgettext("special task", "Done"),
        "cancelled": pgettext("special task", "Dropped"),
    }


def _narrowed(lines: SpecialTaskLineQuerySet, request: HttpRequest) -> tuple[SpecialTaskLineQuerySet, dict[str, str]]:
    """Keep the rows of a person and a state the address asks for; what makes no sense is left out."""
    who, state = request.GET.get("who", ""), request.GET.get("state", "")
    who = who if who.isdecimal() and len(who) < 10 else ""
    state = state if state in _states() else ""
    if who:
        lines = lines.filter(task__assignee=int(who))
    if state == "overdue":
        lines = lines.filter(overdue(clock.today()))
    elif state:
        lines = lines.filter(task__state=state)
    return lines, {"who": who, "state": state}


def _query(told: dict[str, str]) -> str:
    return urlencode({name: value for name, value in told.items() if value})


def _cells(rows: SpecialTaskLineQuerySet) -> Iterator[list[exporting.Cell]]:
    states = dict(TaskState.choices)
    for line in rows.select_related(*READ).order_by("pk").iterator():
        task = line.task
        closed = localtime(task.closed_at).date() if task.closed_at else None
        client = task.client.name if task.client else ""
        yield [client, task.assignee.short_name, task.due_on, str(states[task.state]), task.result, closed]


def _parts_of(choice: actions.Choice) -> list[tuple[Employee, int]]:
    """Name who gets how many tasks, the most first."""
    people = Employee.people.in_bulk(list(choice.by_person))
    return [(people[pk], number) for pk, number in choice.by_person.most_common()]
