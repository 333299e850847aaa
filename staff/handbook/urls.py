"""Addresses of the sales book."""

from django.urls import path, re_path

from staff.handbook.views import checking, reading, writing

app_name = "handbook"
urlpatterns = [
    path("", reading.book, name="book"),
    path("new/", writing.new, name="new"),
    path("preview/", writing.preview, name="preview"),
    path("readers/", checking.everything, name="overview"),
    re_path(r"^readers/handbook\.(?P<form>xlsx|csv)$", checking.file, name="file"),
    path("<slug:code>/", reading.article, name="article"),
    path("<slug:code>/changes/", reading.changes, name="changes"),
    path("<slug:code>/edit/", writing.edit, name="edit"),
    path("<slug:code>/submit/", writing.submit, name="submit"),
    path("<slug:code>/approve/", writing.approve, name="approve"),
    path("<slug:code>/return/", writing.give_back, name="give-back"),
    path("<slug:code>/withdraw/", writing.withdraw, name="withdraw"),
    path("<slug:code>/back/", writing.bring_back, name="bring-back"),
    path("<slug:code>/arrange/", writing.arrange, name="arrange"),
    path("<slug:code>/readers/", checking.readers, name="readers"),
    path("<slug:code>/test/", reading.quiz, name="quiz"),
    path("<slug:code>/test/edit/", writing.quiz_edit, name="quiz-edit"),
    path("<slug:code>/<int:number>/read/", reading.acknowledge, name="acknowledge"),
]
