"""Saved views of lists: which a person sees, what an address that names one says, and keeping them.

`?view=5` is the view as it was saved; every other name in the address replaces what the view says of it, an empty one
takes it out. So the address always tells the whole state, and what differs from the view are its unsaved changes.
"""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from salescrm.base.jobs import Refused
from salescrm.base.models import LONGEST_QUERY, Audience, SavedView

if TYPE_CHECKING:
    from salescrm.base.lists.filters import Here

MOST = 50  # views of one list a person keeps
NO_VIEW = "0"  # the whole list, for a person whose list opens with a view
UNDO_SPAN = timedelta(hours=1)
OF_GROUPS = re.compile(r"g\d(\..*)?|join")


def seen(here: Here) -> list[SavedView]:
    """Return the views of all lists the person sees, own ones first; to be read once for one look."""
    found: list[SavedView] = import_module(settings.LIST_AUDIENCES).seen_by(here.person, alive())
    return sorted(found, key=lambda one: (one.owner_id != here.person.pk, one.name.casefold(), one.pk))


def alive() -> Any:
    """Return the views that are not deleted."""
    return SavedView.objects.filter(deleted_at=None)


def of_list(here: Here, name: str) -> list[SavedView]:
    """Return the views of one list the person sees."""
    return [one for one in here.once(seen) if one.list_name == name]


def get(here: Here, name: str, number: str) -> SavedView:
    """Return the view of this number; 404 when the person sees none."""
    found = next((one for one in of_list(here, name) if str(one.pk) == number), None)
    if found is None:
        raise Http404
    return found


def is_of_groups(name: str) -> bool:
    """Say whether a name of the address belongs to the groups: they are replaced all together."""
    return OF_GROUPS.fullmatch(name) is not None


def laid_over(view: SavedView, params: QueryDict) -> QueryDict:
    """Return what the view says with the address laid over it."""
    said = QueryDict(view.query, mutable=True)
    named = {name if is_of_groups(name) else name.removesuffix(".from").removesuffix(".to") for name in params}
    has_groups = any(is_of_groups(name) for name in named)
    for name in list(said):
        if name in named or (has_groups and is_of_groups(name)):
            del said[name]
    for name in params:
        said.setlist(name, params.getlist(name))
    return said


# --- keeping them -----------------------------------------------------------------------------------------------------


@transaction.atomic
def create(
    *, owner: Any, list_name: str, name: str, audience: str, query: str, widths: dict[str, int]
) -> tuple[SavedView, bool]:
    """Keep a look under a name; return the view and whether it is new: the same words once more are the same view.

    Raises Refused when the name is taken by another look, or the person has as many as a person can look over.
    """
    _refuse_long(query)
    own = alive().select_for_update().filter(owner=owner, list_name=list_name)
    if len(own) >= MOST and name not in {one.name for one in own}:
        words = ngettext("You have %d view of this list already.", "You have %d views of this list already.", MOST)
        raise Refused(words % MOST)
    said = {"audience": audience, "query": query, "widths": widths}
    view, is_new = alive().get_or_create(owner=owner, list_name=list_name, name=name, defaults=said)
    if not is_new and any(getattr(view, field) != value for field, value in said.items()):
        raise Refused(_("You have a view of this name already."))
    return view, is_new


def change(*, view: SavedView, name: str, audience: str) -> None:
    """Give a view another name or audience. Raises Refused when the name is taken."""
    view.name, view.audience = name, audience
    _save(view, ["name", "audience"])


def overwrite(*, view: SavedView, query: str, widths: dict[str, int]) -> None:
    """Keep another look under the view's name."""
    _refuse_long(query)
    view.query, view.widths = query, widths
    view.save(update_fields=["query", "widths"])


def delete(*, view: SavedView) -> None:
    """Take a view away; it can be brought back for an hour. What was taken away before that is forgotten."""
    now = timezone.now()
    SavedView.objects.filter(owner=view.owner_id, deleted_at__lt=now - UNDO_SPAN).delete()
    view.deleted_at = now
    view.save(update_fields=["deleted_at"])


def restore(*, view: SavedView) -> None:
    """Bring a view back. Raises Refused when its name was taken meanwhile."""
    view.deleted_at = None
    _save(view, ["deleted_at"])


def _save(view: SavedView, fields: list[str]) -> None:
    try:
        with transaction.atomic():
            view.save(update_fields=fields)
    except IntegrityError:
        raise Refused(_("You have a view of this name already.")) from None


def _refuse_long(query: str) -> None:
    if len(query) > LONGEST_QUERY:
        raise Refused(_("These conditions are too long to be kept."))


def may_change(view: SavedView, person: Any) -> bool:
    """Say whether the view is the person's own: nobody else changes it."""
    return bool(view.owner_id == person.pk)


def audiences(person: Any) -> list[tuple[str, str]]:
    """Return with whom the person may share, as choices of a form."""
    return [(one.value, str(one.label)) for one in import_module(settings.LIST_AUDIENCES).offered(person)]


def audience_words(view: SavedView, person: Any) -> str:
    """Say who sees a view, and whose it is when it is not the person's own."""
    if view.owner_id == person.pk:
        return str(Audience(view.audience).label)
    return str(view.owner)
