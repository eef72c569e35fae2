"""The chat services that apprise doesn't know: LINE WORKS and Chatwork, each at its one address."""

from typing import Any

import requests
from apprise.plugins.base import NotifyBase


class NotifyLineWorks(NotifyBase):
    """Writes by an address of the Incoming Webhook app."""

    service_name = "LINE WORKS"
    notify_url = "https://webhook.worksmobile.com/message/"
    title_maxlen = 1000
    body_maxlen = 2000

    def __init__(self, token: str, **options: Any):
        super().__init__(**options)
        self.token = token

    def send(self, body: str, title: str = "", **_options: Any) -> bool:
        payload = {"title": title, "body": {"text": body}}
        return _post(self, f"{self.notify_url}{self.token}", json=payload)


class NotifyChatwork(NotifyBase):
    """Writes into a room as the person whose API token it is."""

    service_name = "Chatwork"
    notify_url = "https://api.chatwork.com/v2/rooms/"
    # Its one text has no title; apprise puts it first.
    title_maxlen = 0
    body_maxlen = 10000

    def __init__(self, token: str, room: str, **options: Any):
        super().__init__(**options)
        self.token, self.room = token, room

    def send(self, body: str, title: str = "", **_options: Any) -> bool:
        headers = {"X-ChatWorkToken": self.token}
        return _post(self, f"{self.notify_url}{self.room}/messages", headers=headers, data={"body": body})


def _post(plugin: NotifyBase, url: str, **content: Any) -> bool:
    """Told as apprise's own plugins tell it: a warning without the address, False when it wasn't taken."""
    try:
        answer = requests.post(
            url, timeout=plugin.request_timeout, verify=True, allow_redirects=plugin.redirects, **content
        )
    except requests.RequestException:
        plugin.logger.warning("A Connection error occurred sending to %s.", plugin.service_name)
        return False
    if not answer.ok or answer.is_redirect:
        plugin.logger.warning("Failed to send to %s: error=%s.", plugin.service_name, answer.status_code)
        return False
    return True
