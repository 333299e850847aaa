"""The frame around every page: the side menu and the "create" menu, assembled from what the rooms offer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

SECTIONS = {
    "work": "",
    "base": _("Base"),
    "worth": _("Segmentation"),
    "result": _("Result"),
    "admin": _("Administration"),
}
FOLDED = "folded"  # cookie: keys of the sections the person folded, with a dot between
TABS = 3  # entries of the phone's tab bar beside "create" and "more"


@dataclass(frozen=True)
class MenuCount:
    """A number beside a menu entry and what it counts; a bad one asks for action."""

    number: int
    title: _StrOrPromise = ""
    bad: bool = False


@dataclass(frozen=True)
class MenuEntry:
    """One line of the menu as a room offers it; `count` is called with the employee, apart from the page."""

    section: str
    label: _StrOrPromise
    url_name: str
    icon: str
    key: str = ""
    count: Callable[[Any], int | MenuCount | None] | None = None
    phone: bool = False


@dataclass
class Line:
    """A menu entry resolved for one page."""

    entry: MenuEntry
    url: str
    id: str
    current: bool = field(default=False)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the menus of the signed-in person, computed only when a template asks for them."""
    lines = SimpleLazyObject(partial(menu_lines, request))
    return {
        "frame_theme": getattr(getattr(request, "user", None), "theme", "") or request.COOKIES.get("theme", "auto"),
        "menu": SimpleLazyObject(lambda: sections(list(lines), request.COOKIES.get(FOLDED, "").split("."))),
        "menu_tabs": SimpleLazyObject(lambda: [line for line in lines if line.entry.phone][:TABS]),
        "menu_creates": SimpleLazyObject(partial(create_lines, request)),
    }


def menu_lines(request: HttpRequest) -> list[Line]:
    """Return the person's menu in the order of settings.MENU; the longest address above the page is current."""
    lines = _offered(request, "entries")
    path = request.path
    above = [line for line in lines if path == line.url or (line.url != "/" and path.startswith(line.url))]
    if above:
        max(above, key=lambda line: len(line.url)).current = True
    return lines


def create_lines(request: HttpRequest) -> list[Line]:
    """Return what the person can create from anywhere."""
    return _offered(request, "create")


def sections(lines: list[Line], folded: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return the lines under their headings, empty sections left out; the section of the page is never folded."""
    found = []
    for key, title in SECTIONS.items():
        own = [line for line in lines if line.entry.section == key]
        is_open = key not in folded or any(line.current for line in own)
        if own:
            found.append({"key": key, "title": title, "lines": own, "is_open": is_open})
    return found


def counts(request: HttpRequest) -> list[tuple[Line, MenuCount]]:
    """Return the numbers of the menu, asked from the rooms; entries without a number are left out."""
    found = []
    for line in menu_lines(request):
        number = line.entry.count(request.user) if line.entry.count else None
        if number is not None:
            found.append((line, number if isinstance(number, MenuCount) else MenuCount(number)))
    return found


def _offered(request: HttpRequest, function: str) -> list[Line]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    offers = [getattr(import_module(name), function, None) for name in settings.MENU]
    entries: list[MenuEntry] = [entry for offer in offers if offer for entry in offer(user)]
    return [Line(entry, reverse(entry.url_name), entry.url_name.replace(":", "-")) for entry in entries]
