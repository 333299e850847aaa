"""Acts on tasks: set, correct, done, put off, give to another, cancel, take back; of one or of a selection."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients import changes
from clients.forms import plain
from clients.models import Client, Ownership
from clients.panels import Change
from deals import actions, home
from deals.actions import Changed
from deals.changes import changes_of
from deals.dealing.models import Deal
from deals.filters import TASKS
from deals.forms import CancelForm, CorrectTask, DoerForm, ResultForm, SnoozeForm, TaskForm, snooze_days, task_mark
from deals.models import Task
from deals.querysets import TaskQuerySet
from deals.rows import hydrate
from deals.views.listing import state_of
from deals.views.shared import TASK_UNDO, answered, keep_undo, refuse_unless_doer, workable
from salescrm.base import clock, show
from salescrm.base.lists import cells
from salescrm.base.lists.cells import PLAIN, Cell
from salescrm.base.lists.selection import selected
from salescrm.base.requests import posted
from salescrm.base.toasts import with_event, with_toast
from staff.access import Act, login_of, require
from staff.calendar import Calendar
from staff.models import Employee

MOST_TITLE = 200
SHOWN = 8  # tasks named in a dialog
CELLS = {"due": "deals/due_cell.html", "kind": "deals/kind_cell.html"}  # what draws more than the value


@require_http_methods(["GET", "POST"])
def task_new(request: HttpRequest) -> HttpResponse:
    """Set a task, of the client or deal of the address (`client`, `deal`), of a client chosen here, or of none.

    `title` is what the address proposes to do.
    """
    person, today = login_of(request), clock.today()
    refuse_unless_doer(person)
    asked = request.GET.get("client", "")
    client = workable(person, int(asked)) if asked.isdecimal() and len(asked) < 19 else None
    deal = deal_of(request, person)
    client = deal.client if deal else client
    clients = Client.objects.changeable_by(person, today)
    url = reverse("clients:client-choose-changeable")
    proposed = plain(request.GET.get("title", "").replace("\x00", ""))[:MOST_TITLE]
    start = {"due_on": Calendar(person.branch).on_or_after(today), "title": proposed}
    form = TaskForm(posted(request), person=person, clients=clients, client=client, url=url, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            task = actions.create_task(acting_user=person, deal=deal, **form.values())
        except actions.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            text = _("Task for %(day)s is set: %(title)s") % {"day": show.day(task.due_on), "title": task.title}
            back = reverse("clients:client-card", args=[client.pk]) if client else ""
            back = reverse("deals:deal", args=[deal.pk]) if deal else back
            return answered(request, text, back=back)
    title = _("Task: %s") % client.name if client else _("New task")
    context = {"page_title": title, "form": form, "submit_label": _("Set")}
    return render(request, "deals/task_new.html", context, status=422 if form.errors else 200)


def deal_of(request: HttpRequest, person: Employee) -> Deal | None:
    """Return the deal of the address (`deal`) the task is to be of; 404 when the person may not change it."""
    asked = request.GET.get("deal", "")
    if not asked.isdecimal() or len(asked) > 18:
        return None
    mine = Deal.objects.changeable_by(person, clock.today()).open().select_related("client")
    return get_object_or_404(mine, pk=int(asked))


@require_http_methods(["GET", "POST"])
def task_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a task; who may act on it corrects it, and is told when somebody else did so meanwhile (R191)."""
    person, today = login_of(request), clock.today()
    task = get_object_or_404(Task.objects.visible_to(person, today), pk=pk)
    may_act = Task.objects.changeable_by(person, today).open().filter(pk=pk).exists()
    if request.method == "POST" and not may_act:
        raise PermissionDenied
    (row,) = hydrate([task.pk], person, today)
    context: dict[str, Any] = {"page_title": task.title, "row": row, "submit_label": _("Save")}
    context["transfer"] = _transfer_of(task)
    if not may_act:
        return render(request, "deals/task_read.html", context)
    with transaction.atomic():
        task = Task.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
        known, found = task_mark(task), changes_of(task)
        context["opened"] = request.POST.get("opened") or changes.known(found)
        form = CorrectTask(posted(request), instance=task, person=person)
        if request.method == "POST" and request.POST.get("seen") != known:
            form = _conflict(request, form, known, found)
            context |= {"submit_label": _("Save anyway"), "theirs": request.path, "opened": changes.known(found)}
        elif request.method == "POST" and form.is_valid():
            changed = actions.correct(task=task, fields=form.values(), acting_user=person)
            return answered(request, _("Saved"), undo=keep_undo(person, changed))
    return render(request, "deals/task.html", context | {"form": form}, status=422 if form.errors else 200)


