"""Rows per second of an import beside a hand-written pipeline, in one run on one database.

    DATABASE_URL=postgres://… .venv/bin/python -m bench.import_rows --leads 1000000 --rows 100000

The database must be a scratch one (it is filled) and migrated. The hand pipeline parses, checks, copies into a staging
table, removes doubles and inserts companies and leads: what one would write for this one file, without mapping, own
normalisation, sources, activities, audit, per-row results or the way back.
"""

import argparse
import cProfile
import csv
import os
import pstats
import re
import resource
import tempfile
import time
import zlib
from pathlib import Path
from typing import TextIO

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.files import File  # noqa: E402
from django.db import connection  # noqa: E402

from accounts.models import Membership, Organization, RoleGrant, Team, User  # noqa: E402
from journal import clock, doorbell  # noqa: E402
from leads.models import ImportRun  # noqa: E402
from leads.services import import_runs, import_work  # noqa: E402

FILL = """
INSERT INTO leads_company (name, name_key, corporate_number, domain, url, industry, phone, phone_key, postal_code,
  prefecture, address, version, created_at, updated_at)
SELECT '株式会社在庫' || n, '在庫' || n, '', '', '', '製造業', '', '', '', '', '', 1, now(), now()
FROM generate_series(1, %(companies)s) n;
INSERT INTO leads_lead (last_name, first_name, last_name_kana, first_name_kana, email, phone, mobile, title, seniority,
  department, company_id, acquired_at, opted_out, do_not_contact, custom, email_key, phone_key, mobile_key, name_key,
  search_text, stage, stage_since, due_kind, due_note, is_present, version, created_at, updated_at)
SELECT '在庫' || n, '太郎', '', '', 'stock' || n || '@example.jp', '', '', '課長', 'manager', '',
  (SELECT min(id) FROM leads_company WHERE name_key = '在庫1') + n %% %(companies)s, now(), false, false, '{}',
  'stock' || n || '@example.jp', '', '', '在庫' || n || '太郎', '在庫' || n || '太郎' || chr(10) || '在庫',
  'lead', now(), '', '', true, 1, now(), now()
FROM generate_series(1, %(leads)s) n;
ANALYZE;
"""
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


def _marketer() -> User:
    Organization.objects.get_or_create(pk=1, defaults={"name": "架空商事株式会社"})
    user = User.objects.filter(email="bench@example.jp").first()
    if user is None:
        user = User.objects.create_user("bench@example.jp", None, last_name="測定", first_name="係")
        RoleGrant.objects.create(user=user, role="marketer")
        Membership.objects.create(user=user, team=Team.objects.create(name="測定", kind="marketing"))
    return user


def main() -> None:
    # Where no broker runs, each ring would wait for one; the clock is for the import.
    doorbell.ring = lambda *_args, **_options: None
    parser = argparse.ArgumentParser()
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    user = _marketer()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM leads_lead WHERE email_key LIKE 'stock%@example.jp'")
        if cursor.fetchone()[0] < options.leads:
            cursor.execute(FILL % {"companies": max(1, options.leads // 10), "leads": options.leads})
    mark = f"r{int(time.time())}x"
    folder = Path(tempfile.mkdtemp())
    hand = by_hand(sheet(folder / "hand.csv", options.rows, options.leads, "h" + mark))
    print(f"hand pipeline  {options.rows / hand:10.0f} rows/s")
    profile = cProfile.Profile() if options.profile else None
    if profile:
        profile.enable()
    seconds, own, run = by_product(sheet(folder / "product.csv", options.rows, options.leads, "p" + mark), user)
    if profile:
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)
        pstats.Stats(profile).sort_stats("cumtime").print_stats(60)
    total = run.created + run.updated + run.unchanged + run.duplicates + run.refused
    print(f"product        {options.rows / seconds:10.0f} rows/s ({options.rows / own:.0f} by its own seconds)")
    print(f"ratio          {hand / seconds:10.3f}")
    print(
        f"rows {run.rows} = {run.created} + {run.updated} + {run.unchanged} + {run.duplicates} + {run.refused} = {total}"
    )
    print(f"memory         {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:10.0f} MB")


if __name__ == "__main__":
    main()
