"""Named sets of clients and shipments; `visible_to` is the only way to get an object for a person."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from staff.access import Rows, rows

if TYPE_CHECKING:
    from clients.models import (
        Answer,
        Client,
        ClientDocument,
        Communication,
        CompletenessRules,
        DuplicatePair,
        Joining,
        Participant,
        Shipment,
        TypeChoice,
        TypicalObjection,
    )
    from staff.models import Employee
else:
    Answer = Client = ClientDocument = Communication = CompletenessRules = DuplicatePair = Joining = Any
    Participant = Shipment = TypeChoice = TypicalObjection = Employee = Any


def worked_by(found: models.QuerySet[Any], client: str, person: Employee, today: date) -> list[models.QuerySet[Any]]:
    """Return of rows that lead to a client by the path `client` those `person` works, and those one takes part in.

    As joins, not as sets of ids: with a limit they stop after the first hits, however many clients the person has. Rows
    further from the client are asked one by one, which spares reading the clients on the way.
    """
    owners = person.acting_for(today)
    ownership, participant = (apps.get_model("clients", name).objects for name in ("Ownership", "Participant"))
    taking_part = participant.on(today).filter(employee=person)
    part = found.filter(Exists(taking_part.filter(client=OuterRef(f"{client}_id" if client else "pk"))))
    if "__" in client:
        owned = ownership.filter(client=OuterRef(f"{client}_id"), owner__in=owners, ends_on__isnull=True)
        return [found.filter(Exists(owned)), part]
    path = f"{client}__" if client else ""
    return [found.filter(**{f"{path}ownerships__owner__in": owners, f"{path}ownerships__ends_on": None}), part]


class ClientQuerySet(models.QuerySet["Client"]):
    """Sets of clients."""

    def present(self) -> ClientQuerySet:
        """Keep clients that were not joined into another one."""
        return self.filter(merged_into__isnull=True)

    def owned_by(self, person: Employee) -> ClientQuerySet:
        """Keep clients whose open ownership interval is `person`'s."""
        ownership = apps.get_model("clients", "Ownership")
        return self.filter(pk__in=ownership.objects.filter(owner=person, ends_on__isnull=True).values("client_id"))

    def visible_to(self, person: Employee, today: date) -> ClientQuerySet:
        """Keep the rows the role matrix shows `person` on `today`: all; else own, as participant, as substitute (R10).

        The branch's and the potential ones are seen beside these.
        """
        reach = rows(person)
        if reach == Rows.ALL:
            return self.present()
        if reach == Rows.NOTHING:
            return self.none()
        return self.present().filter(self._in_reach(person) | self._worked_by(person, today))

    def handed_by(self, person: Employee, today: date) -> ClientQuerySet:
        """Keep the clients whose owner a head may change: of a branch, not those he only takes part in."""
        visible = self.visible_to(person, today)
        return visible.filter(self._in_reach(person)) if rows(person) == Rows.BRANCH else visible

    def beyond_reach(self, person: Employee, today: date) -> ClientQuerySet:
        """Keep the clients a person of a branch, or of the potential ones, sees only as participant or substitute."""
        worked = self.ids_worked_by(person, today)
        return self.present().filter(pk__in=worked).exclude(self._in_reach(person))

    @staticmethod
    def _in_reach(person: Employee) -> Q:
        known = {Rows.BRANCH: Q(branch_id=person.branch_id), Rows.POTENTIAL: Q(standing__life_cycle="potential")}
        return known.get(rows(person), Q(pk__in=[]))

    def _worked_by(self, person: Employee, today: date) -> Q:
        owned = self._owned(person, today).filter(client=OuterRef("pk"))
        taking_part = self._taken_part(person, today).filter(client=OuterRef("pk"))
        return Q(Exists(owned)) | Q(Exists(taking_part))

    def ids_worked_by(self, person: Employee, today: date) -> models.QuerySet[Any, Any]:
        """Return the ids of what `person` works on: the set to begin with where all rows are read, not a page."""
        owned = self._owned(person, today).values_list("client_id", flat=True)
        return owned.union(self._taken_part(person, today).values_list("client_id", flat=True))

    def regrouped(self) -> ClientQuerySet:
        """Keep clients whose type was set through the questionnaire, holds and was not returned (R20, R33)."""
        return self.filter(self._type_holds())

    def not_regrouped(self) -> ClientQuerySet:
        """Keep clients whose type is still to be set through the questionnaire."""
        return self.exclude(self._type_holds())

    @staticmethod
    def _type_holds() -> Q:
        choices = apps.get_model("clients", "TypeChoice").objects.holding()
        return Q(Exists(choices.filter(client=OuterRef("pk"), segment=OuterRef("segment"))))

    @staticmethod
    def _owned(person: Employee, today: date) -> models.QuerySet[Any, Any]:
        owners = person.acting_for(today)  # with ids in hand both ways of the index on owners serve
        ownership = apps.get_model("clients", "Ownership")
        found: models.QuerySet[Any, Any] = ownership.objects.filter(owner__in=owners, ends_on__isnull=True)
        return found

    @staticmethod
    def _taken_part(person: Employee, today: date) -> models.QuerySet[Any, Any]:
        participant = apps.get_model("clients", "Participant")
        found: models.QuerySet[Any, Any] = participant.objects.on(today).filter(employee=person)
        return found

    def changeable_by(self, person: Employee, today: date) -> ClientQuerySet:
        """Keep the clients `person` may change: own rows with CHANGE_OWN, all visible rows with CHANGE_OWNER."""
        from staff.access import Act, may

        visible = self.visible_to(person, today)
        if may(person, Act.CHANGE_OWNER) or (may(person, Act.CHANGE_OWN) and rows(person) == Rows.OWN):
            return visible  # who sees own rows sees nothing else
        return visible.filter(self._worked_by(person, today)) if may(person, Act.CHANGE_OWN) else self.none()