def _transfer_of(task: Task) -> date | None:
    """Return the day from which the task's client is with an owner it was handed over to; None for its first one."""
    if task.client_id is None:
        return None
    open_one = Ownership.objects.filter(client=task.client_id, ends_on=None).exclude(starts_on=F("client__owned_from"))
    return open_one.values_list("starts_on", flat=True).first()


@require_http_methods(["GET", "POST"])
def task_cell(request: HttpRequest, pk: int, column: str) -> HttpResponse:
    """Change one field of a task where it stands in the list, by the rules of the form of all of them."""
    person, today = login_of(request), clock.today()
    found = cells.column_of(TASKS, column)
    get_object_or_404(Task.objects.visible_to(person, today), pk=pk)
    with transaction.atomic():
        mine = Task.objects.changeable_by(person, today).open()
        task = mine.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
        if task is None:
            raise PermissionDenied
        form = CorrectTask(posted(request), instance=task, person=person)
        written: list[Changed] = []
        answer = cells.answer(
            request,
            Cell(
                TASKS,
                found,
                pk,
                task.title,
                "deals:task-card",
                lambda: hydrate([pk], person, today)[0],
                CELLS.get(column, PLAIN),
            ),
            form,
            save=lambda: written.append(actions.correct(task=task, fields=form.values(), acting_user=person)),
            told=lambda: changes.told(changes_of(task)),
        )
    if not written:
        return answer
    return with_event(with_toast(answer, _("Saved"), undo=keep_undo(person, written[0])), {"counts": True})


def _conflict(request: HttpRequest, form: CorrectTask, known: str, found: list[Change]) -> CorrectTask:
    """Keep what was typed and say who changed what meanwhile; saving again is meant then."""
    form.full_clean()
    form.add_error(None, changes.told(found, request.POST.get("opened", "")))
    typed = request.POST.copy()
    typed["seen"] = known
    form.data = typed
    return form


def chosen(request: HttpRequest) -> TaskQuerySet:
    """Return the tasks of the address (`ids`, or `all` of the list's) the person may act on; 404 when none is seen."""
    person, today = login_of(request), clock.today()
    seen = selected(Task.objects.visible_to(person, today), state_of(request), request.GET)
    if not seen.exists():
        raise Http404
    found: TaskQuerySet = Task.objects.changeable_by(person, today).filter(pk__in=seen.order_by().values("pk"))
    if not found.exists():
        raise PermissionDenied
    return found


def about(tasks: TaskQuerySet) -> dict[str, Any]:
    """What a dialog says of the tasks it is going to change."""
    still = tasks.open()
    count = still.count()
    titles = list(still.order_by("due_on", "pk").values_list("title", flat=True)[:SHOWN])
    return {"count": count, "titles": titles, "more": count - len(titles)}


@require_http_methods(["GET", "POST"])
def task_done(request: HttpRequest) -> HttpResponse:
    """Close tasks as done; those that ask for a result get the one typed."""
    person, tasks = login_of(request), chosen(request)
    asks = tasks.open().filter(needs_result=True).exists()
    form = ResultForm(posted(request), needs_result=asks)
    if request.method == "POST" and form.is_valid():
        result = form.cleaned_data["result"]
        changed = actions.finish(tasks=tasks, result=result, acting_user=person, now=clock.now())
        return told(request, changed, tasks, ngettext("%s task is done", "%s tasks are done", len(changed.before)))
    label = _("Done")
    return dialog(request, form, tasks, _("Done"), label)


