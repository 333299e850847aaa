"""Saved views on the screen: their tabs above a list, the dialog of all of them, and the forms that keep one.

One set of addresses serves every list named in settings.LISTS; the look to keep comes in the query string, as in the
address of the list itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from salescrm.base import clock
from salescrm.base.jobs import Refused
from salescrm.base.lists import looks, saved
from salescrm.base.lists.filters import Here
from salescrm.base.lists.requests import wants_part
from salescrm.base.lists.state import ListSpec, ListState
from salescrm.base.models import Audience, SavedView
from salescrm.base.requests import posted
from salescrm.base.toasts import close_dialog, toast

if TYPE_CHECKING:
    from django.db.models import QuerySet


def bar(state: ListState) -> dict[str, Any]:
    """What stands in the row of tabs: the saved views the person has not put away, and what can be done with them."""
    spec, person, view = state.spec, state.here.person, state.view
    put_away = state.look.get("unpinned", [])
    tabs = [
        {
            "label": one.name,
            "url": f"?view={one.pk}",
            "icon": "bookmark" if saved.may_change(one, person) else "users",
            "current": one == view,
            "changed": one == view and state.is_changed,
        }
        for one in saved.of_list(state.here, spec.name)
        if one.pk not in put_away or one == view
    ]
    query = state.query()
    is_own = view is not None and saved.may_change(view, person)
    is_worth = not view and query != spec.bare and bool(state.is_narrowed or state.sort or state.columns)
    return {
        "tabs": tabs,
        "here_url": f"?{state.query(place=True)}",
        "all_url": f"{reverse('frame:view-list', args=[spec.name])}?{query}",
        "new_url": f"{reverse('frame:view-new', args=[spec.name])}?{query}",
        "save_url": f"{reverse('frame:view-save', args=[spec.name, view.pk])}?{query}" if view and is_own else "",
        "reset_url": f"?view={view.pk}" if view else "",
        "is_changed": state.is_changed,
        "is_worth": is_worth,
    }


def opening(request: HttpRequest, state: ListState) -> str:
    """Return the query of the view with which the list opens for the person, when its bare address was asked for."""
    number = state.look.get("default")
    is_asked_for = bool(request.GET) or request.headers.get("HX-Request") == "true"
    if is_asked_for or not number or not any(one.pk == number for one in saved.of_list(state.here, state.spec.name)):
        return ""
    return f"view={number}"


class ViewForm(forms.Form):
    """Name and audience of a view, and whether the list opens with it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    audience = forms.ChoiceField(label=gettext_lazy("Who sees it"), widget=forms.RadioSelect, initial=Audience.OWN)
    is_default = forms.BooleanField(label=gettext_lazy("The list opens with it"), required=False)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = saved.audiences(person)
        now = self.initial.get("audience", Audience.OWN)
        if now not in dict(choices):  # chosen while the person was a head
            choices.append((now, str(Audience(now).label)))
        cast("forms.ChoiceField", self.fields["audience"]).choices = choices


def state_of(request: HttpRequest, name: str) -> ListState:
    """Read the state of the list of this name from the address; 404 when there is no such list."""
    specs: list[ListSpec] = [import_string(path) for path in settings.LISTS]
    spec = next((one for one in specs if one.name == name), None)
    if spec is None:
        raise Http404
    return ListState.read(spec, request.GET, Here(request.user, clock.today()))


def own_view(state: ListState, pk: int) -> SavedView:
    """Return a view of the person's own; 404 for one that is not seen, 403 for another person's."""
    view = saved.get(state.here, state.spec.name, str(pk))
    if not saved.may_change(view, state.here.person):
        raise PermissionDenied
    return view


def list_url(state: ListState, **query: Any) -> str:
    """Return the address of the list."""
    return f"{reverse(state.spec.url_name)}{'?' if query else ''}{urlencode(query)}"


def whole_look(state: ListState) -> str:
    """Return the query a view keeps: all of the state, with the order and columns in force said."""
    columns = ",".join(column.key for column in state.shown)
    return state.query(whole=True, sort=state.sort or state.spec.default_sort, cols=columns)


@require_http_methods(["GET", "POST"])
def view_list(request: HttpRequest, name: str) -> HttpResponse:
    """Show all views the person sees; `do` puts a tab away, brings it back, or lets the list open with a view."""
    state = state_of(request, name)
    found = saved.of_list(state.here, name)
    if request.method == "POST":
        act, _colon, number = request.POST.get("do", "").partition(":")
        chosen = next((one for one in found if str(one.pk) == number), None)
        if chosen is None:
            raise Http404
        looks.mark_view(state.here.person, name, chosen.pk, act)
        if not wants_part(request):
            return redirect(request.get_full_path())
    context = {
        "page_title": _("Views of the list"),
        "rows": [_row(state, one, request.POST.get("do", "")) for one in found],
        "act_url": request.get_full_path(),
        "new_url": f"{reverse('frame:view-new', args=[name])}?{state.query()}",
    }
    answer = render(request, f"lists/saved.html{'#views' if request.method == 'POST' else ''}", context)
    if request.method == "POST":
        answer.headers["HX-Trigger"] = "views-changed"
    return answer


