"""Named sets of deals; `visible_to` is the only way to get one for a person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Upper

from clients.models import Client
from salescrm.base import names
from staff.access import Act, Rows, may, rows
from staff.models import Absence

if TYPE_CHECKING:
    from deals.dealing.models import Deal
    from staff.models import Employee
else:
    Deal = Employee = Any


WORDS = 6  # looked for of what was typed


class DealQuerySet(models.QuerySet["Deal"]):
    """Sets of deals."""

    def open(self) -> DealQuerySet:
        """Keep what is being worked."""
        return self.filter(state="open")

    def visible_to(self, person: Employee, today: date) -> DealQuerySet:
        """Keep what hangs on clients one sees, what one answers for or takes part in, and what one stands in for."""
        reach = rows(person)
        if reach == Rows.NOTHING:
            return self.none()
        if reach == Rows.ALL:
            return self
        away = Absence.objects.filter(substitute=person).on(today).values_list("employee_id", flat=True)
        theirs = Q(owner__in=[person.pk, *away])
        shared = self.model.participants.through.objects.filter(employee=person.pk, deal=OuterRef("pk"))
        clients = Client.objects.visible_to(person, today)
        return self.filter(theirs | Q(Exists(shared)) | Q(Exists(clients.filter(pk=OuterRef("client")))))

    def called(self, typed: str, *, with_typos: bool) -> DealQuerySet:
        """Keep deals with these words in either keyboard layout, of this number or order; with typos of like words."""
        fits = Q(pk__in=[])
        if not with_typos:
            fits |= Q(pk=int(typed)) if typed.isdecimal() and len(typed) < 19 else Q(pk__in=[])
            fits |= Q(order_number__iexact=typed)
        for words in dict.fromkeys((typed, names.other_layout(typed))):
            if max(map(len, words.split()), default=0) < names.WORD:
                continue
            if with_typos:
                fits |= Q(title_upper__trigram_word_similar=words)
            else:
                fits |= Q(*(Q(title__icontains=word) for word in words.split()[:WORDS]))
        return self.alias(title_upper=Upper("title")).filter(fits)

    def changeable_by(self, person: Employee, today: date) -> DealQuerySet:
        """Keep what `person` may move, close and correct: of what one sees, unless the role only reads."""
        visible = self.visible_to(person, today)
        if may(person, Act.CHANGE_OWNER) or (may(person, Act.CHANGE_OWN) and rows(person) != Rows.ALL):
            return visible
        return visible.none()
