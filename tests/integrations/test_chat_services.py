"""Which addresses are taken for chat channels, which machines are spoken to, and what goes over the line."""

import ipaddress
import json
import logging
import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from apprise.plugins import workflows
from apprise.plugins.google_chat import NotifyGoogleChat
from apprise.plugins.slack import NotifySlack

from integrations.domain import chat_services
from integrations.domain.chat_services import ChatService
from integrations.domain.chat_text import ChatItem, ChatText, escaped
from integrations.services import chat_sender, outside
from integrations.services.chat_plugins import NotifyChatwork, NotifyLineWorks
from integrations.services.chat_sender import NotTaken

SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
FLOW = "/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke"
QUERY = "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=KODuebWbDGYFr0z0eu-6Rj8aUKz7108W3wrNJZxFE5A"
TEAMS = f"https://prod-161.westeurope.logic.azure.com:443{FLOW}{QUERY}"
TEAMS_NEW = f"https://default12.5e.environment.api.powerplatform.com:443/powerautomate/automations/direct{FLOW}{QUERY}"
GOOGLE = "https://chat.googleapis.com/v1/spaces/AAAAk6lGXyM/messages?key=AIzaSyDdI0hCZtE6vy&token=O7b1nyri_waOpLMSzb%3D"
LINE_WORKS = "https://webhook.worksmobile.com/message/ed01d020-c8c7-44fe-bf85-1b5db0114df5"
CHATWORK = "chatwork://0123456789abcdef@123456789"
KNOWN = {
    SLACK: ChatService.SLACK,
    TEAMS: ChatService.TEAMS,
    TEAMS_NEW: ChatService.TEAMS,
    GOOGLE: ChatService.GOOGLE_CHAT,
    LINE_WORKS: ChatService.LINE_WORKS,
    CHATWORK: ChatService.CHATWORK,
}
STRANGE = [
    "",
    "https://example.com/hook",
    "json://127.0.0.1:8000/",
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ?template=/etc/passwd",
    SLACK.replace("https", "http"),
    SLACK.replace("hooks.slack.com", "hooks.slack.com.example.com"),
    SLACK.replace("hooks.slack.com", "hooks.slack.com@127.0.0.1"),
    SLACK.replace("hooks.slack.com", "hooksxslack.com"),
    f"{SLACK}?template=/etc/passwd",
    f"{SLACK}/../../x",
    f"{SLACK}\nhttps://127.0.0.1/",
    TEAMS.replace("logic.azure.com", "logic.azure.com.example.com"),
    TEAMS.replace("prod-161.westeurope.logic.azure.com:443", "127.0.0.1"),
    TEAMS.replace(":443", ":8443"),
    TEAMS.replace("sig=", "sing="),
    TEAMS.replace("prod-161", "a" * 64),
    f"{TEAMS}{'あ' * 120}",
    GOOGLE.replace("chat.googleapis.com", "storage.googleapis.com"),
    GOOGLE.partition("&")[0],
    LINE_WORKS.replace("/message/", "/other/"),
    "chatwork://0123456789abcdef@api.chatwork.com",
    "chatwork://0123456789abcdef@12345/../../me",
]
PRIVATE = """127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1 255.255.255.255
::1 :: fe80::1 fd00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1::
2002:c0a8:101::1 2001:db8::1""".split()
TEXT = ChatText(
    "",
    (ChatItem("山本商事 <!channel> *太字*", "回答期限は *今日*。", (("受諾する", "https://h.example/l/abc_d/"),)),),
    "一度だけ。",
)


@pytest.mark.parametrize(("address", "service"), KNOWN.items())
def test_an_address_is_known_by_its_form_and_shown_without_its_secret(address, service):
    found = chat_services.read(f"  {address} ")
    assert found.service == service
    for part in (address.rpartition("/")[2], "KODuebWbDGYFr0z0eu", "O7b1nyri_waOpLMSzb", "0123456789abcdef"):
        assert part not in found.shown
    assert address not in repr(found)


@pytest.mark.parametrize("address", STRANGE)
def test_any_other_address_is_refused(address):
    assert chat_services.read(address) is None


def test_parameters_that_would_tell_the_library_more_are_left_out():
    for address in (f"{TEAMS}&template=/etc/passwd&verify=no", f"{GOOGLE}&redirect=yes&verify=no"):
        assert not {"template", "verify", "redirect"} & set(
            chat_services.read(address).url.replace("=", "&").split("&")
        )


@pytest.mark.parametrize("address", PRIVATE)
def test_private_machines_are_not_public(address):
    assert not outside.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_machines_are(address):
    assert outside.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "fd00::1"])
