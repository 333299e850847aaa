"""What the room says of a client's past: shipments, communications, owners, imports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.contacts.seeing import sees_contacts
from clients.models import (
    Archiving,
    Client,
    ClientDocument,
    Communication,
    CommunicationKind,
    Joining,
    JoiningKind,
    LegalEntity,
    Ownership,
    Shipment,
)
from salescrm.base import clock, show
from salescrm.base.models import Intake, IntakeState
from salescrm.base.timeline import Event, Kind, Part

ICONS = {
    CommunicationKind.CALL: "phone",
    CommunicationKind.MEETING: "users",
    CommunicationKind.VIDEO: "video",
    CommunicationKind.LETTER: "mail",
    CommunicationKind.MESSAGE: "message",
    CommunicationKind.NOTE: "note",
}


def _communications(ids: Sequence[int], person: Any) -> dict[int, Event]:
    rows = Communication.objects.select_related("author", "result", "contact", "corrected_by").in_bulk(list(ids))
    return {pk: _communication(one, person) for pk, one in rows.items()}


def _communication(one: Communication, person: Any) -> Event:
    corrected = getattr(one, "corrected_by", None)
    said = [one.text, _("Agreed: %s") % one.agreements if one.agreements else ""]
    head = [str(one.get_kind_display()).capitalize(), one.contact.name if one.contact else "", str(one.result or "")]
    notes = [one.author.short_name]
    if one.corrects_id:
        notes.append(_("a correction"))
    if corrected:
        notes.append(_("corrected on %s") % show.day(corrected.day))
    may_correct = one.author_id == person.pk and corrected is None
    url = f"{reverse('deals:log-client', args=[one.client_id])}?corrects={one.pk}" if may_correct else ""
    return Event(
        ICONS[CommunicationKind(one.kind)],
        " · ".join(part for part in head if part),
        "\n".join(part for part in said if part),
        at=f"{one.time:%H:%M}" if one.time else "",
        note=" · ".join(notes),
        tone="t3" if corrected else "",
        act_label=_("Correct") if may_correct else "",
        act_url=url,
    )


def _shipments(ids: Sequence[int], person: Any) -> dict[int, Event]:
    found = {}
    for pk, one in Shipment.objects.in_bulk(list(ids)).items():
        number = one.number or one.external_id
        words = _("Return %(number)s, %(money)s") if one.total < 0 else _("Shipment %(number)s, %(money)s")
        icon, tone = ("arrow-back-up", "bad") if one.total < 0 else ("truck-delivery", "")
        found[pk] = Event(icon, words % {"number": number, "money": show.money(one.total)}, tone=tone)
    return found


def _owners(ids: Sequence[int], person: Any) -> dict[int, Event]:
    found = {}
    for pk, one in Ownership.objects.select_related("owner", "author").in_bulk(list(ids)).items():
        text = _("Owner: %s") % one.owner.short_name
        detail = f"{one.get_reason_display()}: {one.note}" if one.note else str(one.get_reason_display())
        found[pk] = Event("user-share", text, detail, note=one.author.short_name if one.author else "")
    return found


def _joinings(ids: Sequence[int], person: Any) -> dict[int, Event]:
    rows = Joining.objects.select_related("joined", "kept", "made_by", "undone_by").in_bulk(list(ids))
    seen = set(Joining.objects.visible_to(person, clock.today()).filter(pk__in=rows).values_list("pk", flat=True))
    found = {}
    for pk, one in rows.items():
        is_clients = one.kind == JoiningKind.CLIENTS
        text = (
            _("Client joined: %(joined)s into %(kept)s")
            if is_clients
            else _("Legal entity moved: from %(joined)s to %(kept)s")
        )
        undone = ""
        if one.undone_by:
            told = {"day": show.day(one.undone_on), "who": one.undone_by.short_name}
            undone = _("undone on %(day)s by %(who)s") % told
        found[pk] = Event(
            "arrows-join",
            text % {"joined": one.joined.name, "kept": one.kept.name},
            undone,
            tone="t3" if undone else "",
            url=reverse("clients:joining", args=[pk]) if pk in seen else "",
            note=one.made_by.short_name,
        )
    return found


def _archivings(ids: Sequence[int], person: Any) -> dict[int, Event]:
    rows = Archiving.objects.select_related("reason", "archived_by").in_bulk(list(ids))
    return {
        pk: Event("archive", _("Put into the archive by hand"), one.why, note=one.archived_by.short_name)
        for pk, one in rows.items()
    }


def _returns(ids: Sequence[int], person: Any) -> dict[int, Event]:
    rows = Archiving.objects.select_related("taken_back_by").in_bulk(list(ids))
    return {
        pk: Event("archive-off", _("Taken back from the archive"), note=getattr(one.taken_back_by, "short_name", ""))
        for pk, one in rows.items()
    }


def _documents(ids: Sequence[int], person: Any) -> dict[int, Event]:
    rows = ClientDocument.objects.select_related("added_by", "file").in_bulk(list(ids))
    return {
        pk: Event(
            "file-text",
            _("Document added: %s") % one.title,
            f"{one.get_kind_display()} · {one.ending}",
            url=reverse("clients:document-file", args=[pk]),
            note=one.added_by.short_name,
        )
        for pk, one in rows.items()
    }


def _imports(ids: Sequence[int], person: Any) -> dict[int, Event]:
    return {
        pk: Event("file-import", _("Came with the import of %s") % one.file_name)
        for pk, one in Intake.objects.in_bulk(list(ids)).items()
    }


KINDS = (
    Kind(
        "said",
        gettext_lazy("Communications"),
        "day",
        lambda client: Communication.objects.filter(client=client),
        _communications,
        lambda words: Q(text__icontains=words) | Q(agreements__icontains=words),
        parts=(
            Part("calls", gettext_lazy("Calls"), Q(kind=CommunicationKind.CALL)),
            Part(
                "meetings",
                gettext_lazy("Meetings and video calls"),
                Q(kind__in=[CommunicationKind.MEETING, CommunicationKind.VIDEO]),
            ),
            Part(
                "letters",
                gettext_lazy("Letters and messages"),
                Q(kind__in=[CommunicationKind.LETTER, CommunicationKind.MESSAGE]),
            ),
            Part("notes", gettext_lazy("Notes"), Q(kind=CommunicationKind.NOTE)),
        ),
    ),
    Kind(
        "shipments",
        gettext_lazy("Shipments"),
        "day",
        lambda client: Shipment.objects.filter(legal_entity__client=client),
        _shipments,
        lambda words: Q(number__contains=words) | Q(external_id__contains=words),
    ),
    Kind(
        "owners",
        gettext_lazy("Owners"),
        "starts_on",
        lambda client: Ownership.objects.filter(client=client),
        _owners,
        lambda words: Q(note__icontains=words),
    ),
    Kind(
        "joinings",
        gettext_lazy("Joinings"),
        "made_on",
        lambda client: Joining.objects.filter(Q(kept=client) | Q(joined=client)),
        _joinings,
        lambda words: Q(joined__name__icontains=words) | Q(kept__name__icontains=words),
    ),
    Kind(
        "archived",
        gettext_lazy("Archive"),
        "archived_on",
        lambda client: Archiving.objects.filter(client=client),
        _archivings,
        lambda words: Q(note__icontains=words),
    ),
    Kind(
        "archive-back",
        gettext_lazy("Archive, taken back"),
        "taken_back_on",
        lambda client: Archiving.objects.filter(client=client, taken_back_on__isnull=False),
        _returns,
    ),
    Kind(
        "documents",
        gettext_lazy("Documents"),
        "added_on",
        lambda client: ClientDocument.objects.present().filter(client=client),
        _documents,
        lambda words: Q(title__icontains=words),
        is_shown=sees_contacts,
    ),
    Kind(
        "imports",
        gettext_lazy("Imports"),
        "created_at__date",
        lambda client: Intake.objects.filter(pk__in=_intakes(client), state=IntakeState.DONE),
        _imports,
    ),
)


def _intakes(client: int) -> Any:
    own = Client.objects.filter(pk=client, intake__isnull=False).values_list("intake", flat=True)
    return own.union(LegalEntity.objects.filter(client=client, intake__isnull=False).values_list("intake", flat=True))
