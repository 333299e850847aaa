"""Addresses of own reports."""

from django.urls import URLPattern, path

from kpi.reports.own import views

urlpatterns: list[URLPattern] = [
    path("", views.reports, name="own-reports"),
    path("new/", views.new, name="own-report-new"),
    path("deliveries/", views.deliveries, name="report-deliveries"),
    path("undo/<str:token>/", views.undo, name="own-report-undo"),
    path("<int:pk>/", views.report, name="own-report"),
    path("<int:pk>/edit/", views.edit, name="own-report-edit"),
    path("<int:pk>/copy/", views.copy, name="own-report-copy"),
    path("<int:pk>/delete/", views.delete, name="own-report-delete"),
    path("<int:pk>/share/", views.share, name="own-report-share"),
    path("<int:pk>/letter/", views.letter, name="own-report-letter"),
    path("<int:pk>/xlsx/", views.export, name="own-report-xlsx"),
]
