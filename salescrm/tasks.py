"""The roof's Celery tasks: three lines each; one that is switched off does nothing (R376)."""

from collections.abc import Callable
from functools import wraps

from celery import shared_task
from django.db.utils import OperationalError

from deals.claims import actions as claim_actions
from deals.contracts import actions as contract_actions
from deals.leads import actions as leads
from kpi.reports import letters as reports
from kpi.reports.own import sending as own_reports
from salescrm import letters as writing
from salescrm import nightly
from salescrm.base import automation, clock, jobs


def switched(code: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Let a task work only while its automatic job is switched on."""

    def wrap(task: Callable[[], None]) -> Callable[[], None]:
        @wraps(task)
        def work() -> None:
            if automation.is_on(code):
                task()

        return work

    return wrap


@shared_task(name="night", autoretry_for=(OperationalError,), max_retries=3, retry_backoff=60)
@switched("night")
def night() -> None:
    """Run yesterday's night and those missed; another night at work is no fault."""
    try:
        nightly.run(clock.yesterday())
    except jobs.Refused as refusal:
        nightly.logger.warning("night not run: %s", refusal)


@shared_task(name="duplicates")
@switched("duplicates")
def duplicates() -> None:
    """Look for clients that may be one among those changed, as a job with its progress."""
    jobs.start("duplicates-find", by=None, day=clock.today().isoformat())


@shared_task(name="reconciliation")
@switched("reconciliation")
def reconciliation() -> None:
    """Look the base through for what is to be put right, as a job with its progress."""
    jobs.start("reconciliation", by=None, day=clock.today().isoformat())


@shared_task(name="completeness")
@switched("completeness")
def completeness() -> None:
    """Write how complete what is known of every client is, as a job: verifications run out by themselves."""
    jobs.start("completeness", by=None, today=clock.today().isoformat())


@shared_task(name="lead-terms")
@switched("lead-terms")
def lead_terms() -> None:
    """Tell the heads of leads whose first contact is overdue."""
    leads.tell_late(now=clock.now())


@shared_task(name="leads-daily")
@switched("leads-daily")
def leads_daily() -> None:
    """Close silent leads and plan the next steps of the others, as a job."""
    jobs.start("leads-daily", by=None, now=clock.now().isoformat())


@shared_task(name="plans-daily")
@switched("plans-daily")
def plans_daily() -> None:
    """Keep yesterday's forecast and remind of the deadlines of planning, as a job."""
    jobs.start("plans-daily", by=None, today=clock.today().isoformat())


@shared_task(name="change-plan-daily")
@switched("change-plan-daily")
def change_plan_daily() -> None:
    """Open the review of the year and remind of the plan of changes, as a job."""
    jobs.start("change-plan-daily", by=None, today=clock.today().isoformat())


@shared_task(name="invoices")
@switched("invoices")
def invoices() -> None:
    """Set the tasks invoices ask for today, as a job."""
    jobs.start("invoices", by=None, today=clock.today().isoformat())


@shared_task(name="claims")
@switched("claims")
def claims() -> None:
    """Set the tasks of terms of claims and tell the heads of those past them."""
    claim_actions.run_day(clock.now())


@shared_task(name="contracts")
@switched("contracts")
def contracts() -> None:
    """End contracts past their last day and set the tasks before it."""
    contract_actions.run_day(clock.now())


@shared_task(name="deals")
@switched("deals-by-rule")
def deals() -> None:
    """Win what was shipped, tell of deals that stand too long, say what is missing, as a job."""
    jobs.start("deals-by-rule", by=None, today=clock.today().isoformat())


@shared_task(name="letters")
@switched("letters")
def letters() -> None:
    """Write the letters of notifications that go at once, and the daily ones whose hour has come."""
    now = clock.now()
    written = writing.write_at_once(now.date()) + writing.write_daily(now)
    if written:
        writing.logger.info("letters of notifications: %s", written)


@shared_task(name="report-letters")
@switched("report-letters")
def report_letters() -> None:
    """Write the letters of reports whose hour has come."""
    now = clock.now()
    reports.write_due(now)
    own_reports.write_due(now)
