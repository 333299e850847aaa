"""What a request brings: to a form, and in its address."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form sent, even if it is nothing; None for a request that only looks."""
    return request.POST if request.method == "POST" else None


def month_of(text: str) -> date:
    """Read `2026-07` of an address; raise Http404 for anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise Http404(text) from error


def day_said(text: str) -> date | None:
    """Read `2026-07-16` of an address; None for anything else and for years nobody means."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1990 <= day.year <= 2200 else None
