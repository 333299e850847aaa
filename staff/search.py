"""What the room offers in the global search: articles of the sales book."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from salescrm.base.found import Group, Item
from staff.handbook import reading
from staff.handbook.models import ArticleVersion
from staff.models import Employee


def find(person: Employee, words: str, limit: int, *, forgiving: bool) -> list[Group]:
    """Return the articles in force that have these words in any form; everybody reads the book."""
    if not words or forgiving:
        return []
    return [Group(_("Sales book"), [_item(one) for one in reading.found(words)[:limit]])]


def _item(version: ArticleVersion) -> Item:
    section = str(version.article.get_section_display())
    return Item(reverse("handbook:article", args=[version.article.code]), version.shown_title, section, icon="book")
