"""Celery's app: tasks are three lines, the schedule's defaults stand in `salescrm.schedule`. Starts nothing."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salescrm.settings")
app = Celery("salescrm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["salescrm.base", "salescrm"])
