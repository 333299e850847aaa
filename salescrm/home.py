"""My day: the manager's home, assembled from contributions of the rooms."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
@login_required
def my_day(request: HttpRequest) -> HttpResponse:
    """Show what today asks of the person."""
    return render(request, "home/my_day.html")
