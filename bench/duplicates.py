"""Comparing 100,000 leads for duplicates, by as many worker processes as one machine's supervisor starts.

Leads of a company's kind: three thousand names over ten thousand companies, one in twenty written a second time with
another address and a telephone that is one digit off.
"""

import statistics
import time
from collections.abc import Iterator
from multiprocessing import get_context

from django.db import connection

from bench import stock
from bench import workers as crew
from bench.report import Line
from config.environment import number
from leads.models import DuplicatePair, Lead

LEADS, MOST_SECONDS, ROUNDS = 100_000, 60.0, 3
TWINS = "@twins.example.jp"
# One in twenty is the one before again. Names come from a hash: a step through the lists would give a whole company one.
PEOPLE = """
INSERT INTO leads_lead (last_name, first_name, last_name_kana, first_name_kana, email, phone, mobile, title, seniority,
  department, company_id, acquired_at, opted_out, do_not_contact, custom, email_key, phone_key, mobile_key, name_key,
  search_text, stage, stage_since, due_kind, due_note, is_present, version, created_at, updated_at)
SELECT last, first, '', '', mail, line, '', '課長', 'manager', '営業部', c.id, now(), false, false, '{}', mail, line, '',
  last || first, last || first, 'lead', now(), '', '', true, 1, now(), now()
FROM generate_series(1, %(leads)s::bigint) n
CROSS JOIN LATERAL (SELECT n - CASE WHEN n %% 20 = 0 THEN 1 ELSE 0 END AS who) w
CROSS JOIN
LATERAL (SELECT (ARRAY['佐藤', '鈴木', '高橋', '田中', '伊藤', '渡辺', '山本', '中村', '小林', '加藤', '吉田', '山田', '佐々木',
    '山口', '松本', '井上', '木村', '林', '斎藤', '清水', '山崎', '森', '池田', '橋本', '阿部', '石川', '山下', '中島', '石井', '小川',
    '前田', '岡田', '長谷川', '藤田', '後藤', '近藤', '村上', '遠藤', '青木', '坂本', '福田', '太田', '西村', '藤井', '金子', '岡本', '藤原',
    '三浦', '中野', '原田'])[1 + abs(hashint8(w.who) %% 50)] AS last,
  (ARRAY['健一', '翔太', '美咲', '陽子', '大輔', '直樹', '綾', '由美', '誠', '浩', '恵子', '隆', '真紀', '修', '香織', '学', '智子', '剛',
    '千夏', '亮', '舞', '豊', '和也', '幸子', '拓也', '愛', '進', '裕子', '純', '葵', '悟', '薫', '明', '茜', '昇', '静香', '武', '奈々', '勉',
    '桃子', '司', '久美', '望', '春香', '渉', '早苗', '光', '千尋', '稔', '結衣', '樹', '瞳', '蓮', '栞', '蒼', '詩織', '駿', '凛', '旭', '梓'])
    [1 + abs(hashint8(-w.who) %% 60)] AS first,
  'u' || n || '@twins.example.jp' AS mail, '03' || lpad((w.who * 15485863 %% 99999989 / 10 * 10 + n %% 10)::text, 8, '0') AS line
  ) p
JOIN leads_company c ON c.name_key = '在庫' || w.who %% 10000
"""
MARK = """
INSERT INTO leads_duplicatedue (lead_id, marked_at, generation)
SELECT id, now(), 1 FROM leads_lead WHERE email LIKE '%%@twins.example.jp'
ON CONFLICT (lead_id) DO UPDATE SET generation = leads_duplicatedue.generation + 1
"""
FRESH = """
TRUNCATE leads_duplicatepair, leads_matchkey, leads_duplicatedue
"""


def run(wanted: int) -> Iterator[Line]:
    """Seconds from the marks to the last comparison, keys written anew each time; the median of three."""
    stock.begin()
    stock.fill(max(wanted, LEADS))
    size = number("WORKER_PROCESSES", 2)
    if not Lead.objects.filter(email_key__endswith=TWINS).exists():
        # They stay: taking so many leads away takes longer than the bench.
        _execute(PEOPLE, {"leads": LEADS})
        _execute("VACUUM ANALYZE leads_lead")
    took = [_once(size) for _ in range(ROUNDS)]
    middle = statistics.median(took)
    what = f"{LEADS:,} leads compared, {size} workers"
    yield Line(what, middle, MOST_SECONDS, middle / MOST_SECONDS, "≤ 1", middle <= MOST_SECONDS)


def _once(size: int) -> float:
    _execute(FRESH)
    _execute(MARK)
    with get_context("spawn").Pool(size, crew.ready) as pool:
        pool.map(crew.rest, range(size), chunksize=1)  # started and connected before the clock runs
        began = time.monotonic()
        compared = pool.map(crew.compare, range(size), chunksize=1)
        seconds = time.monotonic() - began
    found = DuplicatePair.objects.open().filter(a__email_key__endswith=TWINS).count()
    if sum(compared) != LEADS or found < LEADS // 20:
        raise RuntimeError(f"{compared} compared, {found:,} pairs found")
    return seconds


def _execute(statement: str, values: dict[str, int] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or {})
