"""Joining two clients, moving a legal entity, and undoing either (R2, R7): what moves, the rooms say (`merge.py`).

The client that bought last is kept, and with it the line of its owners (rules.md); of two that never bought, the elder.
Rows are locked in the order of their numbers; an import or a night that is summing up is not waited for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Field, Max, Q
from django.utils.translation import gettext as _

from clients.duplicates import keys, moving, parts
from clients.models import Client, DuplicatePair, Joining, JoiningKind, LegalEntity, Ownership, PairState, Shipment
from salescrm.base import locks, names, sql
from salescrm.base.jobs import Refused
from staff.models import Employee

FIELDS = (
    *("name", "segment", "legacy_type", "branch", "city", "region", "address", "channel", "buyer_kind"),
    *("decision_pattern", "legacy_potential"),
)
OF_ENTITY = "clients.LegalEntity.client"


class Changed(Refused):
    """Somebody changed one of the clients after the person had looked at them."""

    def __str__(self) -> str:
        return _("Somebody else changed one of these clients meanwhile. Look, then join again.")


def column(name: str) -> Field[Any, Any]:
    """Return a field of the client that is a column."""
    field = Client._meta.get_field(name)
    assert isinstance(field, Field)  # noqa: S101
    return field


def in_order(one: Client, other: Client) -> tuple[Client, Client]:
    """Return the client to be kept, and the one that is joined into it."""
    bought = Shipment.objects.filter(legal_entity__client__in=[one, other], total__gt=0).order_by()
    last = dict(bought.values_list("legal_entity__client").annotate(day=Max("day")))
    first, second = sorted((one, other), key=lambda client: (last.get(client.pk, date.min), -client.pk), reverse=True)
    return first, second


def mark(kept: Client, joined: Client, way: moving.Way) -> str:
    """Return a mark of what the person saw; another one means somebody changed a client meanwhile."""
    values: list[Any] = [way.kept, way.joined, way.kept_owner, way.joined_owner]
    values += [getattr(one, column(name).attname) for one in (kept, joined) for name in FIELDS]
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()[:16]


@transaction.atomic
def join(
    *,
    kept: int,
    joined: int,
    taken: Mapping[str, bool],
    submission: UUID,
    acting_user: Employee,
    today: date,
    now: datetime,
    seen: str = "",
) -> Joining:
    """Join a client into another one; `taken` names the fields whose value is the joined client's.

    1. The same form sent twice gives the joining there is. 2. Lock imports, then both clients; refuse when one of
    them was joined meanwhile, or is not as the person saw it (`seen`). 3. Write the chosen fields. 4. Move by the
    parts. 5. Note what is to be looked at anew.
    """
    made = Joining.objects.filter(submission=submission).first()
    if made:
        return made
    clients = _locked([kept, joined])
    made = Joining.objects.filter(submission=submission).first()  # sent twice at the same moment
    if made:
        return made
    for client in clients.values():
        if client.merged_into_id is not None:
            raise Refused(_("“%s” was joined into another client meanwhile.") % client.name)
    owners = _owners([kept, joined])
    way = moving.Way(kept, joined, owners[kept], owners[joined])
    if seen:
        _refuse_unless_as_seen(clients, way, seen)
    before, after = _take(clients[kept], clients[joined], taken)
    moved = moving.join(parts.declared(), way, by=acting_user.pk, now=now)
    Client.objects.filter(pk=joined).update(merged_into=kept)
    _decide(kept, joined, PairState.JOINED, acting_user, today)
    _look_again([kept, joined], moved["rows"].get(OF_ENTITY, []), today)
    return Joining.objects.create(
        kept_id=kept, joined_id=joined, fields_before=before, fields_after=after, moved=moved,
        submission=submission, made_on=today, made_by=acting_user,
    )  # fmt: skip


@transaction.atomic
def move_entity(*, entity: int, to: int, submission: UUID, acting_user: Employee, today: date) -> Joining:
    """Give a legal entity, with its documents and codes, to another client; a client's only one does not go alone."""
    made = Joining.objects.filter(submission=submission).first()
    if made:
        return made
    source = LegalEntity.objects.values_list("client_id", flat=True).get(pk=entity)
    clients = _locked([source, to])
    made = Joining.objects.filter(submission=submission).first()
    if made:
        return made
    if source == to or any(client.merged_into_id is not None for client in clients.values()):
        raise Refused(_("The legal entity is with another client already."))
    if not LegalEntity.objects.filter(client=source).exclude(pk=entity).exists():
        raise Refused(_("It is the client's only legal entity: join the clients instead."))
    if not LegalEntity.objects.filter(pk=entity, client=source).update(client=to):
        raise Refused(_("The legal entity is with another client already."))
    _look_again([source, to], [entity], today)
    moved: moving.Moved = {"rows": {OF_ENTITY: [entity]}, "dropped": {}, "handed": {}, "placed": {}, "kept": {}}
    return Joining.objects.create(
        kind=JoiningKind.ENTITY, kept_id=to, joined_id=source, moved=moved,
        submission=submission, made_on=today, made_by=acting_user,
    )  # fmt: skip


