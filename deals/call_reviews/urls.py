"""Addresses of call reviews."""

from django.urls import path

from deals.call_reviews.views import criteria, reviews, team

app_name = "calls"
urlpatterns = [
    path("", team.team, name="team"),
    path("waiting/<int:pk>/", team.waiting, name="waiting"),
    path("new/<int:pk>/", reviews.review_new, name="review-new"),
    path("reviews/", reviews.review_list, name="review-list"),
    path("reviews/export/", reviews.review_export, name="review-export"),
    path("reviews/<int:pk>/", reviews.review, name="review"),
    path("reviews/<int:pk>/correct/", reviews.review_correct, name="review-correct"),
    path("reviews/<int:pk>/confirm/", reviews.review_confirm, name="review-confirm"),
    path("reviews/<int:pk>/recording/", reviews.review_recording, name="review-recording"),
    path("criteria/", criteria.criteria, name="criteria"),
    path("criteria/new/", criteria.criterion_new, name="criterion-new"),
    path("criteria/<int:pk>/", criteria.criterion, name="criterion"),
]
