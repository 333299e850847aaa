"""What leads say of a person's day: those to be given or taken, and own ones whose term runs."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals.leads.models import Lead
from deals.leads.rows import LeadRow, hydrate
from salescrm.base import clock, show
from salescrm.base.day import Block, DayRow, RowAct, first, not_empty
from staff.access import Act, may
from staff.models import Employee


def blocks(person: Employee, today: date) -> list[Block]:
    """Return the leads that wait for the person: own ones without first contact, and those nobody has (R156)."""
    asked = Q(responsible=person, first_contacted_at__isnull=True)
    if may(person, Act.CHANGE_OWN) or may(person, Act.ASSIGN_LEADS):
        asked |= Q(responsible__isnull=True)
    waiting = Lead.objects.visible_to(person, today).open().filter(asked)
    found, count = first(waiting.order_by("first_contact_due_at", "pk").values_list("pk", flat=True))
    rows = hydrate(found, person, clock.now()) if found else []
    words = ngettext("%(n)s lead", "%(n)s leads", count) % {"n": show.number(count)}
    late = any(row.term and row.term.is_late for row in rows)
    block = Block(
        "leads",
        _("Leads that wait"),
        [_row(row) for row in rows],
        count,
        note=words,
        icon="magnet",
        tone="bad" if late else "",
        pill=words if count else "",
        url=reverse("leads:lead-list"),
        url_label=_("All leads"),
    )
    return not_empty([block])


def _row(row: LeadRow) -> DayRow:
    lead, term = row.lead, row.term
    where = str(lead.source) if row.lead.responsible_id else _("nobody has it, %s") % lead.source
    acts = [RowAct(_("Log"), "phone", reverse("leads:lead-log", args=[lead.pk]), is_log=True)] if row.may_act else []
    left = term.left if term else None
    return DayRow(lead.name, reverse("leads:lead-card", args=[lead.pk]), left=left, why=where, acts=acts)
