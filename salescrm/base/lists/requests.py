"""How a list is asked for: as a whole page, or by htmx as the part of it that changes."""

from django.http import HttpRequest


def wants_part(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part; going back in the history it asks for the whole page."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"