class ParticipantQuerySet(models.QuerySet["Participant"]):
    """Sets of participants of clients."""

    def on(self, day: date) -> ParticipantQuerySet:
        """Keep those who take part on `day`."""
        return self.not_over(day).filter(starts_on__lte=day)

    def not_over(self, day: date) -> ParticipantQuerySet:
        """Keep those who take part on `day` or later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    """Sets of shipments."""

    def of_client(self, client: Client) -> ShipmentQuerySet:
        """Keep documents of the client's legal entities."""
        return self.filter(legal_entity__client=client)

    def visible_to(self, person: Employee, today: date) -> ShipmentQuerySet:
        """Keep documents of clients `person` sees."""
        client = apps.get_model("clients", "Client")
        seen = client.objects.visible_to(person, today).values("pk")
        return self.filter(legal_entity__client__in=seen)


class AnswerQuerySet(models.QuerySet["Answer"]):
    """Sets of answers of the questionnaire."""

    def holding(self) -> AnswerQuerySet:
        """Keep the latest answer of each subject of a client; one taken back is among them with an empty value."""
        subject = ("client_id", "question_id", "sign_id", "parameter_id")  # by number: their own order would join them
        return self.order_by(*subject, "-pk").distinct(*subject)


class TypeChoiceQuerySet(models.QuerySet["TypeChoice"]):
    """Sets of types set for clients."""

    def newest(self) -> TypeChoiceQuerySet:
        """Keep the latest choice of each client."""
        later = self.model._default_manager.filter(client=OuterRef("client"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(later))

    def holding(self) -> TypeChoiceQuerySet:
        """Keep the latest choices that no head returned."""
        returned = apps.get_model("clients", "TypeDecision").objects.filter(choice=OuterRef("pk"), agreed=False)
        return self.newest().filter(~Exists(returned))

    def to_decide(self) -> TypeChoiceQuerySet:
        """Keep the latest choices that differ from the suggestion and wait for a head."""
        return self.newest().filter(differs=True, decision__isnull=True)


class CommunicationQuerySet(models.QuerySet["Communication"]):
    """Sets of communications."""

    def visible_to(self, person: Employee, today: date) -> CommunicationQuerySet:
        """Keep entries about clients `person` sees."""
        client = apps.get_model("clients", "Client")
        return self.filter(client__in=client.objects.visible_to(person, today).values("pk"))

    def valid(self) -> CommunicationQuerySet:
        """Leave out entries that were corrected by another one."""
        return self.filter(corrected_by__isnull=True)

    def counted(self) -> CommunicationQuerySet:
        """Keep what counts for the contact norm: spoken both ways, with a result that counts (R94, R95)."""
        return self.valid().filter(is_two_way=True, result__counts=True)


class ClientDocumentQuerySet(models.QuerySet["ClientDocument"]):
    """Sets of papers of clients."""

    def visible_to(self, person: Employee, today: date) -> ClientDocumentQuerySet:
        """Keep papers of clients `person` sees."""
        client = apps.get_model("clients", "Client")
        return self.filter(client__in=client.objects.visible_to(person, today).values("pk"))

    def present(self) -> ClientDocumentQuerySet:
        """Keep those that were not removed."""
        return self.filter(removed_on__isnull=True)


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    """Sets of likely duplicates."""

    def present(self) -> DuplicatePairQuerySet:
        """Keep pairs of two clients that are there and were not joined into others; joined pairs stay."""
        client = apps.get_model("clients", "Client")
        there = client.objects.present()
        both = Q(Exists(there.filter(pk=OuterRef("one")))) & Q(Exists(there.filter(pk=OuterRef("other"))))
        return self.filter(both | Q(state="joined"))

    def visible_to(self, person: Employee, today: date) -> DuplicatePairQuerySet:
        """Keep pairs of which `person` sees a client; of the other one only name, INN, city and owner are told."""
        if rows(person) == Rows.ALL:
            return self.present()
        seen = apps.get_model("clients", "Client").objects.visible_to(person, today).values("pk")
        return self.present().filter(Q(one__in=seen) | Q(other__in=seen))


class JoiningQuerySet(models.QuerySet["Joining"]):
    """Sets of joinings."""

    def standing(self) -> JoiningQuerySet:
        """Keep joinings that were not undone."""
        return self.filter(undone_on__isnull=True)

    def visible_to(self, person: Employee, today: date) -> JoiningQuerySet:
        """Keep joinings whose kept client `person` sees."""
        seen = apps.get_model("clients", "Client").objects.visible_to(person, today)
        return self.filter(kept__in=seen.values("pk"))


class CompletenessRulesQuerySet(models.QuerySet["CompletenessRules"]):
    """Versions of the rules of completeness."""

    def in_force(self) -> CompletenessRules:
        """Return the rules that hold: the latest ones; before anybody changed them what they begin with."""
        return self.order_by("-pk").first() or self.model()


class TypicalObjectionQuerySet(models.QuerySet["TypicalObjection"]):
    """Sets of objections of the library."""

    def for_client(self, client: Client) -> TypicalObjectionQuerySet:
        """Keep what is offered for a client, what is known of its very type first, then its sphere, then everybody."""
        segment = client.segment
        here = Q(sphere__isnull=True, segment__isnull=True)
        if segment is not None:
            here |= Q(segment=segment) | Q(sphere=segment.sphere_id)
        nulls_last = (models.F("segment").asc(nulls_last=True), models.F("sphere").asc(nulls_last=True))
        return self.filter(here, is_active=True).order_by(*nulls_last, "order", "pk")
