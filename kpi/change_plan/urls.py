"""Addresses of the plan of changes."""

from django.urls import URLPattern, path

from kpi.change_plan import views

urlpatterns: list[URLPattern] = [
    path("", views.plan, name="change-plan"),
    path("new/", views.new, name="change-step-new"),
    path("<int:pk>/", views.step, name="change-step"),
    path("review/<int:year>/", views.review, name="review"),
    path("review/<int:year>/answer/", views.answer, name="review-answer"),
    path("review/<int:year>/close/", views.close, name="review-close"),
]
