"""Short messages at the bottom of the page, for answers to htmx and for the page after a redirect."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

LEVELS = {"good": messages.SUCCESS, "info": messages.INFO, "warn": messages.WARNING, "bad": messages.ERROR}


def toast(
    request: HttpRequest, text: str, *, level: str = "good", undo: str = "", url: str = "", url_label: str = ""
) -> None:
    """Show `text` on the next page of the person; `undo` is a URL that takes a POST."""
    extra = json.dumps({"undo": undo, "url": url, "url_label": str(url_label)})
    messages.add_message(request, LEVELS[level], text, extra_tags=extra)


def with_toast(
    response: HttpResponse, text: str, *, level: str = "good", undo: str = "", url: str = "", url_label: str = ""
) -> HttpResponse:
    """Show `text` when htmx receives this answer; `undo` is a URL that takes a POST."""
    detail = {"text": str(text), "level": level, "undo": undo, "url": url, "url_label": str(url_label)}
    return with_event(response, {"toast": detail})


def with_event(response: HttpResponse, events: Mapping[str, Any]) -> HttpResponse:
    """Add events to those htmx raises when it receives this answer."""
    known = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps({**known, **events})
    return response


def close_dialog(response: HttpResponse | None = None, *, refresh: bool = False, event: str = "") -> HttpResponse:
    """Return an answer that closes the dialog; `refresh` loads the page anew, `event` its panels."""
    answer = response or HttpResponse(status=204)
    if refresh:
        answer.headers["HX-Refresh"] = "true"
    return with_event(answer, {"dialog-close": True, **({event: True} if event else {})})


def message_toast(message: Any) -> dict[str, Any]:
    """Return a message of Django as the parameters of components/toast.html."""
    try:
        extra = json.loads(message.extra_tags or "{}")
    except ValueError:
        extra = {}
    levels = {number: name for name, number in LEVELS.items()}
    return {
        "text": str(message),
        "level": levels.get(message.level, "info"),
        **(extra if isinstance(extra, dict) else {}),
    }
