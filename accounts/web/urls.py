"""Addresses of people's own pages and of the frame's."""

from django.urls import path

from accounts.web import gallery, shell
from accounts.web.demo_login import demo_login

urlpatterns = [
    path("demo-login/<int:pk>/", demo_login, name="demo-login"),
    path("preferences/", shell.choose, name="preferences"),
    path("menu/", shell.menu, name="menu"),
    path("components/", gallery.show, name="components"),
]
