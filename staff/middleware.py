"""What holds on every page after log-in: the language a person chose, and the list of one's sessions kept up."""

import hashlib
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from redis.exceptions import RedisError

SEEN_SECONDS = 60  # a session's "last seen" is written once a minute: five statements of every page otherwise

Handler = Callable[[HttpRequest], HttpResponse]


def person_settings(get_response: Handler) -> Handler:
    """Activate the person's own language; without one the browser's stands."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return get_response(request)

    return middleware


def sessions_seen(get_response: Handler) -> Handler:
    """Keep the list of a person's sessions: at once where the address or browser is another, else once a minute."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.session.session_key and _is_due(request):
            UserSession.objects.create_from_request(request)
        return get_response(request)

    return middleware


def _is_due(request: HttpRequest) -> bool:
    parts = (request.session.session_key, request.META.get("REMOTE_ADDR"), request.META.get("HTTP_USER_AGENT"))
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR")
    told = hashlib.sha256(repr((*parts, forwarded)).encode()).hexdigest()
    try:
        return cache.add(f"seen:{told}", True, SEEN_SECONDS)
    except RedisError:  # without the cache the base is written every time
        return True
