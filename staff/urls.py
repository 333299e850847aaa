"""Addresses of the room."""

from django.urls import path

from staff import absence_views, calendar_views, views

app_name = "staff"
urlpatterns = [
    path("", views.person_list, name="person-list"),
    path("calendar/", calendar_views.calendar_page, name="calendar"),
    path("calendar/<int:branch>/day/", calendar_views.day_new, name="calendar-day"),
    path("calendar/days/<int:pk>/remove/", calendar_views.day_remove, name="calendar-day-remove"),
    path("access-log/", views.access_log, name="access-log"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/record/", views.record, name="record"),
    path("absences/", absence_views.absence_calendar, name="absence-calendar"),
    path("<int:pk>/absence/", absence_views.absence_new, name="absence-new"),
    path("absences/<int:pk>/remove/", absence_views.absence_remove, name="absence-remove"),
]
