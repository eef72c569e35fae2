"""The page of the API's document works under the site's policy for scripts."""

import re


def test_only_reading_is_answered(client):
    assert client.options("/api/docs/").status_code == 405


def test_docs_page_has_no_script_within_itself(client):
    page = client.get("/api/docs/").content.decode()
    scripts = re.findall(r"<script([^>]*)>", page)

    assert scripts
    assert all("src=" in attributes for attributes in scripts)


def test_docs_page_starts_by_a_script_of_its_own(client):
    page = client.get("/api/docs/").content.decode()
    address = re.search(r'src="(/api/docs/[^"]*)"', page)[1].replace("&amp;", "&")

    script = client.get(address)

    assert script["Content-Type"].startswith("application/javascript")
    assert b"SwaggerUIBundle(" in script.content


def test_docs_page_has_the_appearance_its_reader_chose(client):
    client.cookies["handoff_theme"] = "dark"
    page = client.get("/api/docs/").content.decode()
    assert 'data-theme="dark"' in page
    assert "js/api-docs" in page