def _row(state: ListState, view: SavedView, done: str) -> dict[str, Any]:
    name, person = state.spec.name, state.here.person
    look = person.looks.get(name, {})
    is_own = saved.may_change(view, person)
    is_pinned, is_default = view.pk not in look.get("unpinned", []), view.pk == look.get("default")
    first, tab = f"default:{view.pk}", f"{'unpin' if is_pinned else 'pin'}:{view.pk}"
    return {
        "view": view,
        "url": list_url(state, view=view.pk),
        "who": saved.audience_words(view, person),
        "is_own": is_own,
        "marks": [
            {
                "do": first,
                "is_on": is_default,
                "icon": "home-check" if is_default else "home",
                "label": _("the list opens with it"),
                "focus": done == first,
            },
            {
                "do": tab,
                "is_on": is_pinned,
                "icon": "pinned" if is_pinned else "pin",
                "label": _("a tab above the list"),
                "focus": done in (f"pin:{view.pk}", f"unpin:{view.pk}"),
            },
        ],
        "edit_url": reverse("frame:view-edit", args=[name, view.pk]) if is_own else "",
        "delete_url": reverse("frame:view-delete", args=[name, view.pk]) if is_own else "",
    }


@require_http_methods(["GET", "POST"])
def view_new(request: HttpRequest, name: str) -> HttpResponse:
    """Keep the look of the address under a name."""
    state = state_of(request, name)
    person = state.here.person
    form = ViewForm(posted(request), person=person)
    if request.method == "POST" and form.is_valid():
        view = _create(state, form)
        if view:
            toast(request, _("View “%s” is saved") % view.name)
            return redirect(list_url(state, view=view.pk))
    return _form(request, form, _("Save as a view"))


def _create(state: ListState, form: ViewForm) -> SavedView | None:
    data, person = form.cleaned_data, state.here.person
    try:
        view, _is_new = saved.create(
            owner=person,
            list_name=state.spec.name,
            name=data["name"],
            audience=data["audience"],
            query=whole_look(state),
            widths=state.widths,
        )
    except Refused as refusal:
        form.add_error("name", str(refusal))
        return None
    if data["is_default"]:
        looks.mark_view(person, state.spec.name, view.pk, "default")
    return view


@require_http_methods(["GET", "POST"])
def view_edit(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Change the name and audience of an own view."""
    state = state_of(request, name)
    view, person = own_view(state, pk), state.here.person
    is_default = person.looks.get(name, {}).get("default") == pk
    initial = {"name": view.name, "audience": view.audience, "is_default": is_default}
    form = ViewForm(posted(request), person=person, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            saved.change(view=view, name=data["name"], audience=data["audience"])
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            if data["is_default"] != is_default:
                looks.mark_view(person, name, pk, "default")
            toast(request, _("Saved"))
            return redirect(list_url(state, view=pk))
    return _form(request, form, _("View “%s”") % view.name)


def _form(request: HttpRequest, form: ViewForm, title: str) -> HttpResponse:
    context = {"page_title": title, "form": form, "submit_label": _("Save")}
    return render(request, "dialog.html", context, status=422 if form.errors else 200)


@require_POST
def view_save(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Keep the changes of the address in the own view it names."""
    state = state_of(request, name)
    view = own_view(state, pk)
    if state.view != view:
        raise Http404
    try:
        saved.overwrite(view=view, query=whole_look(state), widths=state.widths)
    except Refused as refusal:
        toast(request, str(refusal), level="bad")
        return redirect(f"{list_url(state)}?{state.query()}")
    toast(request, _("View “%s” is saved") % view.name)
    return redirect(list_url(state, view=pk))


@require_POST
def view_delete(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Take an own view away; the toast brings it back."""
    state = state_of(request, name)
    view = own_view(state, pk)
    saved.delete(view=view)
    undo = reverse("frame:view-restore", args=[name, pk])
    toast(request, _("View “%s” is deleted") % view.name, undo=undo)
    return redirect(list_url(state))


@require_POST
def view_restore(request: HttpRequest, name: str, pk: int) -> HttpResponse:
    """Bring back a view of the own that was deleted."""
    gone: QuerySet[SavedView] = SavedView.objects.filter(list_name=name, deleted_at__isnull=False)
    view = get_object_or_404(gone, pk=pk, owner=cast(Any, request.user))
    try:
        saved.restore(view=view)
    except Refused as refusal:
        toast(request, str(refusal), level="bad")
    else:
        toast(request, _("View “%s” is back") % view.name)
    return close_dialog(refresh=True)
