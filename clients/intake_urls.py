"""Addresses of imports."""

from django.urls import path

from clients.intake import views

app_name = "imports"
urlpatterns = [
    path("", views.intake_list, name="intake-list"),
    path("<int:pk>/", views.intake_card, name="intake-card"),
    path("<int:pk>/check/", views.intake_check, name="intake-check"),
    path("<int:pk>/load/", views.intake_load, name="intake-load"),
    path("<int:pk>/stop/", views.intake_stop, name="intake-stop"),
    path("<int:pk>/undo/", views.intake_undo, name="intake-undo"),
    path("<int:pk>/progress/", views.intake_progress, name="intake-progress"),
    path("<int:pk>/errors.<slug:form>", views.intake_report, name="intake-report"),
]
