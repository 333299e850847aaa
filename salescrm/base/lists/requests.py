"""How a list is asked for: as a whole page, or by htmx as the part of it that changes."""

from django.http import HttpRequest


def wants_part(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part of the page.

    Going back in the history it asks for the whole page; so does a dialog whose form was answered by the way to here.
    """
    headers = request.headers
    is_whole = headers.get("HX-History-Restore-Request") == "true" or headers.get("HX-Target") == "dialog-body"
    return headers.get("HX-Request") == "true" and not is_whole
