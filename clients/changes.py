"""What the second of two people on one record is told: everything that changed since the form was opened (R191)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from django.utils.translation import gettext as _

from clients.panels import Change
from salescrm.base import show

MOST = 8  # changes named; a record that changed more often is to be read


def known(changes: Sequence[Change]) -> str:
    """Return the mark of what had changed when a form was opened: history only grows, so their number says which."""
    return str(len(changes))


def told(changes: Sequence[Change], opened: str = "") -> str:
    """Say who changed what since the form was opened (`opened` as `known` gave it), the newest change at least."""
    ordered = sorted(changes, key=lambda one: (one.at, one.number))
    since = int(opened) if opened.isascii() and opened.isdigit() and len(opened) < 10 else len(ordered)
    fresh = ordered[since:] or ordered[-1:]
    if not fresh:
        return _("Somebody else changed this meanwhile. Look, then save again.")
    said = [
        _("%(who)s changed this meanwhile (%(at)s, %(what)s).")
        % {"who": who, "at": at, "what": "; ".join(f"{one.field}: {one.before} → {one.after}" for one in group)}
        for (who, at), group in groupby(fresh[-MOST:], key=lambda one: (one.who, show.moment(one.at)))
    ]
    return " ".join([*said, _("Look, then save again.")])
