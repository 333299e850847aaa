"""Clients that may be one: what they are compared by, likely pairs, and what was joined (R2, R6, R7)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models.client import Client
from clients.querysets import DuplicatePairQuerySet, JoiningQuerySet


class KeyKind(models.TextChoices):
    """What clients are compared by; a block is a piece of a name: only names that share one are measured."""

    INN = "inn", _("INN")
    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")
    MESSENGER = "messenger", _("messenger")
    SITE = "site", _("site")
    NAME = "name", _("name")
    BLOCK = "block", _("piece of a name")


class DuplicateKey(models.Model):
    """One normalised value of a client, written by `clients.duplicates.keys` before each search.

    Without a constraint, as an undone import takes its clients away; keys of no client are swept by the next search.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    kind = models.CharField(max_length=10, choices=KeyKind.choices)
    value = models.CharField(max_length=300, db_collation="C")
    is_mistyped = models.BooleanField(default=False, help_text="a name as the other keyboard layout gives it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "kind", "value"], name="duplicatekey_once")]
        indexes = [models.Index(fields=["value", "kind", "client"], name="duplicatekey_value")]  # who else has it

    def __str__(self) -> str:
        return f"{self.client_id} {self.kind} {self.value}"


class PairState(models.TextChoices):
    """Where a pair stands."""

    OPEN = "open", pgettext_lazy("pair", "to decide")
    JOINED = "joined", pgettext_lazy("pair", "joined")
    DIFFERENT = "different", pgettext_lazy("pair", "not a duplicate")


class DuplicatePair(models.Model):
    """Two clients that may be one, the one with the smaller number first (R7).

    A decision is kept: a pair said to be no duplicate is proposed again only when its reasons change.
    """

    one = models.ForeignKey(Client, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    other = models.ForeignKey(Client, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    likeness = models.PositiveSmallIntegerField(_("likeness"), help_text="0 to 100")
    reasons_mark = models.UUIDField(help_text="md5 of the kinds and values that speak for the pair")
    state = models.CharField(
        pgettext_lazy("pair", "state"), max_length=10, choices=PairState.choices, default=PairState.OPEN
    )
    found_on = models.DateField(help_text="day it was proposed last")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_on = models.DateField(null=True, blank=True)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        verbose_name = _("likely duplicate")
        verbose_name_plural = _("likely duplicates")
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="pair_smaller_number_first"),
            models.CheckConstraint(condition=Q(likeness__lte=100), name="pair_likeness_up_to_100"),
            models.CheckConstraint(
                condition=Q(state=PairState.OPEN) | Q(decided_by__isnull=False, decided_on__isnull=False),
                name="pair_decided_by_somebody",
                violation_error_message=_("A decision about a pair says who made it and when."),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "likeness", "id"], name="pair_by_likeness"),  # the list in its order
        ]

    def __str__(self) -> str:
        return f"{self.one_id} ~ {self.other_id}: {self.likeness}"


class ReasonKind(models.TextChoices):
    """Why two clients may be one."""

    INN = "inn", _("same INN")
    PHONE = "phone", _("same phone")
    EMAIL = "email", _("same e-mail")
    MESSENGER = "messenger", _("same messenger")
    SITE = "site", _("same site")
    NAME = "name", _("same name")
    LAYOUT = "layout", _("same name in the other keyboard layout")
    SIMILAR = "similar", _("similar name")


class DuplicateReason(models.Model):
    """One thing that speaks for a pair, with its weight in the likeness."""

    pair = models.ForeignKey(DuplicatePair, on_delete=models.CASCADE, related_name="reasons")
    kind = models.CharField(_("reason"), max_length=10, choices=ReasonKind.choices)
    value = models.CharField(max_length=300, blank=True, help_text="what both have; empty for a similar name")
    weight = models.DecimalField(max_digits=4, decimal_places=3, help_text="share of certainty it gives alone")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pair", "kind", "value"], name="reason_once_per_pair")]
        indexes = [models.Index(fields=["kind", "pair"], name="reason_by_kind")]  # the list's filter

    def __str__(self) -> str:
        return f"{self.pair_id} {self.kind} {self.value}"


class DuplicateSearch(models.Model):
    """A search that was done: from which rows of the field history the next one goes on."""

    day = models.DateField()
    is_whole = models.BooleanField(help_text="all clients were compared, not only those changed")
    compared = models.PositiveIntegerField(help_text="clients compared with all")
    pairs = models.PositiveIntegerField(help_text="pairs found among them")
    marks = models.JSONField(help_text="newest row of each history that was surely seen")
    finished_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.day}: {self.compared}"


class JoiningKind(models.TextChoices):
    """What was joined."""

    CLIENTS = "clients", pgettext_lazy("joining", "two clients")
    ENTITY = "entity", pgettext_lazy("joining", "a legal entity")


class Joining(models.Model):
    """A client joined into another one, or a legal entity moved; what moved is kept, so that undo is exact (R2, R7)."""

    kind = models.CharField(max_length=10, choices=JoiningKind.choices, default=JoiningKind.CLIENTS)
    kept = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="joinings")
    joined = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="joined_by")
    fields_before = models.JSONField(default=dict, help_text="fields of the client kept that took another value")
    fields_after = models.JSONField(default=dict)
    moved = models.JSONField(default=dict, help_text="what moved, by table; see clients.duplicates.moving")
    submission = models.UUIDField(unique=True, help_text="of the form: a double click is one joining")
    made_on = models.DateField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_on = models.DateField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = JoiningQuerySet.as_manager()

    class Meta:
        verbose_name = _("joining")
        verbose_name_plural = _("joinings")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kept=F("joined")),
                name="joining_of_two",
                violation_error_message=_("A client is not joined with itself."),
            ),
            models.UniqueConstraint(
                fields=["joined"],
                condition=Q(kind=JoiningKind.CLIENTS, undone_on__isnull=True),
                name="joined_into_one",
                violation_error_message=_("This client was joined into another one already."),
            ),
            models.CheckConstraint(
                condition=Q(undone_on__isnull=True, undone_by__isnull=True)
                | Q(undone_on__isnull=False, undone_by__isnull=False),
                name="joining_undone_by_somebody",
                violation_error_message=_("An undone joining says by whom and when."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.joined_id} → {self.kept_id}"