def why_not(joining: Joining) -> list[str]:
    """Say why a joining cannot be undone; nothing: it can."""
    if joining.undone_on is not None:
        return [_("It was undone already.")]
    found = _later(joining)
    found += moving.obstacles(parts.declared(), joining)
    for refusal in parts.refusals():
        found += refusal(joining)
    return found + _fields_changed(joining)


@transaction.atomic
def undo(*, joining: Joining, acting_user: Employee, today: date) -> None:
    """Put everything back where it was; raise Refused with every reason why it cannot be.

    Nights may have run since: what they compute follows, and they leave both clients alone for seven days.
    """
    clients = _locked([joining.kept_id, joining.joined_id])
    joining = Joining.objects.select_for_update().get(pk=joining.pk)
    reasons = why_not(joining)
    if reasons:
        raise Refused(" ".join(reasons))
    moving.part_again(parts.declared(), joining)
    if joining.kind == JoiningKind.CLIENTS:
        _write(clients[joining.kept_id], joining.fields_before)
        Client.objects.filter(pk=joining.joined_id).update(merged_into=None)
        _decide(joining.kept_id, joining.joined_id, PairState.OPEN, None, None)
    Client.objects.filter(pk__in=list(clients)).update(separated_on=today)
    _look_again(list(clients), joining.moved["rows"].get(OF_ENTITY, []), today)
    Joining.objects.filter(pk=joining.pk).update(undone_on=today, undone_by=acting_user)


def _locked(numbers: list[int]) -> dict[int, Client]:
    """Keep imports out and lock both clients, by their numbers; raise Refused while documents are being written.

    Joinings share the lock of imports: one waits for another only where they have a client in common.
    """
    if not locks.try_share(locks.Key.INTAKE_MERGE):
        raise Refused(_("An import or the night is writing documents just now. Try again in a minute."))
    return {one.pk: one for one in Client.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk")}


def _refuse_unless_as_seen(clients: Mapping[int, Client], way: moving.Way, seen: str) -> None:
    """Raise Changed when a field, an owner, or which of the two bought last is not what the person saw any more."""
    first, _second = in_order(clients[way.kept], clients[way.joined])
    if first.pk != way.kept or mark(clients[way.kept], clients[way.joined], way) != seen:
        raise Changed


def _owners(numbers: list[int]) -> dict[int, int]:
    now = Ownership.objects.filter(client__in=numbers, ends_on__isnull=True)
    return dict(now.values_list("client_id", "owner_id"))


def _take(kept: Client, joined: Client, taken: Mapping[str, bool]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write the fields taken from the joined client; return what they were and what they are."""
    columns = [column(name).attname for name in FIELDS if taken.get(name)]
    changed = [name for name in columns if getattr(kept, name) != getattr(joined, name)]
    before = {name: getattr(kept, name) for name in changed}
    after = {name: getattr(joined, name) for name in changed}
    _write(kept, after)
    return before, after


def _write(client: Client, values: dict[str, Any]) -> None:
    """Write fields of the client; the keys of the name follow it."""
    if "name" in values:
        name = values["name"]
        values = values | {"name_key": names.key(name), "name_sort": names.sort_key(name)}
    if values:
        Client.objects.filter(pk=client.pk).update(**values)


def _decide(one: int, other: int, state: PairState, person: Employee | None, day: date | None) -> None:
    pairs = DuplicatePair.objects.filter(one=min(one, other), other=max(one, other))
    pairs.update(state=state, decided_by=person, decided_on=day)


def _look_again(clients: list[int], entities: list[int], today: date) -> None:
    """Let the next night sum up both clients, the next search compare them, and rooms reckon what cannot wait."""
    touched = {"entity_ids": entities, "client_ids": clients, "month": today.replace(day=1)}
    sql.run("clients", "touch_joined_months", touched)
    keys.forget(clients)
    for settle in parts.settling():
        settle(clients, today)


def _later(joining: Joining) -> list[str]:
    """Name later joinings that have to be undone first."""
    two = [joining.kept_id, joining.joined_id]
    concerned = Joining.objects.standing().filter(Q(kept__in=two) | Q(joined__in=two), pk__gt=joining.pk)
    later = concerned.select_related("kept", "joined").order_by("-pk")
    said = _("Undo the joining of “%(joined)s” into “%(kept)s” first.")
    return [said % {"joined": one.joined.name, "kept": one.kept.name} for one in later]


def _fields_changed(joining: Joining) -> list[str]:
    """Name fields that were taken from the joined client and are something else now."""
    if not joining.fields_after:
        return []
    now = Client.objects.filter(pk=joining.kept_id).values(*joining.fields_after).get()
    changed = [name for name, value in joining.fields_after.items() if now[name] != value]
    labels = [str(column(name.removesuffix("_id")).verbose_name) for name in changed]
    return [_("Changed since: %s.") % ", ".join(labels)] if labels else []
