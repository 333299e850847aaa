"""What the administrators' site shows of the room: employees, branches, positions, absences and the schedule."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from salescrm.base import clock
from staff import leaving
from staff.models import Absence, Branch, CalendarDay, Department, Employee, Position


class EmployeeForm(UserChangeForm):  # type: ignore[type-arg]  # no generic at run time
    """A person; the log-in of somebody with work in hand is not closed here, where nothing would be passed on."""

    def clean_is_active(self) -> Any:
        """Refuse to close the log-in of who has anything in hand."""
        is_active = self.cleaned_data["is_active"]
        if not is_active and self.instance.pk and self.instance.is_active:
            lines = leaving.in_hand(self.instance, clock.today())
            if lines:
                said = ", ".join(f"{line.label}: {line.rows}" for line in lines)
                raise ValidationError(
                    gettext("Still in hand: %s. The head of sales passes it on from the person's page.") % said
                )
        return is_active

    def clean(self) -> dict[str, Any]:
        """Note the last day at work of whose log-in is closed; who comes back has none."""
        data = super().clean() or {}
        if data.get("is_active"):
            data["left_on"] = None
        elif self.instance.pk and not data.get("left_on"):
            data["left_on"] = clock.today()
        return data


@admin.register(Employee)
class EmployeeAdmin(UserAdmin):  # type: ignore[type-arg]  # no generic at run time
    """People, roles and log-ins."""

    form = EmployeeForm

    list_display = ("username", "last_name", "first_name", "role", "branch", "is_active")
    list_filter = ("role", "branch", "is_active")
    search_fields = ("username", "last_name", "first_name", "email")
    ordering = ("last_name", "first_name")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "is_active")}),
        (_("Person"), {"fields": ("last_name", "first_name", "patronymic", "email", "language", "theme")}),
        (
            _("Work"),
            {
                "fields": (
                    "role",
                    "branch",
                    "department",
                    "position",
                    "administrative_head",
                    "functional_head",
                    "owns_clients",
                    "recovery_limit",
                    "norm_share",
                    "hired_on",
                    "left_on",
                    "portfolio_successor",
                )
            },
        ),
    )
    add_fieldsets = ((None, {"fields": ("username", "usable_password", "password1", "password2", "role", "branch")}),)


@admin.register(Branch)
class BranchAdmin(admin.ModelAdmin[Branch]):
    """Branches."""

    list_display = ("name", "code", "is_head_office", "receiver_branch", "norm_tops", "norm_others")


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin[CalendarDay]):
    """Days that differ from the country's production calendar."""

    list_display = ("branch", "day", "is_working", "note")
    list_filter = ("branch",)


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin[Department]):
    """Departments."""


@admin.register(Position)
class PositionAdmin(admin.ModelAdmin[Position]):
    """Positions."""

    list_display = ("name", "role")


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin[Absence]):
    """Absences and substitutes."""

    list_display = ("employee", "starts_on", "ends_on", "substitute")
