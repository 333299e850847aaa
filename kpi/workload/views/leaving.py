"""The page on which a person is let go: what is in hand, who gets it, the plan of the clients, and doing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clients.forms import owners_for, plain
from deals import sharing
from deals.sharing import Asked, Preview, numbers, query_of
from deals.views.sharing import rule_fields
from kpi.workload import leaving as actions
from kpi.workload.leaving import asked_for
from salescrm.base import clock
from salescrm.base.jobs import Refused
from salescrm.base.lists.requests import wants_part
from salescrm.base.requests import posted
from salescrm.base.toasts import toast
from staff.access import Act, Role, login_of, require
from staff.leaving import Leaving, in_hand
from staff.models import Employee


class LetGo(forms.Form):
    """Why the person leaves; `seen` is the mark of the plan that was looked at."""

    use_required_attribute = False
    note = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    is_sure = forms.BooleanField(
        label=gettext_lazy("Everything above goes to others now, and the log-in is closed"),
        error_messages={"required": gettext_lazy("Tick it: this cannot be taken back as a whole.")},
    )

    def show_mark(self, plan: Preview | None) -> None:
        """Draw the form anew with the plan that is shown now."""
        self.data = {**self.data, "seen": plan.mark if plan else ""}

    def clean_note(self) -> str:
        """Put the reason on one line."""
        if text := plain(self.cleaned_data["note"]):
            return text
        raise ValidationError(self.fields["note"].error_messages["required"])


@dataclass(frozen=True)
class Chosen:
    """What the address says: to whom the clients go and by what rule, who takes the rest, who leads."""

    asked: Asked
    receiver: Employee | None
    head: Employee | None

    @staticmethod
    def read(params: QueryDict, person: Employee, acting_user: Employee, today: date) -> Chosen:
        """Read the address; what makes no sense is left out, the clients go to the receiver where nobody is named."""
        others = owners_for(acting_user).exclude(pk=person.pk).select_related("branch")
        receiver = others.filter(pk__in=numbers(params, "receiver")[:1]).first()
        heads = _heads(person).filter(pk__in=numbers(params, "head")[:1])
        to = numbers(params, "to") or ([receiver.pk] if receiver else [])
        return Chosen(asked_for(person, to, params, acting_user, today), receiver, heads.first())


@require_http_methods(["GET", "POST"])
def leaving(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a person has in hand and where it would go; on posting pass it on and close the log-in."""
    acting, today = login_of(request), clock.today()
    require(acting, Act.DISMISS)
    person = get_object_or_404(Employee.objects.select_related("branch", "administrative_head"), pk=pk, is_active=True)
    chosen = Chosen.read(request.GET, person, acting, today)
    plan = sharing.preview(chosen.asked, today) if chosen.receiver else None
    form = LetGo(posted(request), initial={"seen": plan.mark if plan else ""})
    if request.method == "POST" and chosen.receiver and form.is_valid():
        told = Leaving(person, chosen.receiver, chosen.head, acting, today, clock.now())
        try:
            actions.let_go(
                leaving=told, asked=chosen.asked, seen=form.cleaned_data["seen"], note=form.cleaned_data["note"]
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            form.show_mark(plan)
        else:
            toast(request, _("%s has left: everything was passed on, the log-in is closed") % person.short_name)
            return redirect("staff:person", pk=pk)
    context = {
        "page_title": _("Leaving: %s") % person.short_name,
        "person": person,
        "is_self": person == acting,
        "held": in_hand(person, today),
        "chosen": chosen,
        "form": form,
    }
    context |= _fields(person, chosen, acting) | _shown(chosen, plan)
    part = "#plan" if wants_part(request) else ""
    return render(request, f"kpi/workload/leaving.html{part}", context, status=422 if form.errors else 200)


def _fields(person: Employee, chosen: Chosen, acting_user: Employee) -> dict[str, Any]:
    """The fields of the choice with what the address says."""
    others = list(owners_for(acting_user).exclude(pk=person.pk).select_related("branch"))
    leads = Employee.people.working().team_of(person) != {person.pk}
    head = chosen.head or person.administrative_head
    return {
        "to": {
            "kind": "picker", "key": "to", "label": _("Among whom the clients are shared out"),
            "options": [(str(one.pk), f"{one.short_name} · {one.branch}", one.pk in chosen.asked.to) for one in others],
        },
        "rule": rule_fields(chosen.asked),
        "receivers": [(one, one == chosen.receiver) for one in others],
        "heads": [(one, one == head) for one in _heads(person)] if leads else [],
    }  # fmt: skip


def _heads(person: Employee) -> Any:
    """Everybody at work who may lead others."""
    leading = (Role.CSH, Role.HOS, Role.BRANCH_HEAD, Role.DEPUTY_DIRECTOR, Role.DEPUTY_IT, Role.DIRECTOR)
    found = Employee.people.working().filter(role__in=leading).exclude(pk=person.pk)
    return found.order_by("last_name", "first_name", "pk")


def _shown(chosen: Chosen, plan: Preview | None) -> dict[str, Any]:
    if plan is None:
        return {"found": None}
    return {
        "found": plan,
        "count": len(plan.moves),
        "unplaced": len(plan.plan.unplaced),
        "clients_url": f"{reverse('deals:distribution')}?{query_of(chosen.asked)}",
    }
