"""Addresses of people's own pages."""

from django.urls import path

from accounts.web.demo_login import demo_login

urlpatterns = [path("demo-login/<int:pk>/", demo_login, name="demo-login")]
