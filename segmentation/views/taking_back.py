"""Taking back what was decided on the zero board: many approvals or refusals at once, and an exclusion."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from salescrm.base import show
from salescrm.base.toasts import toast
from segmentation import actions
from segmentation.models import Exclusion, ZeroCase
from segmentation.views.shared import Reader, reader
from staff.access import Act

MOST = 50_000  # cases an address names at most
NAMED = re.compile(r"[0-9]{1,15}(-[0-9]{1,15})?")


def address(name: str, cases: Iterable[ZeroCase]) -> str:
    """Return the address of a view that takes these cases back together."""
    return f"{reverse(name)}?{urlencode({'cases': packed(case.pk for case in cases)})}"


def packed(numbers: Iterable[int]) -> str:
    """Write numbers as runs: 5, 6, 7 and 9 are `5-7.9`."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ".".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def unpacked(text: str) -> list[int]:
    """Read what `packed` wrote; raise Http404 for anything else."""
    found: list[int] = []
    for part in text.split(".") if text else []:
        if not NAMED.fullmatch(part):
            raise Http404(text[:80])
        first, _dash, last = part.partition("-")
        run = range(int(first), int(last or first) + 1)
        if len(found) + len(run) > MOST:
            raise Http404(text[:80])
        found += run
    return found


def _cases(request: HttpRequest, who: Reader) -> QuerySet[ZeroCase]:
    named = unpacked(request.GET.get("cases", ""))
    return ZeroCase.objects.filter(pk__in=named, client__in=who.clients.values("pk"))


@require_POST
def approvals(request: HttpRequest) -> HttpResponse:
    """Undo the hand-overs of one approval together; those moved since stay, and their number is said."""
    who = reader(request, Act.APPROVE_HAND_OVERS)
    done = actions.undo_hand_overs(cases=_cases(request, who), acting_user=who.person, today=who.today)
    count, stayed = len(done.undone), len(done.refused)
    text = ngettext("%(n)s client is back with its owner", "%(n)s clients are back with their owners", count)
    said = text % {"n": show.number(count)}
    if stayed:
        said += ". " + ngettext("%(n)s was moved since", "%(n)s were moved since", stayed) % {"n": show.number(stayed)}
    toast(request, said, level="warn" if stayed else "good")
    return redirect("segmentation:zero")


@require_POST
def refusals(request: HttpRequest) -> HttpResponse:
    """Let refused proposals wait for a decision again."""
    who = reader(request, Act.APPROVE_HAND_OVERS)
    count = actions.undo_refusals(cases=_cases(request, who), acting_user=who.person, today=who.today)
    text = ngettext("%(n)s hand-over waits for approval again", "%(n)s hand-overs wait for approval again", count)
    toast(request, text % {"n": show.number(count)}, level="good" if count else "warn")
    return redirect("segmentation:zero-proposals")


@require_http_methods(["GET", "POST"])
def exclusion(request: HttpRequest, client_pk: int) -> HttpResponse:
    """Show what keeps a client out of hand-overs, and end it."""
    who = reader(request, Act.APPROVE_HAND_OVERS)
    client = get_object_or_404(who.clients, pk=client_pk)
    if request.method == "POST":
        ended = actions.end_exclusions(client=client, acting_user=who.person, today=who.today)
        said = _("%s may be handed over again") if ended else _("%s was not kept out any more")
        toast(request, said % client.name, level="good" if ended else "warn")
        return redirect("segmentation:zero")
    holding = Exclusion.objects.holding(who.today).filter(client=client).select_related("author")
    context = {
        "page_title": _("Let hand-overs have it again: %s") % client.name,
        "exclusions": holding.order_by("-starts_on", "-pk"),
        "submit_label": _("End the exclusion"),
    }
    return render(request, "segmentation/end_exclusion.html", context)
