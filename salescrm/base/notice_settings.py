"""How a person wants notifications: in the program, at once by letter, in the daily letter, at which hour."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from salescrm.base.models import ByLetter, DailyLetter, NotificationChoice
from salescrm.base.notify import Kind, kinds
from salescrm.base.requests import posted
from salescrm.base.toasts import toast

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class NoticeForm(forms.Form):
    """A line per kind of notifications the person can get, and when the daily letter comes."""

    hour = forms.TypedChoiceField(label=gettext_lazy("The daily letter comes at"), choices=HOURS, coerce=int)
    working_days_only = forms.BooleanField(label=gettext_lazy("on working days only"), required=False)

    def __init__(self, *args: Any, kinds: list[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        for kind in kinds:
            self.fields[f"{kind.code}-program"] = forms.BooleanField(label=_("In the program"), required=False)
            self.fields[f"{kind.code}-letter"] = forms.ChoiceField(label=_("By letter"), choices=ByLetter.choices)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Return the kinds with their two fields."""
        return [
            {"kind": kind, "program": self[f"{kind.code}-program"], "letter": self[f"{kind.code}-letter"]}
            for kind in self.kinds
        ]

    def save(self, person: Any) -> None:
        """Keep what was chosen; what is the kind's own default is kept too, so it stays when defaults change."""
        data = self.cleaned_data
        rows = [
            NotificationChoice(
                person=person,
                kind=kind.code,
                in_program=data[f"{kind.code}-program"],
                by_letter=data[f"{kind.code}-letter"],
            )
            for kind in self.kinds
        ]
        with transaction.atomic():
            NotificationChoice.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["person", "kind"],
                update_fields=["in_program", "by_letter"],
            )
            DailyLetter.objects.update_or_create(
                person=person, defaults={"hour": data["hour"], "working_days_only": data["working_days_only"]}
            )


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """Choose how each kind of notification comes, and when the daily letter does."""
    person = cast(Any, request.user)
    form = NoticeForm(
        posted(request),
        kinds=[kind for kind in kinds() if kind.is_for(person)],
        initial=_chosen(person),
    )
    if request.method == "POST" and form.is_valid():
        form.save(person)
        toast(request, _("Saved"))
        return redirect("frame:notification-settings")
    context = {"page_title": _("Notifications and letters"), "form": form}
    return render(request, "frame/notification_settings.html", context, status=422 if form.errors else 200)


def _chosen(person: Any) -> dict[str, Any]:
    """Return what holds for the person now, by field."""
    rows = {row.kind: row for row in NotificationChoice.objects.filter(person=person)}
    daily = DailyLetter.objects.filter(person=person).first() or DailyLetter()
    chosen: dict[str, Any] = {"hour": daily.hour, "working_days_only": daily.working_days_only}
    for kind in kinds():
        row = rows.get(kind.code)
        chosen[f"{kind.code}-program"] = row.in_program if row else True
        chosen[f"{kind.code}-letter"] = row.by_letter if row else kind.by_letter
    return chosen
