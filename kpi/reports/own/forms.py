"""Forms of own reports: what it is made of, whom it is shared with, when it goes out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import dates
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from clients.models import Client, Segment
from kpi.measures import declared
from kpi.measures.models import ClientGroup
from kpi.plans.forms import Submitted
from kpi.reports.own import cuts
from kpi.reports.own.cuts import Cut, Period
from kpi.reports.own.models import OwnReport, Sending
from salescrm.base import show
from salescrm.base.periods import add_months, month_start
from staff.access import FIGURES, Act, Figures, Role, figures, may
from staff.models import Branch, Employee

ANY = gettext_lazy("any")
EVERY = gettext_lazy("all")


def _people(person: Employee) -> Any:
    """Return the people whose figures a person may narrow a report to."""
    seen = figures(person)
    rows = Employee.people.exclude(role=Role.NONE).order_by("last_name", "first_name")
    if seen == Figures.ALL:
        return rows
    return rows.filter(branch=person.branch) if seen == Figures.BRANCH else rows.none()


def offered_cuts(person: Employee) -> list[tuple[str, Any]]:
    """Return what a person may cut by: who sees the own figures alone has no others to tell apart."""
    hidden: set[Cut] = set()
    if figures(person) == Figures.COMPANY:
        hidden = set(cuts.BY_NAME)
    elif figures(person) == Figures.OWN:
        hidden = {Cut.PERSON, Cut.POSITION, Cut.BRANCH, Cut.DEPARTMENT}
    elif figures(person) == Figures.BRANCH:
        hidden = {Cut.BRANCH}
    return [(value, label) for value, label in Cut.choices if value not in hidden]


class ReportForm(Submitted):
    """What a report shows."""

    name = forms.CharField(label=pgettext_lazy("report", "Name"), max_length=100, required=False)
    first = forms.ChoiceField(label=pgettext_lazy("report", "Rows"))
    second = forms.ChoiceField(label=pgettext_lazy("report", "and within them"), required=False)
    results = forms.MultipleChoiceField(
        label=gettext_lazy("Results"), required=False, widget=forms.CheckboxSelectMultiple
    )
    work = forms.MultipleChoiceField(
        label=pgettext_lazy("measures", "Work"), required=False, widget=forms.CheckboxSelectMultiple
    )
    period = forms.ChoiceField(label=pgettext_lazy("report", "Period"), choices=Period.choices)
    first_month = forms.TypedChoiceField(
        label=gettext_lazy("From month"), coerce=date.fromisoformat, required=False, empty_value=None
    )
    last_month = forms.TypedChoiceField(
        label=gettext_lazy("To month"), coerce=date.fromisoformat, required=False, empty_value=None
    )
    branch = forms.ModelChoiceField(
        label=gettext_lazy("Branch"), queryset=Branch.objects.none(), required=False, empty_label=EVERY
    )
    person = forms.ModelChoiceField(
        label=gettext_lazy("Employee"), queryset=Employee.objects.none(), required=False, empty_label=EVERY
    )
    segment = forms.ModelChoiceField(
        label=gettext_lazy("Type of clients"), queryset=Segment.objects.all(), required=False, empty_label=ANY
    )
    client_group = forms.ChoiceField(
        label=gettext_lazy("Group of clients"), choices=[("", ANY), *ClientGroup.choices], required=False
    )
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)

    def __init__(self, *args: Any, person: Employee, today: date, report: OwnReport | None = None, **more: Any) -> None:
        more["initial"] = _initial(report, today) | (more.get("initial") or {})
        super().__init__(*args, seen=report.version if report else 0, **more)
        offered = offered_cuts(person)
        self._choose("first", offered)
        self._choose("second", [("", _("nothing")), *offered])
        for name, (_label, measures) in zip(("results", "work"), cuts.choices(), strict=True):
            self._choose(name, [(one.code, one.name) for one in measures])
        now = month_start(today)
        kept = [month for month in (report.first_month, report.last_month) if month] if report else []
        months = sorted({*kept, *(add_months(now, -back) for back in range(-12, cuts.MOST_MONTHS))}, reverse=True)
        for name in ("first_month", "last_month"):
            self._choose(name, [("", "–"), *((one.isoformat(), show.month(one)) for one in months)])
        clients = Client.objects.exclude(region="")
        if figures(person) in (Figures.OWN, Figures.BRANCH):
            clients = clients.visible_to(person, today)
        regions = clients.order_by("region").values_list("region", flat=True).distinct()
        own = [report.region] if report and report.region else []
        self._choose("region", [("", ANY), *((one, one) for one in sorted({*regions, *own}))])
        if figures(person) in (Figures.ALL, Figures.COMPANY):
            self._rows("branch", Branch.objects.order_by("-is_head_office", "name"))
        else:
            del self.fields["branch"]
        if figures(person) in (Figures.ALL, Figures.BRANCH):
            self._rows("person", _people(person))
        else:
            del self.fields["person"]

    def _choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = choices

    def _rows(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """Refuse parts that do not go together."""
        data = super().clean() or {}
        if why := cuts.refusal(self._cuts(data), self._columns(data), region=data.get("region") or ""):
            raise ValidationError(str(why))
        first, last = data.get("first_month"), data.get("last_month")
        if data.get("period") == Period.RANGE:
            if not first or not last or first > last:
                raise ValidationError(_("Choose the first and the last month, the first not after the last."))
            if add_months(first, cuts.MOST_MONTHS) <= last:
                raise ValidationError(_("A report is of 36 months at most, the first not after the last."))
        return data

    @staticmethod
    def _cuts(data: dict[str, Any]) -> list[str]:
        return [one for one in (data.get("first"), data.get("second")) if one]

    @staticmethod
    def _columns(data: dict[str, Any]) -> list[str]:
        return [*data.get("results", ()), *data.get("work", ())]

    @property
    def report(self) -> OwnReport:
        """The report the form describes, not kept."""
        data = self.cleaned_data
        is_range = data["period"] == Period.RANGE
        return OwnReport(
            name=data["name"] or self.usual_name,
            rows=self._cuts(data),
            columns=self._columns(data),
            period=data["period"],
            first_month=data["first_month"] if is_range else None,
            last_month=data["last_month"] if is_range else None,
            branch=data.get("branch"),
            person=data.get("person"),
            segment=data["segment"],
            client_group=data["client_group"],
            region=data["region"],
        )

    @property
    def usual_name(self) -> str:
        """What a report without a name is called: its first column by its rows."""
        data = self.cleaned_data
        measure = declared.BY_CODE[self._columns(data)[0]].name
        return ": ".join([str(measure), ", ".join(str(Cut(cut).label).lower() for cut in self._cuts(data))])[:100]


def _initial(report: OwnReport | None, today: date) -> dict[str, Any]:
    if report is None:
        month = month_start(today)
        return {
            "first": Cut.GROUP, "results": ["turnover"], "period": Period.THIS, "first_month": add_months(month, -2),
            "last_month": month,
        }  # fmt: skip
    kinds = [{one.code for one in measures} for _label, measures in cuts.choices()]
    same = ("name", "period", "first_month", "last_month", "branch", "person", "segment", "client_group", "region")
    return {name: getattr(report, name) for name in same} | {
        "first": report.first, "second": report.second,
        "results": [code for code in report.columns if code in kinds[0]],
        "work": [code for code in report.columns if code in kinds[1]],
    }  # fmt: skip


class ShareForm(Submitted):
    """Who else has the report."""

    roles = forms.MultipleChoiceField(
        label=pgettext_lazy("report", "Posts"), required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("report", "People"), queryset=Employee.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, report: OwnReport, **more: Any) -> None:
        start = {"roles": report.roles, "people": list(report.people.values_list("pk", flat=True))}
        super().__init__(*args, seen=report.version, initial=start, **more)
        readers = [role for role, seen in FIGURES.items() if seen != Figures.NOTHING]
        self.fields["roles"].choices = [(role, Role(role).label) for role in readers]  # type: ignore[attr-defined]
        people = Employee.people.working().filter(role__in=readers).exclude(pk=report.owner_id)
        field = self.fields["people"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101
        field.queryset = people.order_by("last_name", "first_name")


class LetterForm(Submitted):
    """When the report goes out, and to whom."""

    sending = forms.ChoiceField(label=gettext_lazy("By letter"), choices=Sending.choices, required=False)
    weekday = forms.TypedChoiceField(label=gettext_lazy("Day of the week"), coerce=int)
    month_day = forms.IntegerField(
        label=gettext_lazy("Day of the month"), min_value=1, max_value=28, required=False,
        help_text=gettext_lazy("A day off: on the first working day after it."),
    )  # fmt: skip
    hour = forms.TypedChoiceField(
        label=gettext_lazy("The letter comes at"), choices=[(n, f"{n}:00") for n in range(24)], coerce=int
    )
    to_readers = forms.BooleanField(label=gettext_lazy("To everybody it is shared with"), required=False)

    def __init__(self, *args: Any, report: OwnReport, person: Employee, **more: Any) -> None:
        by_week = report.sending == Sending.WEEK
        start = {
            "sending": report.sending or Sending.WEEK, "weekday": report.day if by_week else 1,
            "month_day": 1 if by_week else report.day, "hour": report.hour, "to_readers": report.to_readers,
        }  # fmt: skip
        super().__init__(*args, seen=report.version, initial=start, **more)
        field = self.fields["weekday"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101
        field.choices = [(number + 1, name) for number, name in dates.WEEKDAYS.items()]
        if not may(person, Act.SHARE_VIEWS):
            del self.fields["to_readers"]

    def clean(self) -> dict[str, Any]:
        """Ask for the day of the month where it is needed."""
        data = super().clean() or {}
        if data.get("sending") == Sending.MONTH and "month_day" not in self.errors and not data.get("month_day"):
            self.add_error("month_day", _("Say on which day of the month."))
        return data

    @property
    def told(self) -> dict[str, Any]:
        """The arguments of the act."""
        data = self.cleaned_data
        day = {Sending.WEEK: data["weekday"], Sending.MONTH: data["month_day"]}.get(data["sending"], 1)
        return {"how": data["sending"], "day": day, "hour": data["hour"], "to_readers": data.get("to_readers", False)}
