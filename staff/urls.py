"""Addresses of the room."""

from django.urls import path

from staff import absence_views, calendar_views, views
from staff.structure import views as structure

app_name = "staff"
urlpatterns = [
    path("", views.person_list, name="person-list"),
    path("calendar/", calendar_views.calendar_page, name="calendar"),
    path("calendar/<int:branch>/day/", calendar_views.day_new, name="calendar-day"),
    path("calendar/days/<int:pk>/remove/", calendar_views.day_remove, name="calendar-day-remove"),
    path("structure/", structure.structure, name="structure"),
    path("structure/post/", structure.post, name="structure-post"),
    path("structure/approve/", structure.approve, name="structure-approve"),
    path("access-log/", views.access_log, name="access-log"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/record/", views.record, name="record"),
    path("absences/", absence_views.absence_calendar, name="absence-calendar"),
    path("<int:pk>/absence/", absence_views.absence_new, name="absence-new"),
    path("absences/<int:pk>/remove/", absence_views.absence_remove, name="absence-remove"),
]
