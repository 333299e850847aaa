"""Addresses of the frame around every page: counts, notifications, language and look."""

from django.urls import path

from salescrm.base import frame

app_name = "frame"

urlpatterns = [
    path("frame/counts/", frame.counts, name="counts"),
    path("frame/notifications/", frame.notifications, name="notifications"),
    path("frame/notifications/read/", frame.notifications_read, name="notifications-read"),
    path("frame/notifications/<int:pk>/", frame.notification_open, name="notification-open"),
    path("frame/preferences/", frame.preferences, name="preferences"),
]