def test_nothing_is_sent_to_a_service_whose_name_leads_into_a_private_network(monkeypatch, address):
    known = {ipaddress.ip_address("8.8.8.8"), ipaddress.ip_address(address)}
    monkeypatch.setattr(outside, "addresses_of", lambda host: known)
    with pytest.raises(NotTaken) as refused:
        chat_sender.deliver(address=SLACK, text=TEXT)
    assert refused.value.is_final
    assert "private" in str(refused.value)


def test_a_name_that_is_not_known_now_is_tried_again(monkeypatch):
    def away(host):
        raise socket.gaierror("away")

    monkeypatch.setattr(outside, "addresses_of", away)
    with pytest.raises(NotTaken) as refused:
        chat_sender.deliver(address=SLACK, text=TEXT)
    assert not refused.value.is_final


class Service:
    """A local server that stands for a chat service and keeps what it is sent."""

    def __init__(self):
        self.taken: list[tuple[str, dict, str]] = []
        self.status, self.body, self.location, self.dribbles = 200, b"ok", "", 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                content = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.taken.append((self.path, dict(self.headers), content))
                self.send_response(outer.status)
                if outer.location:
                    self.send_header("Location", outer.location)
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                for byte in outer.body:
                    time.sleep(outer.dribbles)
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()

            def log_message(self, *_arguments):
                """Keeps quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def service(monkeypatch):
    found = Service()
    monkeypatch.setattr(outside, "addresses_of", lambda host: {ipaddress.ip_address("8.8.8.8")})
    monkeypatch.setattr(NotifySlack, "webhook_url", f"{found.url}/services")
    monkeypatch.setattr(NotifyGoogleChat, "notify_url", f"{found.url}/v1/spaces/{{workspace}}/messages")
    monkeypatch.setattr(NotifyLineWorks, "notify_url", f"{found.url}/message/")
    monkeypatch.setattr(NotifyChatwork, "notify_url", f"{found.url}/v2/rooms/")
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_slack_is_given_title_reason_and_links_and_nobody_is_called_by_a_customers_name(service):
    chat_sender.deliver(address=SLACK, text=TEXT)
    [(path, _headers, content)] = service.taken
    assert path == SLACK.removeprefix("https://hooks.slack.com")
    text = json.loads(content)["attachments"][0]["text"]
    assert text.startswith("*山本商事 &lt;!channel&gt; ＊太字＊*")
    assert "<https://h.example/l/abc_d/|受諾する>" in text
    assert "<!channel>" not in content
    assert set(re.findall(r"https?://[^/]+", content)) == {"https://h.example"}


def test_google_chat_is_given_links_by_their_names(service):
    chat_sender.deliver(address=GOOGLE, text=TEXT)
    [(path, _headers, content)] = service.taken
    assert path.startswith("/v1/spaces/AAAAk6lGXyM/messages?")
    assert "token=O7b1nyri_waOpLMSzb%3D" in path
    text = json.loads(content)["text"]
    assert "<https://h.example/l/abc_d/|受諾する>" in text
    assert text.startswith("*山本商事")
    assert "<!channel>" not in text


def test_line_works_is_given_plain_text(service):
    chat_sender.deliver(address=LINE_WORKS, text=TEXT)
    [(path, _headers, content)] = service.taken
    assert path == "/message/ed01d020-c8c7-44fe-bf85-1b5db0114df5"
    told = json.loads(content)
    assert told["title"] == "山本商事 ＜!channel＞ *太字*"
    assert told["body"]["text"] == "回答期限は *今日*。\n受諾する: https://h.example/l/abc_d/\n\n一度だけ。"


def test_chatwork_is_given_its_token_in_the_header(service):
    chat_sender.deliver(address=CHATWORK, text=TEXT)
    [(path, headers, content)] = service.taken
    assert path == "/v2/rooms/123456789/messages"
    assert headers["X-ChatWorkToken"] == "0123456789abcdef"
    [body] = parse_qs(content)["body"]
    assert body.startswith("山本商事")
    assert "受諾する: https://h.example/l/abc_d/" in body


@pytest.mark.parametrize("address", [LINE_WORKS, CHATWORK])
@pytest.mark.parametrize("heading", ["", "2件お待ちしています [info]"])
def test_nobody_is_called_and_no_box_is_drawn_by_what_people_wrote_in_text_alone(service, address, heading):
    wrote = '[toall] [To:1] <m userId="all"> 山本商事'
    item = ChatItem(wrote, wrote, (("受諾する", "https://h.example/l/abc_d/"),))
    chat_sender.deliver(address=address, text=ChatText(heading, (item,), wrote))
    [(_path, _headers, content)] = service.taken
    told = str(json.loads(content)) if address == LINE_WORKS else parse_qs(content)["body"][0]
    assert not re.search(r"\[(toall|To:1|info)|<m ", told)
    assert told.count("［toall］ ［To:1］ ＜m userId") == 3
    assert "受諾する: https://h.example/l/abc_d/" in told


def test_an_error_within_the_library_is_told_by_its_kind_alone(service, monkeypatch):
    def breaks(*_arguments, **_options):
        raise RuntimeError(SLACK)

    monkeypatch.setattr(NotifySlack, "send", breaks)
    with pytest.raises(NotTaken) as refused:
        chat_sender.deliver(address=SLACK, text=TEXT)
    assert str(refused.value) == "RuntimeError"
    assert not refused.value.is_final


def test_teams_is_sent_to_its_own_host_without_following_redirects(service, monkeypatch):
    sent = []

    class Answer:
        status_code, content = 202, b""

    def post(url, **options):
        sent.append((url, options))
        return Answer()

    monkeypatch.setattr(workflows.requests, "post", post)
    chat_sender.deliver(address=TEAMS_NEW, text=TEXT)
    [(url, options)] = sent
    assert url.startswith("https://default12.5e.environment.api.powerplatform.com:443/powerautomate/")
    assert (options["allow_redirects"], options["verify"]) == (False, True)
    card = json.loads(options["data"])["attachments"][0]["content"]
    assert [piece["type"] for piece in card["body"]] == ["TextBlock"]
    assert "[受諾する](https://h.example/l/abc_d/)" in card["body"][0]["text"]


@pytest.mark.parametrize("address", [SLACK, GOOGLE, LINE_WORKS, CHATWORK])
def test_a_redirect_is_not_followed(service, address):
    service.status, service.location = 302, f"{service.url}/elsewhere"
    with pytest.raises(NotTaken) as refused:
        chat_sender.deliver(address=address, text=TEXT)
    assert not refused.value.is_final
    assert len(service.taken) == 1


@pytest.mark.parametrize(("status", "is_final"), [(404, True), (410, True), (403, True), (429, False), (500, False)])
@pytest.mark.parametrize("address", [SLACK, CHATWORK])
def test_a_refusal_says_whether_it_is_for_good(service, status, is_final, address):
    service.status, service.body = status, b"no"
    with pytest.raises(NotTaken) as refused:
        chat_sender.deliver(address=address, text=TEXT)
    assert refused.value.is_final == is_final
    assert str(status) in str(refused.value)


def test_an_answer_that_never_ends_ends_at_the_deadline(service, monkeypatch):
    service.body, service.dribbles = b"ok" * 200, 0.2
    monkeypatch.setattr(chat_sender, "DEADLINE_SECONDS", 1.0)
    began = time.monotonic()
    with pytest.raises(NotTaken):
        chat_sender.deliver(address=SLACK, text=TEXT)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("address", [SLACK, GOOGLE, LINE_WORKS, CHATWORK])
def test_no_log_names_the_secret(service, address, status, settings, caplog, capfd):
    """With the levels of the settings, and everything else at its finest."""
    service.status = status
    kept = {name: logging.getLogger(name).level for name in settings.LOGGING["loggers"]}
    for name, options in settings.LOGGING["loggers"].items():
        logging.getLogger(name).setLevel(options["level"])
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        chat_sender.deliver(address=address, text=TEXT)
    except NotTaken as error:
        assert_no_secret(str(error))
    finally:
        for name, level in kept.items():
            logging.getLogger(name).setLevel(level)
    assert service.taken
    assert_no_secret(caplog.text)


def assert_no_secret(text):
    for secret in ("TIiajkdnlazkcOXrIdevi7FQ", "O7b1nyri_waOpLMSzb", "ed01d020", "0123456789abcdef"):
        assert secret not in text


MEANT = {
    "*a*": "＊a＊",
    "`c`": "｀c｀",
    "[x](https://e.example)": r"\[x\](https://e.example)",
    "<!here>": r"\<!here\>",
    "a\n\n- b": "a - b",
    "# d": r"\# d",
    "\\<": r"\\\<",
    "tanaka_taro #1": "tanaka_taro #1",
}


@pytest.mark.parametrize(("text", "told"), MEANT.items())
def test_what_people_wrote_means_nothing_in_markdown(text, told):
    assert escaped(text) == told
