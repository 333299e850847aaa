"""Addresses of the calendar of tasks."""

from django.urls import path

from deals.tasking.views import calendar, feed

app_name = "tasking"
urlpatterns = [
    path("calendar/", calendar.calendar, name="calendar-list"),
    path("calendar/counts/", calendar.counts, name="calendar-counts"),
    path("calendar/filters/", calendar.filters, name="calendar-filters"),
    path("calendar/groups/", calendar.groups, name="calendar-groups"),
    path("feed/", feed.settings, name="feed"),
    path("feed/new/", feed.make, name="feed-make"),
    path("feed/revoke/", feed.revoke, name="feed-revoke"),
    path("feed/<slug:token>.ics", feed.read, name="feed-file"),
    path("<int:pk>/move/", calendar.move, name="task-move"),
]
