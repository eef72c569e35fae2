"""Addresses of people's own pages and of the frame's."""

from django.urls import path

from accounts.web import gallery, shell, sign_in_details
from accounts.web.demo_login import demo_login

urlpatterns = [
    path("demo-login/<int:pk>/", demo_login, name="demo-login"),
    path("preferences/", shell.choose, name="preferences"),
    path("menu/", shell.menu, name="menu"),
    path("sign-in-details/", sign_in_details.show, name="sign-in-details"),
    path("components/", gallery.show, name="components"),
]
