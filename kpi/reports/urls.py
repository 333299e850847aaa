"""Addresses of reports: any day, week and month has its own."""

from django.urls import include, path

from kpi.reports import views

urlpatterns = [
    path("", views.newest, name="reports"),
    path("own/", include("kpi.reports.own.urls")),
    path("letter/", views.letter, name="report-letter"),
    path("<str:period>/<str:day>/", views.report, name="report"),
    path("<str:period>/<str:day>/xlsx/", views.export, name="report-xlsx"),
]
