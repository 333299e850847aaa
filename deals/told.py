"""What the room notifies of, and who may still see what a notification leads to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from deals.call_reviews.models import CallReview
from deals.dealing.models import Deal
from deals.help_requests.models import HelpRequest
from deals.invoices.models import Deferral
from deals.leads.models import Lead
from deals.models import Task
from salescrm.base.models import ByLetter
from salescrm.base.notify import Kind
from staff.access import Act

KINDS = (
    Kind("task", _("Tasks set for me by others")),
    Kind("deal", _("Deals given to me; for heads: poor results and deals that stand too long")),
    Kind("claim", _("Claims past their term; for heads new ones too")),
    Kind("lead", _("Leads: new ones, enquiries again, first contacts overdue"), ByLetter.AT_ONCE),
    Kind("deferral", _("Deferrals of payment asked for and decided")),
    Kind("help", _("Requests for help: for heads new ones, for who asked what came of it"), ByLetter.AT_ONCE),
    Kind("call_review", _("Reviews of my calls; for heads: what their employees answer")),
)
PAGES: dict[str, Act | None] = {
    "deals:task-list": None,
    "deals:deal-board": None,
    "deals:deal-list": None,
    "leads:lead-list": None,
    "deals:distribution-job": Act.DISTRIBUTE,
    "reconciliation:line-list": Act.RECONCILE,
    "deals:export-job": None,
    "deals:invoice-export-job": None,
    "leads:export-job": None,
    "reconciliation:export-job": None,
}
ROWS = {
    "deals:task-list": Task.objects.visible_to,
    "deals:deal": Deal.objects.visible_to,
    "deals:deferral-list": Deferral.objects.visible_to,
    "leads:lead-card": Lead.objects.visible_to,
    "calls:review": CallReview.objects.visible_to,
    "help:request": HelpRequest.objects.visible_to,
}
