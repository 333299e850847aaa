"""Addresses of automatic work: its jobs with switches and trials, and the figures it goes by."""

from django.urls import path

from salescrm import automation

app_name = "automation"
urlpatterns = [
    path("", automation.listed, name="list"),
    path("jobs/<slug:code>/switch/", automation.switch, name="switch"),
    path("jobs/<slug:code>/trial/", automation.trial, name="trial"),
    path("trials/<int:pk>/", automation.trial_job, name="trial-job"),
    path("figures/<slug:code>/", automation.change, name="number"),
]
