"""Addresses of plans."""

from django.urls import URLPattern, path

from kpi.plans.views import deciding, editing, filing, listing, seasonality, version

urlpatterns: list[URLPattern] = [
    path("", listing.plans, name="plans"),
    path("landing/", listing.landing, name="plans-landing"),
    path("new/", editing.new, name="plan-new"),
    path("upload/", filing.upload, name="plan-upload"),
    path("goals/<int:year>/", editing.goal, name="plan-goal"),
    path("seasonality/", seasonality.seasonality, name="seasonality"),
    path("seasonality/edit/", seasonality.edit, name="seasonality-edit"),
    path("seasonality/refresh/", seasonality.refresh, name="seasonality-refresh"),
    path("<int:pk>/", version.plan, name="plan"),
    path("<int:pk>/job/", version.job_state, name="plan-job"),
    path("<int:pk>/compare/<int:other>/", version.compare, name="plan-compare"),
    path("<int:pk>/figure/", editing.figure, name="plan-figure"),
    path("<int:pk>/own/", editing.own, name="plan-own"),
    path("<int:pk>/own/<int:own>/answer/", editing.answer, name="plan-answer"),
    path("<int:pk>/propose/", deciding.propose, name="plan-propose"),
    path("<int:pk>/approve/", deciding.approve, name="plan-approve"),
    path("<int:pk>/correct/", deciding.correct, name="plan-correct"),
    path("<int:pk>/discard/", deciding.discard, name="plan-discard"),
    path("<int:pk>/read/", deciding.read, name="plan-read"),
    path("<int:pk>/export/", filing.export, name="plan-export"),
    path("<int:pk>/fill/", filing.fill, name="plan-fill"),
]
