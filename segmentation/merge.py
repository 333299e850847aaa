"""What the room says of its tables when clients are joined; what nights compute, the next night computes anew."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy

from clients.duplicates.parts import Follows, Keeps, Moves, Stays
from segmentation.models import CaseState
from segmentation.priorities.programmes.models import OPEN as OPEN_PROGRAMMES
from segmentation.querysets import OPEN

OF_ENTITY = "clients.LegalEntity.client"
COMPUTED = "the next night computes it anew"
PAST = "each part keeps its own past; the night ends what is open"
WORD = "a word said of one part does not bind the other"
PARTS = (
    Follows("segmentation.MonthlyTurnover.legal_entity", by=OF_ENTITY),
    Follows("segmentation.PurchaseDay.legal_entity", by=OF_ENTITY),
    Follows("segmentation.CategoryTurnover.legal_entity", by=OF_ENTITY),
    Follows("segmentation.TouchedPair.legal_entity", by=OF_ENTITY),
    Stays("segmentation.PendingClient.client", why=COMPUTED),
    Stays("segmentation.Classification.client", why=PAST),
    Stays("segmentation.TopMembership.client", why=PAST),
    Stays("segmentation.ClientState.client", why=COMPUTED),
    Stays("segmentation.StatusChange.client", why=PAST),
    Stays("segmentation.TopOverride.client", why=WORD),
    Stays("segmentation.Exclusion.client", why=WORD),
    Moves("segmentation.LossAnswer.client", gettext_lazy("reasons of silence")),
    Stays("segmentation.PriorityScore.client", why=COMPUTED),
    Moves("segmentation.StrategicClient.client", same=("year",), same_where=Q(left_on=None)),
    Moves(
        "segmentation.Programme.client",
        same=("year",),
        same_where=Q(state__in=OPEN_PROGRAMMES),
        handed="owner",
        handed_where=Q(state__in=OPEN_PROGRAMMES),
    ),
    Stays("segmentation.FocusClient.client", why="lists of two weeks are people's; the next have the kept one"),
    Follows("segmentation.Talk.contact", by="clients.Contact.client"),
    Moves("segmentation.Preparation.client", same=("day", "person")),
    # the night ends an open case as joined; parted again, a handed-over client is to come back when it buys
    Keeps(
        "segmentation.ZeroCase.client",
        gettext_lazy("open zero cases"),
        columns=("state", "closed_on", "night"),
        where=Q(state__in=OPEN),
        changed=Q(state=CaseState.JOINED),
    ),
)
