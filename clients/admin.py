"""What the administrators' site shows of the room: its dictionaries."""

from django.contrib import admin

from clients.models import CommunicationResult, DecisionLevel, LossReason, SupplierCriterion


@admin.register(LossReason)
class LossReasonAdmin(admin.ModelAdmin[LossReason]):
    """Reasons of loss."""

    list_display = ("name", "name_en", "code", "order", "is_active")


@admin.register(DecisionLevel)
class DecisionLevelAdmin(admin.ModelAdmin[DecisionLevel]):
    """Decision levels."""

    list_display = ("name", "name_en", "code", "sphere", "order", "is_active")


@admin.register(SupplierCriterion)
class SupplierCriterionAdmin(admin.ModelAdmin[SupplierCriterion]):
    """What matters in a supplier."""

    list_display = ("name", "name_en", "code", "order", "is_active")


@admin.register(CommunicationResult)
class CommunicationResultAdmin(admin.ModelAdmin[CommunicationResult]):
    """Results of communications: which count for the contact norm, which ask for the next task (R94, R96)."""

    list_display = ("name", "name_en", "code", "order", "is_reached", "counts", "asks_next", "is_active")