@require_http_methods(["GET", "POST"])
def task_snooze(request: HttpRequest) -> HttpResponse:
    """Put tasks off: to a ready day, or to any other."""
    person, today, tasks = login_of(request), clock.today(), chosen(request)
    form = SnoozeForm(posted(request), today=today)
    if request.method == "POST" and form.is_valid():
        changed = actions.snooze(tasks=tasks, due_on=form.cleaned_data["day"], acting_user=person)
        words = ngettext("%s task is put off to {day}", "%s tasks are put off to {day}", len(changed.before))
        return told(request, changed, tasks, words.format(day=show.day(form.cleaned_data["day"])))
    days = snooze_days(today, Calendar(person.branch))
    return dialog(request, form, tasks, _("Put off"), _("Put off to this day"), "deals/snooze.html", days=days)


@require_http_methods(["GET", "POST"])
def task_reassign(request: HttpRequest) -> HttpResponse:
    """Give tasks to another person."""
    person = login_of(request)
    require(person, Act.CHANGE_OWNER)
    tasks = chosen(request)
    form = DoerForm(posted(request), person=person)
    if request.method == "POST" and form.is_valid():
        who: Employee = form.cleaned_data["assignee"]
        changed = actions.reassign(tasks=tasks, assignee=who, acting_user=person)
        words = ngettext("%s task is with {who} now", "%s tasks are with {who} now", len(changed.before))
        return told(request, changed, tasks, words.format(who=who.short_name))
    return dialog(request, form, tasks, _("Give to another"), _("Give"))


@require_http_methods(["GET", "POST"])
def task_cancel(request: HttpRequest) -> HttpResponse:
    """Close tasks that need not be done, with the reason."""
    person, tasks = login_of(request), chosen(request)
    form = CancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        changed = actions.cancel(tasks=tasks, reason=reason, acting_user=person, now=clock.now())
        words = ngettext("%s task is cancelled", "%s tasks are cancelled", len(changed.before))
        return told(request, changed, tasks, words)
    return dialog(request, form, tasks, _("Cancel the task"), _("Cancel the task"))


def dialog(
    request: HttpRequest,
    form: Any,
    tasks: TaskQuerySet,
    title: str,
    label: str,
    template: str = "deals/act.html",
    **more: Any,
) -> HttpResponse:
    """Show the form of an act with the tasks it means."""
    context = {"page_title": title, "form": form, "submit_label": label, **about(tasks), **more}
    return render(request, template, context, status=422 if form.errors else 200)


def told(request: HttpRequest, changed: Changed, tasks: TaskQuerySet, words: str) -> HttpResponse:
    """Say how many tasks an act has changed, and what was left; who came second is told who was first."""
    undo = keep_undo(login_of(request), changed)
    count = len(changed.before)
    if count:
        left = ngettext("%s has no result and stays open", "%s have no result and stay open", changed.left)
        text = words % show.number(count) + (". " + left % show.number(changed.left) if changed.left else "")
        return answered(request, text, undo=undo)
    first = tasks.exclude(state="open").select_related("closed_by").first()
    if first and first.closed_by:
        said = {"who": first.closed_by.short_name, "at": show.moment(first.closed_at)}
        return answered(request, _("Nothing was changed: %(who)s closed it already, %(at)s") % said, level="info")
    return answered(request, _("Nothing was changed"), level="info")


@require_POST
def task_undo(request: HttpRequest, token: str) -> HttpResponse:
    """Take an act back; only by the person who did it, and only once."""
    person = login_of(request)
    kept = TASK_UNDO.take(person.pk, token)
    count = actions.take_back(changed=kept["changed"], acting_user=person)
    text = ngettext("%s task is as it was", "%s tasks are as they were", count) % show.number(count)
    return answered(request, text, level="info")


@require_GET
def task_day(request: HttpRequest) -> HttpResponse:
    """The block of the day with the person's tasks, drawn again after an act."""
    block = home.tasks(login_of(request), clock.today())
    return render(request, "home/block_again.html", {"block": block})
