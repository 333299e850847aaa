"""The entry point of worker and scheduler: `celery -A salescrm.background:app worker`."""

from salescrm import embedded
from salescrm.celery import app

__all__ = ["app"]

embedded.ensure_running()
