"""/healthz: what a monitor asks, without a log-in and without a secret in the answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from redis import Redis, RedisError

from salescrm.base.models import Heartbeat, StepRun

FRESH = timedelta(minutes=3)


@require_GET
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 with the state of each part; 503 when the database is down."""
    try:
        state = {"database": "up", "broker": _broker(), **_beats(), "last_night": _last_night()}
    except DatabaseError:
        connection.close()
        return JsonResponse({"database": "down"}, status=503)
    return JsonResponse(state)


def _broker() -> str:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=2) as broker:
            broker.ping()
    except (RedisError, OSError):
        return "down"
    return "up"


def _beats() -> dict[str, str]:
    since = timezone.now() - FRESH
    alive = set(Heartbeat.objects.filter(at__gte=since).values_list("name", flat=True))
    return {name: "up" if name in alive else "down" for name in ("worker", "beat")}


def _last_night() -> Any:
    return (
        StepRun.objects.filter(step="journal", state="done").order_by("-as_of").values_list("as_of", flat=True).first()
    )
