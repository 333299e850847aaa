"""The floor's Celery tasks."""

from celery import shared_task
from django.utils import timezone

from salescrm.base import jobs, notify
from salescrm.base.models import Heartbeat


@shared_task(name="job")
def run_job(job_id: int) -> None:
    """Do one job."""
    jobs.work(job_id)


@shared_task(name="tick")
def tick() -> None:
    """Look after jobs each minute; runs in a worker, so it is the worker's sign of life too."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})
    jobs.tick()


@shared_task(name="send-letters")
def send_letters() -> None:
    """Send what waits in the outbox."""
    notify.send_waiting()
