"""Addresses of people's own pages and of the frame's."""

from django.urls import path

from accounts.web import gallery, shell, sign_in_details
from accounts.web.demo_login import demo_login
from accounts.web.settings import index, keys, people

urlpatterns = [
    path("demo-login/<int:pk>/", demo_login, name="demo-login"),
    path("preferences/", shell.choose, name="preferences"),
    path("menu/", shell.menu, name="menu"),
    path("name/", sign_in_details.name, name="own-name"),
    path("sign-in-details/", sign_in_details.show, name="sign-in-details"),
    path("components/", gallery.show, name="components"),
    path("settings/", index.show, name="settings"),
    path("settings/advanced/", index.advanced, name="settings-advanced"),
    path("settings/people/", people.show, name="settings-people"),
    path("settings/people/invite/", people.invite, name="settings-invite"),
    path("settings/people/teams/", people.add_team, name="settings-team"),
    path("settings/people/places/<int:pk>/", people.change_place, name="settings-place"),
    path("settings/people/<int:pk>/invitation/", people.invite_again, name="settings-invite-again"),
    path("settings/people/<int:pk>/", people.switch, name="settings-person"),
    path("settings/people/<int:pk>/roles/", people.place, name="settings-roles"),
    path("absences/<int:pk>/", people.absences, name="settings-absences"),
    path("absences/entries/<int:pk>/remove/", people.remove_absence, name="settings-absence-gone"),
    path("settings/keys/", keys.show, name="settings-keys"),
    path("settings/keys/new/", keys.create, name="settings-key-new"),
    path("settings/keys/<int:pk>/", keys.revoke, name="settings-key"),
]
