"""What a request brings to a form."""

from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form sent, even if it is nothing; None for a request that only looks."""
    return request.POST if request.method == "POST" else None
