"""Named sets of leads; `visible_to` is the only way to get one for a person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When

from salescrm.base import names
from staff.access import Act, Role, Rows, may, rows

if TYPE_CHECKING:
    from deals.leads.models import Lead, LeadForm, LeadRules
    from staff.models import Employee
else:
    Employee = Lead = LeadForm = LeadRules = Any

OPEN = ("new", "in_work", "qualified", "offered")


class LeadQuerySet(models.QuerySet["Lead"]):
    """Sets of leads."""

    def visible_to(self, person: Employee, today: date) -> LeadQuerySet:
        """Keep the rows the role matrix shows: own, of those one stands in for, and those to be taken; branch; all.

        Leads nobody has yet are seen by managers only where the rules let them take these (R157).
        """
        reach = rows(person)
        if reach == Rows.NOTHING:
            return self.none()
        if reach in (Rows.ALL, Rows.POTENTIAL):
            return self
        if reach == Rows.BRANCH:
            return self.filter(branch=person.branch_id)
        return self.filter(Q(responsible__in=person.acting_for(today)) | self._to_take(person))

    @staticmethod
    def _to_take(person: Employee) -> Q:
        rules = apps.get_model("deals", "LeadRules").objects.in_force()
        free = Q(responsible__isnull=True, state__in=OPEN)
        if rules.receiver == "csm" and person.role == Role.CSM:
            return free & Q(branch=person.branch_id)
        if rules.receiver == "single" and rules.single_receiver_id == person.pk:
            return free
        return Q(pk__in=[])

    def changeable_by(self, person: Employee, today: date) -> LeadQuerySet:
        """Keep what `person` may work on: who only reads may change nothing."""
        if may(person, Act.CHANGE_OWNER):
            return self.visible_to(person, today)
        if may(person, Act.CHANGE_OWN) and rows(person) in (Rows.OWN, Rows.POTENTIAL):
            return self.visible_to(person, today)
        return self.none()

    def open(self) -> LeadQuerySet:
        """Keep those neither converted nor closed."""
        return self.filter(state__in=OPEN)

    def unassigned(self) -> LeadQuerySet:
        """Keep open ones nobody is responsible for."""
        return self.open().filter(responsible__isnull=True)

    def queued(self) -> LeadQuerySet:
        """Say the place in the queue: those nobody has first, then open ones, then the rest."""
        free = When(state__in=OPEN, responsible__isnull=True, then=Value(2))
        place = Case(free, When(state__in=OPEN, then=Value(1)), default=Value(0), output_field=IntegerField())
        return self.annotate(queue=place)

    def called(self, typed: str) -> LeadQuerySet:
        """Keep leads whose person or company has what was typed, in either keyboard layout."""
        fits = Q(pk__in=[])
        for one in names.keys(typed):
            fits |= Q(person_key__contains=one) | Q(company_key__contains=one)
        return self.filter(fits)


class LeadRulesQuerySet(models.QuerySet["LeadRules"]):
    """Versions of the rules of leads."""

    def in_force(self) -> LeadRules:
        """Return the rules that hold: the latest ones; before anybody changed them what they begin with."""
        return self.select_related("single_receiver").order_by("-pk").first() or self.model()


class LeadFormQuerySet(models.QuerySet["LeadForm"]):
    """Sets of public forms."""

    def published(self) -> LeadFormQuerySet:
        """Keep those that strangers may fill in."""
        return self.filter(is_active=True)
