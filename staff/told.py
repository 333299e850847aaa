"""What the room and the floor notify of, and who may still see what a notification leads to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salescrm.base.models import ByLetter
from salescrm.base.notify import Kind
from staff.access import Act, may

KINDS = (
    Kind(
        "reading",
        _("Large exports and unusual reading of the base"),
        ByLetter.AT_ONCE,
        lambda person: may(person, Act.SEE_ACCESS_LOG),
    ),
    Kind("handbook", _("The sales book: what I am to read or approve, what was returned to me")),
    Kind("learning", _("My trainings, adaptation and competence card")),
    Kind("absence", _("I stand in for somebody")),
    Kind("export", _("My export is ready"), ByLetter.NEVER),
    Kind("job", _("A long work of mine is done"), ByLetter.NEVER),
)
PAGES: dict[str, Act | None] = {
    "staff:access-log": Act.SEE_ACCESS_LOG,
    "staff:person": Act.SEE_STAFF,
    "handbook:article": None,
    "staff:learning-card": None,
    "staff:training": None,
}
