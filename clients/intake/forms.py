"""The form of an import: which column is which field, how the file writes, who gets the new clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.intake.kinds import kind_of
from salescrm.base.jobs import Refused
from salescrm.base.models import ColumnMap, Intake
from staff.models import Branch, Employee

NUMBERING = [
    ("year", gettext_lazy("numbers restart every year")),
    ("month", gettext_lazy("numbers restart every month")),
    ("none", gettext_lazy("numbers never restart")),
]
SAME_DAY = [
    ("", gettext_lazy("refuse and tell me")),
    ("replace", gettext_lazy("replace what the base has")),
    ("add", gettext_lazy("add to what the base has")),
]
VAT = [
    ("", gettext_lazy("as in the base")),
    ("true", gettext_lazy("with VAT")),
    ("false", gettext_lazy("without VAT")),
]
DATES = [
    ("", gettext_lazy("by the file itself")),
    ("dmy", gettext_lazy("day first")),
    ("mdy", gettext_lazy("month first")),
]
DECIMAL = [("", gettext_lazy("by the file itself")), (",", gettext_lazy("comma")), (".", gettext_lazy("point"))]
LEAVE_OUT = [("", gettext_lazy("none: each is an error"))]
FILE_WINS = [
    ("", gettext_lazy("stays: the file fills what is empty")),
    ("true", gettext_lazy("gives way: the file wins")),
]
SETTINGS: Mapping[str, Sequence[str]] = {
    "orders": (
        *("source_name", "numbering", "dates", "decimal", "vat_included", "leave_out_without", "same_day"),
        *("branch", "owner", "match_names", "save_as"),
    ),
    "clients": ("source_name", "file_wins", "dates", "leave_out_without", "branch", "owner", "match_names", "save_as"),
}
HINTS = {
    "orders": {
        "source_name": gettext_lazy("Document numbers and client codes are unique within a source."),
        "owner": gettext_lazy("Clients whose salesperson the file names go to that person."),
        "match_names": gettext_lazy("Only where the file has neither codes nor INN that the base knows."),
        "save_as": gettext_lazy("Then the next file like this is understood by itself."),
    },
    "clients": {
        "source_name": gettext_lazy("Client codes are unique within a source."),
        "file_wins": gettext_lazy("The history of each field keeps what it was; an owner is never changed by a file."),
        "owner": gettext_lazy("Clients whose owner the file names go to that person."),
        "match_names": gettext_lazy("Only where the file has neither codes nor INN that the base knows."),
        "save_as": gettext_lazy("Then the next file like this is understood by itself."),
    },
}


class MappingForm(forms.Form):
    """One select per column of the file, and the settings of the mapping and of this import."""

    source_name = forms.CharField(label=gettext_lazy("Source"), max_length=100)
    numbering = forms.ChoiceField(label=gettext_lazy("Document numbers"), choices=NUMBERING)
    dates = forms.ChoiceField(label=gettext_lazy("Dates like 01/02/2026"), choices=DATES, required=False)
    decimal = forms.ChoiceField(label=gettext_lazy("Decimal mark"), choices=DECIMAL, required=False)
    vat_included = forms.ChoiceField(label=gettext_lazy("Amounts are"), choices=VAT, required=False)
    leave_out_without = forms.ChoiceField(label=gettext_lazy("Leave out rows without"), required=False)
    match_names = forms.BooleanField(label=gettext_lazy("Find clients by name too"), required=False)
    same_day = forms.ChoiceField(
        label=gettext_lazy("Documents without a number on a day that has one"), choices=SAME_DAY, required=False
    )
    file_wins = forms.ChoiceField(
        label=gettext_lazy("What the base knows otherwise"), choices=FILE_WINS, required=False
    )
    branch: Any = forms.ModelChoiceField(label=gettext_lazy("Branch of new clients"), queryset=None, required=False)
    owner: Any = forms.ModelChoiceField(label=gettext_lazy("Owner of new clients"), queryset=None, required=False)
    save_as = forms.SlugField(
        label=gettext_lazy("Save the columns as"), max_length=60, required=False, allow_unicode=True
    )

    def __init__(self, data: Any = None, *, intake: Intake, header: Sequence[str], mapping: dict[str, Any]) -> None:
        self.intake, self.header, self.mapping, self.kind = intake, list(header), mapping, kind_of(intake)
        super().__init__(data, initial=_initial(intake, mapping))
        of_caption = {caption: name for name, caption in mapping.get("columns", {}).items()}
        choices = [("", _("do not load"))] + [(one.name, one.caption) for one in self.kind.fields]
        for place, caption in enumerate(self.header):
            chosen = of_caption.pop(caption, "")
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=caption or _("column {number}").format(number=place + 1),
                choices=choices,
                required=False,
                initial=chosen,
            )
        for name, queryset, empty in (
            ("branch", Branch.objects.order_by("name"), _("the head office")),
            ("owner", Employee.people.owners().order_by("last_name", "first_name"), _("the head of its branch")),
        ):
            choice = self.fields[name]
            if not isinstance(choice, forms.ModelChoiceField):
                raise TypeError(name)
            choice.queryset, choice.empty_label = queryset, empty
        leave_out = self.fields["leave_out_without"]
        if isinstance(leave_out, forms.ChoiceField):
            leave_out.choices = LEAVE_OUT + [(name, self.kind.caption(name)) for name in self.kind.leave_out]
        for name in {one for names in SETTINGS.values() for one in names} - set(self.shown):
            del self.fields[name]

    def settings(self) -> list[tuple[forms.BoundField, Any, bool]]:
        """Return the settings of this kind of import: (field, hint, whether it is marked as optional)."""
        hints = HINTS.get(self.kind.name, HINTS["clients"])
        return [(self[name], hints.get(name, ""), name == "save_as") for name in self.shown]

    @property
    def shown(self) -> Sequence[str]:
        """The names of the settings of this kind of import."""
        return self.kind.settings or SETTINGS[self.kind.name]

    def columns(self) -> list[forms.BoundField]:
        """Return the selects of the file's columns."""
        return [self[f"column-{place}"] for place in range(len(self.header))]

    def known(self) -> int:
        """Count the columns that are loaded."""
        return sum(1 for column in self.columns() if column.value())

    def clean(self) -> dict[str, Any]:
        """Refuse a field given to two columns and a mapping that makes no rows of the kind."""
        cleaned = super().clean() or {}
        chosen: dict[str, str] = {}
        for place, caption in enumerate(self.header):
            name = cleaned.get(f"column-{place}")
            if name and name in chosen:
                self.add_error(f"column-{place}", _("“{name}” is chosen already.").format(name=self.kind.caption(name)))
            elif name:
                chosen[name] = caption
        try:
            self.kind.refuse_incomplete(chosen)
        except Refused as fault:
            raise ValidationError(str(fault)) from fault
        cleaned["columns"] = chosen
        return cleaned

    def as_mapping(self) -> dict[str, Any]:
        """Return the mapping the person described; what the form does not show is kept from the chosen one."""
        said = self.cleaned_data
        kept: dict[str, Any] = {
            key: self.mapping[key]
            for key in ("name", "title", "lookups", "encoding", "separator", "sheet")
            if key in self.mapping
        }
        for key in ("whole_codes", "currency", "rate"):
            if key in self.mapping:
                kept[key] = self.mapping[key]
        old = self.mapping.get("source") or {}
        code = old.get("code") if old.get("name") == said["source_name"] else ""
        kept |= {"source": {"code": code or _code(said["source_name"]), "name": said["source_name"]}}
        kept |= {name: said[name] for name in ("numbering", "dates", "decimal", "leave_out_without") if said.get(name)}
        kept |= {"match_names": True} if said.get("match_names") else {}
        kept |= {"vat_included": said["vat_included"] == "true"} if said.get("vat_included") else {}
        return {**kept, "columns": said["columns"]}

    def as_options(self) -> dict[str, Any]:
        """Return what was chosen for this import alone."""
        said = self.cleaned_data
        return {
            "same_day": said.get("same_day", ""),
            "file_wins": bool(said.get("file_wins")),
            "branch": said["branch"].pk if said.get("branch") else None,
            "owner": said["owner"].pk if said.get("owner") else None,
            "skip_bad": False,
        }

    def save(self, person: Employee) -> None:
        """Write the mapping and the choices to the import, the mapping also under the name the person gave it."""
        mapping, name = self.as_mapping(), self.cleaned_data["save_as"]
        if name:
            ColumnMap.objects.update_or_create(
                kind=self.kind.name,
                name=name,
                defaults={"columns": mapping | {"name": name, "title": name}, "created_by": person},
            )
            mapping |= {"name": name, "title": name}
        self.intake.mapping, self.intake.options = mapping, self.intake.options | self.as_options()
        self.intake.save(update_fields=["mapping", "options"])


def _code(name: str) -> str:
    return slugify(name, allow_unicode=True)[:40] or "files"


def _initial(intake: Intake, mapping: dict[str, Any]) -> dict[str, Any]:
    vat = mapping.get("vat_included")
    return {
        "source_name": (mapping.get("source") or {}).get("name") or _("Files"),
        "numbering": mapping.get("numbering", "year"),
        "dates": mapping.get("dates", ""),
        "decimal": mapping.get("decimal", ""),
        "vat_included": "" if vat is None else str(bool(vat)).lower(),
        "leave_out_without": mapping.get("leave_out_without", ""),
        "match_names": mapping.get("match_names", False),
        "same_day": intake.options.get("same_day", ""),
        "file_wins": "true" if intake.options.get("file_wins") else "",
        "branch": intake.options.get("branch"),
        "owner": intake.options.get("owner"),
    }
