"""What the administrators' site shows of the room: the dictionary of reasons of loss."""

from django.contrib import admin

from clients.models import LossReason


@admin.register(LossReason)
class LossReasonAdmin(admin.ModelAdmin[LossReason]):
    """Reasons of loss."""

    list_display = ("name", "name_en", "code", "order", "is_active")
