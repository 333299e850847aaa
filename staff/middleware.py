"""The language a person chose holds on every page after log-in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation


def person_settings(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Activate the person's own language; without one the browser's stands."""

    def middleware(request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return get_response(request)

    return middleware
