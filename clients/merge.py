"""What the room says of its tables when clients are joined."""

from __future__ import annotations

from datetime import date

from django.db.models import OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.completeness import writing
from clients.duplicates.parts import Follows, Moves, Stays
from clients.models import Communication, ContactPoint, Joining

COMPUTED = "computed anew"
OVERLAPS = (Q(ends_on=None) | Q(ends_on__gt=OuterRef("starts_on"))) & Q(
    starts_on__lt=Coalesce(OuterRef("ends_on"), Value(date.max))
)
OF_ENTITY = "clients.LegalEntity.client"
OF_CONTACT = "clients.Contact.client"
PARTS = (
    Moves(OF_ENTITY),
    Follows("clients.Shipment.legal_entity", by=OF_ENTITY, counted="legal_entity__client"),
    Follows("clients.ExternalCode.legal_entity", by=OF_ENTITY),
    Follows("clients.TouchedMonth.legal_entity", by=OF_ENTITY),
    Moves(OF_CONTACT),
    # an equal one would come along with its contact, and a client has each once
    Moves("clients.ContactPoint.client", same=("kind", "value_key"), drops=True),
    Follows("clients.ContactPoint.contact", by=OF_CONTACT),
    Follows("clients.Need.contact", gettext_lazy("needs"), by=OF_CONTACT, counted="contact__client"),
    Follows("clients.Argument.contact", by=OF_CONTACT),
    Follows("clients.Objection.contact", by=OF_CONTACT),
    Moves(
        "clients.ClientCriterion.client",
        same=("criterion",),
        placed="place",
        loose=True,
        label=gettext_lazy("criteria of choosing a supplier"),
    ),
    Moves("clients.Communication.client"),
    Follows("clients.Communication.contact", by=OF_CONTACT),
    Moves("clients.Answer.client"),
    Moves("clients.ClientDocument.client"),
    Moves("clients.TypeChoice.client", gettext_lazy("types set")),
    Moves("clients.Verification.client", same=("block", "day")),
    Moves("clients.Participant.client", gettext_lazy("participants"), same=("employee",), meets=OVERLAPS),
    Stays("clients.Ownership.client", why="each part keeps the line of its owners; the kept client's goes on"),
    Stays("clients.Archiving.client", why="a word said of one part does not bind the other"),
    Stays("clients.Standing.client", why=COMPUTED),
    Stays("clients.Tallied.client", why=COMPUTED),
    Stays("clients.Untallied.client", why=COMPUTED),
    Stays("clients.DuplicateKey.client", why=COMPUTED),
    Stays("clients.DuplicatePair.one", why="says what was compared"),
    Stays("clients.DuplicatePair.other", why="says what was compared"),
    Stays("clients.Joining.kept", why="says what was joined"),
    Stays("clients.Joining.joined", why="says what was joined"),
    Stays("clients.SourceDifference.client", why="says what an import saw; the next one says it of the kept client"),
    Stays("clients.SourceDifference.legal_entity", why="the next import of the source says it anew"),
    Stays("clients.Client.merged_into", why="parts are joined one into another, and undone backwards"),
)


def talked_since(joining: Joining) -> list[str]:
    """Say what was written about people who would go back: it was said with the joined client."""
    contacts = joining.moved.get("rows", {}).get(OF_CONTACT, [])
    known = joining.moved.get("rows", {}).get("clients.Communication.client", [])
    since = Communication.objects.filter(contact__in=contacts, client=joining.kept_id).exclude(pk__in=known).count()
    if not since:
        return []
    told = ngettext(
        "%d communication was written since with a contact that would go back.",
        "%d communications were written since with contacts that would go back.",
        since,
    )
    return [told % since]


def points_since(joining: Joining) -> list[str]:
    """Say which ways to reach were noted again at people who would go back, beside those that would be put back."""
    contacts = joining.moved.get("rows", {}).get(OF_CONTACT, [])
    dropped = joining.moved.get("dropped", {}).get("clients.ContactPoint.client", [])
    keys = {(row["kind"], row["value_key"]) for row in dropped}
    found = ContactPoint.objects.filter(contact__in=contacts, value_key__in=[key for _kind, key in keys])
    again = [one.value for one in found if (one.kind, one.value_key) in keys]
    return [_("Noted again since: %s.") % ", ".join(again)] if again else []


def settle(clients: list[int], today: date) -> None:
    """Write how much is known of both."""
    writing.write(clients, today=today)


REFUSALS = (talked_since, points_since)
SETTLING = (settle,)
