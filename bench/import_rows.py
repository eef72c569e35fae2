"""Rows a second of an import beside a hand-written pipeline.

The hand pipeline parses, checks, copies into a staging table, removes doubles and inserts companies and leads: what one
would write for this one file, without mapping, own normalisation, sources, activities, audit, per-row results or the way
back.
"""

import csv
import re
import resource
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from django.core.files import File
from django.db import connection

from accounts.models import User
from bench import stock
from bench.report import Line
from journal import clock, doorbell
from leads.models import ImportRun
from leads.services import import_runs, import_work

RATIO = 0.35  # of the hand pipeline's rate at least
HEADER = "会社名,氏名,メール,電話,携帯,役職,部署,業種,従業員数,都道府県,住所,獲得経路,獲得日,DL回数"
STAGE = """
CREATE TEMP TABLE staging (line int, company text, company_key text, last_name text, first_name text, email text,
  phone text, mobile text, title text, department text, industry text, employees int, prefecture text, address text,
  acquired timestamptz)
"""
INSERT = """
INSERT INTO leads_company (name, name_key, corporate_number, domain, url, industry, employee_count, phone, phone_key,
  postal_code, prefecture, address, version, created_at, updated_at)
SELECT DISTINCT ON (company_key) company, company_key, '', '', '', industry, employees, '', '', '', prefecture, address,
  1, now(), now()
FROM staging s WHERE NOT EXISTS (SELECT 1 FROM leads_company c WHERE c.name_key = s.company_key);
INSERT INTO leads_lead (last_name, first_name, last_name_kana, first_name_kana, email, phone, mobile, title, seniority,
  department, company_id, acquired_at, opted_out, do_not_contact, custom, email_key, phone_key, mobile_key, name_key,
  search_text, stage, stage_since, due_kind, due_note, is_present, version, created_at, updated_at)
SELECT DISTINCT ON (email) last_name, first_name, '', '', email, phone, mobile, title, '', department,
  (SELECT min(id) FROM leads_company c WHERE c.name_key = s.company_key), acquired, false, false, '{}', email, phone,
  mobile, last_name || first_name, last_name || first_name || chr(10) || company, 'lead', now(), '', '', true, 1, now(),
  now()
FROM staging s WHERE NOT EXISTS (SELECT 1 FROM leads_lead l WHERE l.email_key = s.email AND l.is_present
  AND l.email_key <> '');
"""


def sheet(path: Path, rows: int, stock: int, mark: str) -> Path:
    """A list of business people: a fifth is here already, one in a hundred can't be imported."""
    with path.open("w", encoding="utf-8") as out:
        _write(out, rows, stock, mark)
    return path


def _write(out: TextIO, rows: int, stock: int, mark: str) -> None:
    own = zlib.crc32(mark.encode()) % 90_000_000
    out.write(HEADER + "\n")
    for n in range(rows):
        email = f"stock{n % stock + 1}@example.jp" if stock and n % 5 == 0 else f"{mark}{n}@example.jp"
        email = "こわれた" if n % 100 == 7 else email
        name = f"在庫{n % stock + 1} 太郎" if stock and n % 5 == 0 else f"{mark}{n} 花子"
        out.write(
            f"株式会社{mark}{n // 8},{name},{email},03-{n % 9000 + 1000:04d}-{n % 7919:04d},"
            f"080-{(own + n) // 10000 % 10000:04d}-{(own + n) % 10000:04d},{'部長 課長 主任 担当'.split()[n % 4]},営業部,"
            f"製造業,{n % 900 + 10}名,東京都,千代田区{n % 500},展示会,2026/{n % 9 + 1}/{n % 28 + 1},{n % 3}\n"
        )


def by_hand(path: Path) -> float:
    """Seconds of the hand-written pipeline for this file."""
    began = time.monotonic()
    address = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS staging")
        cursor.execute(STAGE)
        with path.open(encoding="utf-8") as file, cursor.copy("COPY staging FROM STDIN") as copy:
            for line, row in enumerate(csv.DictReader(file), start=2):
                if not address.fullmatch(row["メール"]) or not row["従業員数"].rstrip("名").isdigit():
                    continue
                last, _, first = row["氏名"].partition(" ")
                copy.write_row(
                    (
                        line, row["会社名"], row["会社名"].replace("株式会社", ""), last, first, row["メール"].lower(),
                        row["電話"].replace("-", ""), row["携帯"].replace("-", ""), row["役職"], row["部署"],
                        row["業種"], int(row["従業員数"].rstrip("名")), row["都道府県"], row["住所"],
                        row["獲得日"].replace("/", "-"),
                    )
                )  # fmt: skip
        cursor.execute("ANALYZE staging")
        cursor.execute(INSERT)
    return time.monotonic() - began


def by_product(path: Path, user: User) -> tuple[float, float, ImportRun]:
    """Seconds by the clock, seconds of this process, and the finished run."""
    began, used = time.monotonic(), time.process_time()
    with path.open("rb") as file:
        made = import_runs.start(file=File(file), filename="bench.csv", by=user, at=clock.now())
    import_work.work(run_id=made.pk, now=clock.now)
    made.refresh_from_db()
    return time.monotonic() - began, time.process_time() - used, made


def run(leads: int, rows: int) -> Iterator[Line]:
    """The line of the import, after its totals and the worker's memory in words."""
    # The clock is for the import alone: nothing scores beside it.
    doorbell.ring = lambda *_args, **_options: None
    user = stock.begin()
    stock.fill(leads)
    mark = f"r{int(time.time())}x"
    with tempfile.TemporaryDirectory() as folder:
        hand = by_hand(sheet(Path(folder) / "hand.csv", rows, leads, "h" + mark))
        seconds, own, made = by_product(sheet(Path(folder) / "product.csv", rows, leads, "p" + mark), user)
    parts = (made.created, made.updated, made.unchanged, made.duplicates, made.refused)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"import: {rows / seconds:,.0f} rows/s ({rows / own:,.0f} by its own processor time), by hand "
        f"{rows / hand:,.0f} rows/s; {made.rows} rows = {' + '.join(map(str, parts))}; {memory:.0f} MB"
    )
    yield Line.rate_of(f"import of {rows:,} rows", seconds / rows, hand / rows, RATIO)
