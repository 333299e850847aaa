"""Addresses of the frame around every page: counts, notifications, saved views of lists, language and look."""

from django.urls import path

from salescrm.base import frame, notice_settings
from salescrm.base.lists import views

app_name = "frame"

urlpatterns = [
    path("frame/counts/", frame.counts, name="counts"),
    path("frame/notifications/", frame.notifications, name="notifications"),
    path("frame/notifications/read/", frame.notifications_read, name="notifications-read"),
    path("frame/notifications/<int:pk>/", frame.notification_open, name="notification-open"),
    path("notifications/settings/", notice_settings.edit, name="notification-settings"),
    path("frame/lists/<slug:name>/views/", views.view_list, name="view-list"),
    path("frame/lists/<slug:name>/views/new/", views.view_new, name="view-new"),
    path("frame/lists/<slug:name>/views/<int:pk>/", views.view_edit, name="view-edit"),
    path("frame/lists/<slug:name>/views/<int:pk>/save/", views.view_save, name="view-save"),
    path("frame/lists/<slug:name>/views/<int:pk>/delete/", views.view_delete, name="view-delete"),
    path("frame/lists/<slug:name>/views/<int:pk>/restore/", views.view_restore, name="view-restore"),
    path("frame/preferences/", frame.preferences, name="preferences"),
]
