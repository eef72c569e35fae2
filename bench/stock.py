"""The stock of a bench: a company that has just begun, and as many leads with scores as wanted, made by the database."""

from django.db import connection
from django.db.models import Max
from django.test import Client

from accounts.models import Organization, User
from accounts.queries import organization
from accounts.services import api_keys
from integrations.services import first_start
from journal import clock
from leads.models import Activity, Content, Lead

ADDRESS = "bench@example.jp"
RARE, ABSENT, PRESENT = "蘭丸", "鮫島", "佐藤"
COMPANIES = """
INSERT INTO leads_company (name, name_key, corporate_number, domain, url, industry, employee_count, phone, phone_key,
  postal_code, prefecture, address, version, created_at, updated_at)
SELECT '株式会社在庫' || n, '在庫' || n, '', '', '', (ARRAY['製造業', '情報通信業', '卸売業', '建設業'])[1 + n %% 4],
  10 + n %% 900, '', '', '', (ARRAY['東京都', '大阪府', '愛知県', '福岡県'])[1 + n %% 4], '', 1, now(), now()
FROM generate_series(%(from)s / 10, %(to)s / 10) n
WHERE NOT EXISTS (SELECT 1 FROM leads_company WHERE name_key = '在庫' || n)
"""
# One in ten is called 佐藤, one in a hundred thousand 蘭丸.
LEADS = """
INSERT INTO leads_lead (last_name, first_name, last_name_kana, first_name_kana, email, phone, mobile, title, seniority,
  department, company_id, acquired_at, opted_out, do_not_contact, custom, email_key, phone_key, mobile_key, name_key,
  search_text, stage, stage_since, due_kind, due_note, is_present, version, created_at, updated_at, last_activity_at)
SELECT last, first, '', '', 'stock' || n || '@example.jp', '', '', '課長', 'manager', '営業部',
  c.id, now() - n %% 700 * interval '1 day', false, false, '{}', 'stock' || n || '@example.jp', '', '', last || first,
  last || first || chr(10) || c.name_key, 'lead', now(), '', '', true, 1, now(), now(),
  now() - n * interval '11 second'
FROM generate_series(%(from)s, %(to)s) n
JOIN leads_company c ON c.name_key = '在庫' || n / 10,
LATERAL (SELECT CASE WHEN n %% 10 = 3 THEN '佐藤' ELSE '在庫' || n END AS last,
  CASE WHEN n %% 100000 = 7 THEN '蘭丸' ELSE '太郎' END AS first) names
"""
SCORES = """
INSERT INTO leads_leadscore (lead_id, model_id, total, band, grade, fit, engagement, intent, readiness, authority,
  reaches_line, as_of, computed_at, was_total, was_band, was_reaching)
SELECT id, (SELECT min(id) FROM scoring_scoringmodel), id %% 61, CASE WHEN id %% 61 > 34 THEN 'high' ELSE 'low' END, '',
  id %% 61, 0, 0, 0, 0, false, current_date, now(), 0, 'low', false
FROM leads_lead l WHERE NOT EXISTS (SELECT 1 FROM leads_leadscore s WHERE s.lead_id = l.id)
"""
CONTENTS = """
INSERT INTO leads_content (title, title_key, url, kind, phase, industry)
SELECT title, title, '', 'page', '', '' FROM unnest(ARRAY['料金のご案内', '導入事例', '製品の紹介', '選び方の手引き', 'よくある質問']) title
ON CONFLICT (title_key) DO NOTHING
"""
# None to twenty of each lead, ten on average, over a year and a half.
ACTIVITIES = """
INSERT INTO leads_activity (lead_id, event_id, type, content_id, url, occurred_at, occurred_on, received_at, note,
  metadata)
SELECT l.id, 'stock-' || l.id || '-' || n, (ARRAY['site_visit', 'page_view', 'document_download', 'email_open',
    'email_click', 'webinar_attended'])[1 + (l.id * 7 + n * n) %% 6], (ARRAY[{contents}])[1 + (l.id + n) %% 5], '',
  t.at, (t.at AT TIME ZONE '{zone}')::date, t.at, '', '{{}}'
FROM leads_lead l, LATERAL generate_series(1, l.id * 7919 %% 21) n,
LATERAL (SELECT now() - (1 + (l.id * 31 + n * 97) %% 540) * interval '1 day' AS at) t
WHERE l.id BETWEEN %(low)s AND %(high)s
"""
ONE_MORE = """
INSERT INTO leads_activity (lead_id, event_id, type, url, occurred_at, occurred_on, received_at, note, metadata)
SELECT l.id, 'more-' || %(tag)s || '-' || l.id, 'page_view', '', now() - interval '1 day', (now() - interval '1 day')::date,
  now(), '', '{}'
FROM leads_lead l WHERE l.id BETWEEN %(low)s AND %(high)s
"""
STEP = 50_000


def begin() -> User:
    """The administrator of the scratch company, which is made if it isn't there."""
    if not Organization.objects.exists():
        first_start.begin_empty(email=ADDRESS, password="correct-horse-battery", at=clock.now())
    return User.objects.get(email=ADDRESS)


def fill(wanted: int) -> None:
    """Adds leads until there are `wanted`, a score for each, and what the planner wants to know."""
    present = Lead.objects.count()
    with connection.cursor() as cursor:
        if present < wanted:
            span = {"from": present + 1, "to": wanted}
            cursor.execute(COMPANIES, span)
            cursor.execute("ANALYZE leads_company")
            cursor.execute(LEADS, span)
        cursor.execute(SCORES.replace("%%", "%"))
        # Peers' databases were freshly vacuumed; so is this one, or the first readers would pay for it.
        cursor.execute("VACUUM ANALYZE")


def act(wanted: int) -> int:
    """Gives each of the first `wanted` leads its activities, unless it was done before; returns how many are new."""
    made = 0
    ids = list(Lead.objects.order_by("pk").values_list("pk", flat=True)[:wanted:STEP])
    last = Lead.objects.order_by("pk").values_list("pk", flat=True)[min(wanted, Lead.objects.count()) - 1]
    had = Activity.objects.filter(event_id__startswith="stock-").aggregate(most=Max("lead"))["most"] or 0
    with connection.cursor() as cursor:
        cursor.execute(CONTENTS)
        contents = ", ".join(str(pk) for pk in Content.objects.order_by("pk").values_list("pk", flat=True)[:5])
        statement = ACTIVITIES.format(contents=contents, zone=organization.current().time_zone)
        for low, after in zip(ids, [*ids[1:], last + 1], strict=True):
            if after > had + 1:
                cursor.execute(statement, {"low": max(low, had + 1), "high": after - 1})
                made += cursor.rowcount
        if made:
            cursor.execute("VACUUM ANALYZE leads_activity")
    return made


def session(user: User) -> str:
    """The cookie of someone who has signed in."""
    client = Client()
    client.force_login(user)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def key(user: User) -> str:
    """A new API key that may do everything."""
    return api_keys.create(name="bench", scopes=api_keys.read_scopes("all"), by=user, at=clock.now(), days=1)[1]
