"""The ways to develop a client that are open now, each with what speaks for it (R88)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from clients.models import Client
from deals.models import TaskState
from segmentation.priorities.preparation import Goods
from segmentation.priorities.programmes.models import Path, Programme, ProgrammeStep

NAMED = 3  # categories that are named


@dataclass(frozen=True)
class Way:
    """A way to develop a client: in words, what speaks for it, where it becomes a step or a task."""

    path: Path
    because: str
    url: str

    @property
    def words(self) -> str:
        """How it is called."""
        return str(self.path.label)


def offered(client: Client, goods: Goods) -> list[Way]:
    """Propose the ways no step of an open programme goes yet: two queries.

    A category is missing where the type buys it, an assortment can be widened where something is bought, and a
    partnership or a private label is for who buys; large batches are for TOP clients.
    """
    programme = Programme.objects.open().filter(client=client).order_by("-year", "-pk").first()
    steps = ProgrammeStep.objects.filter(programme__in=Programme.objects.open().filter(client=client))
    gone = set(steps.exclude(task__state=TaskState.CANCELLED).values_list("path", flat=True))
    reasons = _reasons(client, goods)
    return [
        Way(path, reasons[path], _url(client, programme, path, reasons[path]))
        for path in Path
        if path in reasons and path not in gone
    ]


def _reasons(client: Client, goods: Goods) -> dict[Path, str]:
    """Return what speaks for each way that is possible; a way that is not is left out."""
    found = {Path.PRICE: "", Path.RIVALS: ""}
    if goods.bought:
        found |= {Path.ASSORTMENT: goods.bought[0].name, Path.PARTNERSHIP: "", Path.LABEL: ""}
    if goods.missing:
        found[Path.CATEGORY] = ", ".join(one.name for one in goods.missing[:NAMED])
    if client.standing.top:
        found[Path.BATCHES] = ""
    return found


def _url(client: Client, programme: Programme | None, path: Path, because: str) -> str:
    """Link to the dialog of a step of the client's programme; without one, of a task."""
    if programme:
        return f"{reverse('segmentation:programme-step', args=[programme.pk])}?{urlencode({'path': path.value})}"
    title = f"{path.label}: {because}" if because else str(path.label)
    return f"{reverse('deals:task-new')}?{urlencode({'client': client.pk, 'title': title[:1].upper() + title[1:]})}"
