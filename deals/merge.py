"""What the room says of its tables when clients are joined."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from clients.duplicates.parts import Follows, Moves, Stays
from deals import contacts
from deals.invoices import sums
from deals.models import TaskState
from deals.pipelines.models import StageKind


def end(by: int, now: datetime) -> dict[str, Any]:
    """Close a task of a rule that the kept client has too."""
    said = _("The client was joined into another one that has this task.")
    return {"state": TaskState.CANCELLED, "closed_at": now, "closed_by_id": by, "result": said}


OF_ENTITY = "clients.LegalEntity.client"
PARTS = (
    Moves("deals.Invoice.client"),
    Follows("deals.Invoice.legal_entity", by=OF_ENTITY),
    Moves("deals.Payment.client"),
    Follows("deals.Payment.legal_entity", by=OF_ENTITY),
    # of both one can be in force on a day: the kept client's, the joined one's stays behind
    Moves("deals.Deferral.client", same=("state",), same_where=Q(state="approved")),
    # a rule sets one task per client and day: where both have it, the joined client's stays behind; of what a rule asks
    # of both at once, by whatever days, one is to be done; tasks of deals go with their deals
    Moves(
        "deals.Task.client",
        same=("origin", "origin_as_of"),
        same_where=~Q(origin="") & Q(deal=None),
        handed="assignee",
        handed_where=Q(state=TaskState.OPEN),
        ends=("origin", "kind"),
        ends_where=Q(state=TaskState.OPEN, deal=None) & ~Q(origin=""),
        end=end,
        columns=("state", "closed_at", "closed_by_id", "result"),
        changed=Q(state=TaskState.CANCELLED),
    ),
    Moves("deals.Contract.client", handed="responsible"),
    Follows("deals.Contract.legal_entity", by=OF_ENTITY),
    Stays("deals.ReconciliationLine.client", why="says what was found; the next one says it of the kept client"),
    Stays("deals.ReconciliationLine.other", why="says what was compared"),
    Moves("deals.HelpRequest.client"),
    Moves("deals.Lead.client"),
    Follows("deals.Lead.contact", by="clients.Contact.client"),
    Moves("deals.Enquiry.client"),
    Moves("deals.Deal.client", handed="owner", handed_where=Q(state=StageKind.OPEN)),
    Follows("deals.Deal.legal_entity", by="clients.LegalEntity.client"),
    Follows("deals.Deal.contact", by="clients.Contact.client"),
    Follows("deals.Offer.contact", by="clients.Contact.client"),
)


def settle(clients: list[int], today: date) -> None:
    """Reckon the last contact, the running term, the nearest task and the debt of both."""
    contacts.write(clients)
    contacts.write_next_tasks(clients)
    sums.write(clients)


SETTLING = (settle,)
