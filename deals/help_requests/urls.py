"""Addresses of requests for help."""

from django.urls import path

from deals.help_requests import views

app_name = "help"
urlpatterns = [
    path("", views.request_list, name="request-list"),
    path("new/<int:pk>/", views.request_new, name="request-new"),
    path("<int:pk>/", views.help_request, name="request"),
    path("<int:pk>/accept/", views.request_accept, name="request-accept"),
    path("<int:pk>/note/", views.request_note, name="request-note"),
    path("<int:pk>/close/", views.request_close, name="request-close"),
    path("<int:pk>/withdraw/", views.request_withdraw, name="request-withdraw"),
]
