"""My day: the manager's home, assembled from contributions of the rooms (settings.MY_DAY)."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from salescrm.base import clock
from salescrm.base.day import Block
from segmentation.journal import last_night
from staff.access import login_of


@require_GET
@login_required
def my_day(request: HttpRequest) -> HttpResponse:
    """Show what today asks of the person."""
    person, today = login_of(request), clock.today()
    blocks: list[Block] = []
    for name in settings.MY_DAY:
        blocks += import_module(name).blocks(person, today)
    context = {
        "page_title": _("My day"),
        "today": today,
        "last_night": last_night(),
        "blocks": [block for block in blocks if block.place == "main"],
        "side": [block for block in blocks if block.place == "side"],
    }
    return render(request, "home/my_day.html", context)
