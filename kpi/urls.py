"""Addresses of the room."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "kpi"
urlpatterns: list[URLPattern | URLResolver] = [path("kpi/plans/", include("kpi.plans.urls"))]
