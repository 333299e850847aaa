"""What the room does by itself, and the figures it works by (R376)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from deals import norm
from deals.call_reviews import actions as call_reviews
from deals.claims import actions as claims
from deals.contracts import actions as contracts
from deals.dealing import following, tasks
from deals.invoices import daily
from deals.leads import actions as leads
from deals.reconciliation import actions as reconciliation
from deals.tasking import calendar
from salescrm.base.automation import Automation, Number


def _deals(now: datetime) -> Any:
    return {"won": following.ship(today=now.date(), now=now), "told": following.escalate(today=now.date())}


def _invoices(now: datetime) -> Any:
    return daily.run(now.date())


def _leads(now: datetime) -> Any:
    return leads.keep_going(now=now)


def _lead_terms(now: datetime) -> Any:
    return {"told": leads.tell_late(now=now)}


def _reconciliation(now: datetime) -> Any:
    _made, found = reconciliation.reconcile(day=now.date(), made_by=None)
    return found


def _claims(now: datetime) -> Any:
    return claims.run_day(now)


def _contracts(now: datetime) -> Any:
    return contracts.run_day(now)


AUTOMATIONS = (
    Automation(
        "deals-by-rule",
        _("Deals by rule"),
        _("Wins the deals whose goods were shipped, opens the next one, tells of deals that stand too long."),
        "deals",
        "deals:deal-board",
        _deals,
    ),
    Automation(
        "invoices",
        _("Work on invoices"),
        _("Sets the tasks that invoices ask for on their contact days and when they are overdue."),
        "invoices",
        "deals:invoice-rules",
        _invoices,
    ),
    Automation(
        "claims",
        _("Terms of claims"),
        _("Sets a task on the day of a claim's answer and decision and tells the heads of those past their term."),
        "claims",
        "deals:claim-list",
        _claims,
    ),
    Automation(
        "contracts",
        _("Terms of contracts"),
        _("Ends contracts past their last day and asks the responsible in time what comes next."),
        "contracts",
        "deals:contract-list",
        _contracts,
    ),
    Automation(
        "leads-daily",
        _("Silent leads"),
        _("Closes leads that were silent for the whole term and keeps a next step planned for the others."),
        "leads-daily",
        "leads:settings",
        _leads,
    ),
    Automation(
        "lead-terms",
        _("Terms of leads"),
        _("Tells the heads of leads whose first contact is overdue."),
        "lead-terms",
        "leads:settings",
        _lead_terms,
    ),
    Automation(
        "reconciliation",
        _("Reconciliation of the base"),
        _("Looks the base through each quarter for what is to be put right."),
        "reconciliation",
        "reconciliation:line-list",
        _reconciliation,
    ),
)
NUMBERS = (
    Number(
        "shipped-days", _("a shipment completes a deal if it is not older than, days"), following.SHIPPED_DAYS, 1, 366
    ),
    Number(
        "lead-decision-days",
        _("after an offer to a lead its decision is asked in, working days"),
        leads.DECISION_DAYS,
        1,
        60,
    ),
    Number("task-day-norm", _("tasks of one person for one day, at most"), calendar.DAY_NORM, 1, 100),
    Number(
        "usual-days",
        _("a client without a rhythm of its own is expected to order again in, days"),
        following.USUAL_DAYS,
    ),
    Number("lead-days", _("days before the expected order its client is called"), tasks.LEAD_DAYS, 0, 60),
    Number("unruled-months", _("months to the next contact of a client no norm holds for"), norm.UNRULED_MONTHS, 1, 24),
    Number(
        "contract-remind-days", _("days before its last day a contract is spoken of"), contracts.REMIND_DAYS, 1, 365
    ),
    Number("call-reviews-week", _("calls of one person reviewed a week"), call_reviews.QUOTA, 1, 50),
)
