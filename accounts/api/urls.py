"""Addresses of the look-ups."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from accounts.api import views

router = SimpleRouter()
router.register("users", views.UserViewSet, basename="user")
router.register("teams", views.TeamViewSet, basename="team")

urlpatterns = [path("me/", views.MeView.as_view(), name="me"), path("", include(router.urls))]
