"""Addresses of the room."""

from django.urls import path

from staff import absence_views, calendar_views, views
from staff.learning import views as learning
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
    path("learning/", learning.overview, name="learning"),
    path("learning/asked/", learning.asked, name="learning-asked"),
    path("learning/competences/new/", learning.competence, name="competence-new"),
    path("learning/competences/<int:pk>/", learning.competence, name="competence"),
    path("learning/tasks/new/", learning.adaptation_task, name="adaptation-task-new"),
    path("learning/tasks/<int:pk>/", learning.adaptation_task, name="adaptation-task"),
    path("learning/steps/<int:pk>/done/", learning.step_done, name="learning-step-done"),
    path("learning/steps/<int:pk>/drop/", learning.step_drop, name="learning-step-drop"),
    path("learning/adaptations/<int:pk>/end/", learning.adaptation_end, name="adaptation-end"),
    path("trainings/", learning.trainings, name="trainings"),
    path("trainings/new/", learning.training_new, name="training-new"),
    path("trainings/<int:pk>/", learning.training, name="training"),
    path("trainings/<int:pk>/held/", learning.training_held, name="training-held"),
    path("trainings/<int:pk>/cancel/", learning.training_cancel, name="training-cancel"),
    path("access-log/", views.access_log, name="access-log"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/record/", views.record, name="record"),
    path("<int:pk>/learning/", learning.card, name="learning-card"),
    path("<int:pk>/learning/adaptation/", learning.adaptation_new, name="adaptation-new"),
    path("<int:pk>/learning/step/", learning.step_new, name="learning-step-new"),
    path("<int:pk>/learning/assess/", learning.assess, name="assess"),
    path("absences/", absence_views.absence_calendar, name="absence-calendar"),
    path("<int:pk>/absence/", absence_views.absence_new, name="absence-new"),
    path("absences/<int:pk>/remove/", absence_views.absence_remove, name="absence-remove"),
]
