"""What the room notifies of, and who may still see what a notification leads to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from salescrm.base.notify import Kind
from staff.access import Act, Rows, may, rows
from staff.models import Employee


def _is_head(person: Employee) -> bool:
    return may(person, Act.SEE_NIGHTS)


def _sees_all(person: Employee) -> bool:
    return _is_head(person) and rows(person) == Rows.ALL


KINDS = (
    Kind("hand_over", _("Clients handed over by the night")),
    Kind("return", _("Clients that bought and came back")),
    Kind("top_entered", _("Clients that enter the TOP list")),
    Kind("guard", _("The night's warnings: hand-overs that wait, missing orders"), is_for=_is_head),
    Kind("top_review", _("Reviews of the TOP list"), is_for=_sees_all),
    Kind("concentration", _("One client's share of turnover is too large"), is_for=_sees_all),
)
PAGES: dict[str, Act | None] = {
    "segmentation:zero": Act.SEE_SEGMENTATION,
    "segmentation:zero-proposals": Act.APPROVE_HAND_OVERS,
    "segmentation:nights-one": Act.SEE_NIGHTS,
    "segmentation:top": Act.SEE_SEGMENTATION,
    "segmentation:contacts": Act.SEE_SEGMENTATION,
}
