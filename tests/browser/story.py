"""What the stories share: the Excel sheet, the webinar by API, and time that passes for the clocks."""

import json
import urllib.request
from datetime import timedelta
from io import BytesIO

import xlsxwriter

from accounts.services import api_keys
from handoff.models import Clock
from handoff.services import sweeps
from journal import clock
from journal import services as journal
from leads.models import Lead

HEADER = [
    "会社名",
    "担当者名",
    "業種",
    "従業員数",
    "役職",
    "DL回数",
    "セミナー参加",
    "Web閲覧回数",
    "スコア合計",
    "優先度",
]
TANAKA = ["株式会社見本製作所", "田中一郎", "製造業", "120名", "課長", 1, "なし", "2回以上", 25, "中"]


def sheet(*rows: list[object]) -> dict[str, object]:
    """An Excel starter sheet as a file to upload."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        page = book.add_worksheet("リード")
        for number, row in enumerate([HEADER, *rows]):
            page.write_row(number, 0, row)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "スコアリング表.xlsx", "mimeType": kind, "buffer": content.getvalue()}


def attend_webinar(address: str, lead: Lead) -> None:
    """A web tool reports by API that this person attended a webinar just now."""
    _key, token = api_keys.create(name="webinar tool", scopes=["activities:write"], by=None, at=clock.now())
    activity = {
        "event_id": f"webinar-{lead.pk}",
        "lead": str(lead.pk),
        "type": "webinar_attended",
        "content": "在庫の見える化",
        "occurred_at": clock.now().isoformat(),
    }
    request = urllib.request.Request(
        f"{address}/api/v1/activities/",
        data=json.dumps(activity).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 202


def let_everything_come_due() -> None:
    """Sweeps as of each moment at which a clock has something to say, up to the answer's second deadline."""
    for _event in range(12):
        running = Clock.objects.filter(kind="answer", next_event_at__isnull=False).order_by("next_event_at")
        if (first := running.first()) is None or first.breached_at:
            return
        at = first.next_event_at + timedelta(seconds=1)
        sweeps.sweep(at=at)
        journal.deliver_owed(at=at)
