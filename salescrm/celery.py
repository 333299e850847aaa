"""Celery: tasks are three lines, the schedule's defaults stand in `salescrm.schedule`."""

import os

from celery import Celery

from salescrm import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings")
embedded.ensure_running()
app = Celery("salescrm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["salescrm.base", "salescrm"])
