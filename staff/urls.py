"""Addresses of the room."""

from django.urls import path

from staff import calendar_views, views

app_name = "staff"
urlpatterns = [
    path("", views.person_list, name="person-list"),
    path("calendar/", calendar_views.calendar_page, name="calendar"),
    path("calendar/<int:branch>/day/", calendar_views.day_new, name="calendar-day"),
    path("calendar/days/<int:pk>/remove/", calendar_views.day_remove, name="calendar-day-remove"),
    path("access-log/", views.access_log, name="access-log"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/absence/", views.absence_new, name="absence-new"),
    path("absences/<int:pk>/remove/", views.absence_remove, name="absence-remove"),
]
