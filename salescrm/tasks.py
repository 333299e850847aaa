"""The roof's Celery tasks: three lines each."""

from celery import shared_task
from django.db.utils import OperationalError

from deals.leads import actions as leads
from salescrm import letters as writing
from salescrm import nightly
from salescrm.base import clock, jobs


@shared_task(name="night", autoretry_for=(OperationalError,), max_retries=3, retry_backoff=60)
def night() -> None:
    """Run yesterday's night and those missed; another night at work is no fault."""
    try:
        nightly.run(clock.yesterday())
    except jobs.Refused as refusal:
        nightly.logger.warning("night not run: %s", refusal)


@shared_task(name="duplicates")
def duplicates() -> None:
    """Look for clients that may be one among those changed, as a job with its progress."""
    jobs.start("duplicates-find", by=None, day=clock.today().isoformat())


@shared_task(name="reconciliation")
def reconciliation() -> None:
    """Look the base through for what is to be put right, as a job with its progress."""
    jobs.start("reconciliation", by=None, day=clock.today().isoformat())


@shared_task(name="completeness")
def completeness() -> None:
    """Write how complete what is known of every client is, as a job: verifications run out by themselves."""
    jobs.start("completeness", by=None, today=clock.today().isoformat())


@shared_task(name="lead-terms")
def lead_terms() -> None:
    """Tell the heads of leads whose first contact is overdue."""
    leads.tell_late(now=clock.now())


@shared_task(name="leads-daily")
def leads_daily() -> None:
    """Close silent leads and plan the next steps of the others, as a job."""
    jobs.start("leads-daily", by=None, now=clock.now().isoformat())


@shared_task(name="invoices")
def invoices() -> None:
    """Set the tasks invoices ask for today, as a job."""
    jobs.start("invoices", by=None, today=clock.today().isoformat())


@shared_task(name="deals")
def deals() -> None:
    """Win what was shipped, tell of deals that stand too long, say what is missing, as a job."""
    jobs.start("deals-by-rule", by=None, today=clock.today().isoformat())


@shared_task(name="letters")
def letters() -> None:
    """Write the letters of notifications that go at once, and the daily ones whose hour has come."""
    now = clock.now()
    written = writing.write_at_once(now.date()) + writing.write_daily(now)
    if written:
        writing.logger.info("letters of notifications: %s", written)
