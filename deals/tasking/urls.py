"""Addresses of the calendar of tasks."""

from django.urls import path

from deals.tasking.views import calendar

app_name = "tasking"
urlpatterns = [
    path("calendar/", calendar.calendar, name="calendar-list"),
    path("calendar/counts/", calendar.counts, name="calendar-counts"),
    path("calendar/filters/", calendar.filters, name="calendar-filters"),
    path("calendar/groups/", calendar.groups, name="calendar-groups"),
    path("<int:pk>/move/", calendar.move, name="task-move"),
]
