"""The list of leads, its search, the API's list and its way to make a lead, each beside its yardstick over real HTTP."""

import json
import time
from collections.abc import Iterator
from urllib.parse import quote

from bench import stock
from bench.report import Line
from bench.serving import Pair, Web, in_turns, served
from leads.models import Lead
from leads.queries.keyset import Cursor

HTML = 3.0  # times the yardstick at most (95th percentile)
API, CREATE = 0.40, 0.45  # of the yardstick's rate at least (median)
TIMES = 120


def run(leads: int) -> Iterator[Line]:
    """A line for each figure, in the order measured."""
    user = stock.begin()
    stock.fill(leads)
    page = {"Cookie": stock.session(user)}
    api = {"Authorization": f"Bearer {stock.key(user)}"}
    with served("config.settings") as product, served("bench.bare") as bare:
        yield from _pages(product, bare, page)
        yield from _searches(product, bare, page)
        pair = _get(product, "/api/v1/leads/", api, bare, "/api/")
        yield Line.rate("API list of 50", pair, API)
        yield from _creates(product, bare, api, leads)


def _pages(product: Web, bare: Web, page: dict[str, str]) -> Iterator[Line]:
    for what, path in (
        ("list, default", "/leads/"),
        ("list, filtered", "/leads/?stage=lead&band=high"),
        ("list, filtered by company", f"/leads/?industry={quote('製造業')}&employees_min=300"),
        ("list, sorted by day of acquisition", "/leads/?ordering=-acquired_at"),
        ("list, half way down by score", f"/leads/?cursor={_deep()}"),
    ):
        yield Line.times(what, _get(product, path, page, bare, "/page/"), HTML)


def _searches(product: Web, bare: Web, page: dict[str, str]) -> Iterator[Line]:
    for what, word in (("frequent", stock.PRESENT), ("rare", stock.RARE), ("absent", stock.ABSENT)):
        pair = _get(product, f"/leads/?q={quote(word)}", page, bare, "/filtered/")
        yield Line.times(f"search, two characters, {what}", pair, HTML)


def _creates(product: Web, bare: Web, api: dict[str, str], leads: int) -> Iterator[Line]:
    mark = f"c{int(time.time())}"
    headers = {**api, "Content-Type": "application/json"}

    def make(number: int) -> None:
        row = {
            "last_name": f"新規{number}",
            "first_name": "花",
            "email": f"{mark}p{number}@example.jp",
            "title": "課長",
        }
        product.ask("POST", "/api/v1/leads/", headers, json.dumps(row).encode())

    def insert(number: int) -> None:
        email, moment = f"{mark}b{number}@example.jp", "2026-01-05T09:00:00+09:00"
        row = {"last_name": f"新規{number}", "first_name": "花", "email": email, "email_key": email, "title": "課長"}
        row |= dict.fromkeys(("acquired_at", "stage_since", "created_at", "updated_at"), moment)
        bare.ask("POST", "/create/", headers, json.dumps(row).encode())

    yield Line.rate(f"create by API, {leads:,} leads", in_turns(make, insert, times=TIMES), CREATE)


def _get(product: Web, path: str, headers: dict[str, str], bare: Web, bare_path: str) -> Pair:
    return in_turns(
        lambda _number: product.ask("GET", path, headers) and None,
        lambda _number: bare.ask("GET", bare_path, {}) and None,
        times=TIMES,
    )


def _deep() -> str:
    """The cursor of the row in the middle of the list by score."""
    middle = Lead.objects.order_by("-score__total", "-score__lead_id")[Lead.objects.count() // 2]
    return Cursor("-score", False, middle.score.total, middle.pk).encode()
