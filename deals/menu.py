"""The room's entries in the side menu and in "create"."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals import figures
from deals.call_reviews.querysets import CALLED
from deals.invoices import figures as invoices
from salescrm.base import clock, show
from salescrm.base.menu import MenuCount, MenuEntry
from staff.access import Act, Rows, may, rows
from staff.models import Employee


def entries(employee: Employee) -> list[MenuEntry]:
    """Deals, tasks, invoices, claims, contracts; for heads distribution of the base, its reconciliation."""
    if rows(employee) == Rows.NOTHING:
        return []
    label = gettext_lazy("Tasks")
    found = [
        MenuEntry("work", gettext_lazy("Deals"), "deals:deal-board", "layout-kanban", "b"),
        MenuEntry("work", label, "deals:task-list", "checkbox", "t", count=due, phone=True),
        MenuEntry("work", gettext_lazy("Special tasks"), "deals:special-list", "flag"),
        MenuEntry("work", gettext_lazy("Invoices"), "deals:invoice-list", "file-invoice", "v", count=waiting),
        MenuEntry("work", gettext_lazy("Claims"), "deals:claim-list", "alert-triangle"),
        MenuEntry("work", gettext_lazy("Contracts"), "deals:contract-list", "file-text"),
    ]
    if may(employee, Act.CHANGE_OWN) or may(employee, Act.GIVE_HELP):
        found.append(MenuEntry("work", gettext_lazy("Requests for help"), "help:request-list", "lifebuoy"))
    if may(employee, Act.REVIEW_CALLS):
        found.append(MenuEntry("work", gettext_lazy("Call reviews"), "calls:team", "headphones"))
    elif employee.role in CALLED:
        found.append(MenuEntry("work", gettext_lazy("Call reviews"), "calls:review-list", "headphones"))
    if may(employee, Act.CHANGE_OWNER):
        found.append(MenuEntry("work", gettext_lazy("Control of deals"), "deals:control", "eye-check"))
    if may(employee, Act.DISTRIBUTE):
        found.append(MenuEntry("base", gettext_lazy("Distribution"), "deals:distribution", "scale"))
    if may(employee, Act.KEEP_OFFER_TEMPLATES):
        found.append(MenuEntry("base", gettext_lazy("Templates of offers"), "deals:offer-templates", "file-text"))
    if may(employee, Act.RECONCILE):
        found.append(MenuEntry("base", gettext_lazy("Reconciliation"), "reconciliation:line-list", "list-check"))
    if may(employee, Act.SEE_PIPELINES):
        found.append(MenuEntry("base", gettext_lazy("Pipelines"), "deals:pipeline-list", "git-branch"))
    return found


def due(employee: Employee) -> MenuCount | None:
    """How many of the person's tasks are overdue or due today."""
    found = figures.of_day(employee, clock.today())
    title = _("overdue %(overdue)s, today %(today)s") % {name: show.number(number) for name, number in found.items()}
    total = sum(found.values())
    return MenuCount(total, title, bad=found["overdue"] > 0) if total else None


def waiting(employee: Employee) -> MenuCount | None:
    """How many invoices of the person's clients are on their second working day or later."""
    number = invoices.from_day_two(employee, clock.today()).count()
    return MenuCount(number, _("unpaid invoices from day 2")) if number else None


def create(employee: Employee) -> list[MenuEntry]:
    """Quick add of a deal, a task, a communication, an invoice, a payment, a claim."""
    if not (may(employee, Act.CHANGE_OWN) or may(employee, Act.CHANGE_OWNER)):
        return []
    return [
        MenuEntry("work", gettext_lazy("Deal"), "deals:deal-new", "layout-kanban"),
        MenuEntry("work", gettext_lazy("Task"), "deals:task-new", "checkbox"),
        MenuEntry("work", gettext_lazy("Call, meeting or letter"), "deals:log", "phone"),
        MenuEntry("work", gettext_lazy("Invoice"), "deals:invoice-new", "file-invoice"),
        MenuEntry("work", gettext_lazy("Payment"), "deals:payment-new", "coins"),
        MenuEntry("work", gettext_lazy("Claim"), "deals:claim-choose", "alert-triangle"),
    ]
