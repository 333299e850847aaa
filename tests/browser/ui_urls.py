"""The program's addresses with the developers' page of components, whatever the settings say."""

from django.urls import include, path

from salescrm.urls import urlpatterns as ours

urlpatterns = [*ours, path("ui/", include("salescrm.ui"))]
