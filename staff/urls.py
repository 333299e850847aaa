"""Addresses of the room."""

from django.urls import path

from staff import views

app_name = "staff"
urlpatterns = [
    path("", views.person_list, name="person-list"),
    path("access-log/", views.access_log, name="access-log"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/absence/", views.absence_new, name="absence-new"),
    path("absences/<int:pk>/remove/", views.absence_remove, name="absence-remove"),
]
