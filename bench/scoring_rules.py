"""Eleven rules of fit and eleven of behaviour, as data for the product and as SQL by hand for the yardstick."""

from typing import Any

LINE, HIGH, MIDDLE = 45, 45, 25
_FIT: list[tuple[dict[str, Any], int]] = [
    ({"field": "company.employee_count", "op": "gte", "value": 50}, 5),
    ({"field": "company.employee_count", "op": "gte", "value": 300}, 5),
    ({"field": "company.prefecture", "op": "eq", "value": "福岡県"}, -3),
    ({"field": "company.industry", "op": "in", "value": ["製造業", "建設業"]}, 5),
    ({"field": "company.prefecture", "op": "in", "value": ["東京都", "大阪府"]}, 3),
    ({"field": "company.name", "op": "contains", "value": ["在庫1"]}, 2),
    ({"field": "seniority", "op": "gte", "value": "manager"}, 5),
    ({"field": "department", "op": "contains", "value": ["営業"]}, 2),
    ({"field": "title", "op": "known"}, 2),
    ({"field": "last_name", "op": "contains", "value": ["佐藤"]}, 1),
    ({"field": "opted_out", "op": "eq", "value": True}, -20),
]
_DONE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"types": ["site_visit"], "at_least": 2}, {"points": 5}),
    ({"types": ["document_download"]}, {"points": 10}),
    ({"types": ["webinar_attended"], "within_days": 90}, {"points": 15}),
    ({"types": ["page_view"], "content": {"contains": ["料金"]}, "within_days": 30}, {"points": 10}),
    ({"types": ["document_download"], "content": {"title": ["導入事例"]}}, {"points": 5}),
    ({"types": ["email_open"], "within_days": 30, "at_least": 2}, {"points": 5}),
    ({"types": ["page_view"], "distinct": "day", "at_least": 3}, {"points": 5}),
    ({"types": ["page_view"]}, {"points": 1, "per_activity": True, "cap": 10}),
    ({"types": ["email_click"]}, {"points": 2, "per_activity": True, "cap": 10, "half_life_days": 30}),
    ({"types": ["site_visit"]}, {"points": 3, "per_activity": True, "cap": 15, "half_life_days": 14}),
]
RULES: list[dict[str, Any]] = [
    *({"dimension": "fit", "condition": condition, "points": points} for condition, points in _FIT),
    *({"dimension": "engagement", "condition": {"activity": test}} | more for test, more in _DONE),
    {"dimension": "engagement", "condition": {"inactive": {"days": 60, "types": ["site_visit"]}}, "points": -10},
]
# %(most)s: what the fit rules bring at most, of which the grade's letters are quarters; likewise its figures.
BY_HAND = """
INSERT INTO bench_score AS t (lead_id, model_id, total, band, grade, fit, engagement, intent, readiness, authority,
  reaches_line, as_of, computed_at)
SELECT x.id, %(model)s, x.total, CASE WHEN x.total >= 45 THEN 'high' WHEN x.total >= 25 THEN 'middle' ELSE 'low' END,
  CASE WHEN x.fit * 100 >= 75 * 30 THEN 'A' WHEN x.fit * 100 >= 50 * 30 THEN 'B' WHEN x.fit * 100 >= 25 * 30 THEN 'C'
    ELSE 'D' END
  || CASE WHEN x.engagement * 100 >= 75 * 90 THEN '1' WHEN x.engagement * 100 >= 50 * 90 THEN '2'
    WHEN x.engagement * 100 >= 25 * 90 THEN '3' ELSE '4' END,
  x.fit, x.engagement, 0, 0, 0, x.total >= 45, %(on)s, %(at)s
FROM (
  SELECT y.id, y.fit, y.engagement, y.fit + y.engagement AS total FROM (
    SELECT l.id,
      CASE WHEN co.employee_count >= 50 THEN 5 ELSE 0 END + CASE WHEN co.employee_count >= 300 THEN 5 ELSE 0 END
      + CASE WHEN co.prefecture = '福岡県' THEN -3 ELSE 0 END
      + CASE WHEN co.industry IN ('製造業', '建設業') THEN 5 ELSE 0 END
      + CASE WHEN co.prefecture IN ('東京都', '大阪府') THEN 3 ELSE 0 END
      + CASE WHEN {has}(co.name, '在庫1') > 0 THEN 2 ELSE 0 END
      + CASE WHEN l.seniority IN ('manager', 'director', 'executive', 'president') THEN 5 ELSE 0 END
      + CASE WHEN {has}(l.department, '営業') > 0 THEN 2 ELSE 0 END + CASE WHEN l.title <> '' THEN 2 ELSE 0 END
      + CASE WHEN {has}(l.last_name, '佐藤') > 0 THEN 1 ELSE 0 END + CASE WHEN l.opted_out THEN -20 ELSE 0 END
        AS fit,
      CASE WHEN s.visits >= 2 THEN 5 ELSE 0 END + CASE WHEN s.downloads > 0 THEN 10 ELSE 0 END
      + CASE WHEN s.webinars > 0 THEN 15 ELSE 0 END + CASE WHEN s.prices > 0 THEN 10 ELSE 0 END
      + CASE WHEN s.stories > 0 THEN 5 ELSE 0 END + CASE WHEN s.opens >= 2 THEN 5 ELSE 0 END
      + CASE WHEN s.view_days >= 3 THEN 5 ELSE 0 END + {least}(10, COALESCE(s.views, 0))
      + {least}(10, (2 * COALESCE(s.clicks, 0) + 500000000) / 1000000000)
      + {least}(15, (3 * COALESCE(s.fading_visits, 0) + 500000000) / 1000000000)
      + CASE WHEN COALESCE(s.late_visits, 0) = 0 THEN -10 ELSE 0 END AS engagement
    FROM leads_lead l
    LEFT JOIN leads_company co ON co.id = l.company_id
    LEFT JOIN (
      SELECT a.lead_id,
        count(*) FILTER (WHERE a.type = 'site_visit') AS visits,
        count(*) FILTER (WHERE a.type = 'document_download') AS downloads,
        count(*) FILTER (WHERE a.type = 'webinar_attended' AND a.occurred_on > %(d90)s) AS webinars,
        count(*) FILTER (WHERE a.type = 'page_view' AND a.occurred_on > %(d30)s AND ({has}(k.title, '料金') > 0
          OR {has}(a.url, '料金') > 0 OR {has}(k.url, '料金') > 0)) AS prices,
        count(*) FILTER (WHERE a.type = 'document_download' AND k.title = '導入事例') AS stories,
        count(*) FILTER (WHERE a.type = 'email_open' AND a.occurred_on > %(d30)s) AS opens,
        count(DISTINCT a.occurred_on) FILTER (WHERE a.type = 'page_view') AS view_days,
        count(*) FILTER (WHERE a.type = 'page_view') AS views,
        sum({weight30}) FILTER (WHERE a.type = 'email_click') AS clicks,
        sum({weight14}) FILTER (WHERE a.type = 'site_visit') AS fading_visits,
        count(*) FILTER (WHERE a.type = 'site_visit' AND a.occurred_on > %(d60)s) AS late_visits
      FROM leads_activity a LEFT JOIN leads_content k ON k.id = a.content_id
      WHERE a.occurred_on <= %(on)s AND a.lead_id BETWEEN %(low)s AND %(high)s GROUP BY a.lead_id
    ) s ON s.lead_id = l.id
    WHERE l.is_present AND l.id BETWEEN %(low)s AND %(high)s
  ) y
) x WHERE 1 = 1
ON CONFLICT (lead_id) DO UPDATE SET model_id = EXCLUDED.model_id, total = EXCLUDED.total, band = EXCLUDED.band,
  grade = EXCLUDED.grade, fit = EXCLUDED.fit, engagement = EXCLUDED.engagement, reaches_line = EXCLUDED.reaches_line,
  as_of = EXCLUDED.as_of, computed_at = EXCLUDED.computed_at
WHERE (t.model_id, t.total, t.band, t.grade, t.fit, t.engagement, t.reaches_line)
  {unlike} (EXCLUDED.model_id, EXCLUDED.total, EXCLUDED.band, EXCLUDED.grade, EXCLUDED.fit, EXCLUDED.engagement,
  EXCLUDED.reaches_line)
"""


def by_hand(vendor: str) -> str:
    """The statement for this engine; its parameters are low, high, on, at, model and d30, d60, d90 days before."""
    if vendor == "postgresql":
        weight = "floor(power(2::float8, -(%(on)s::date - a.occurred_on)::float8 / {days}) * 1e9::float8 + 0.5)::int"
        words = {"has": "strpos", "least": "LEAST", "unlike": "IS DISTINCT FROM"}
    else:
        weight = (
            "CAST(FLOOR(POWER(2.0, -(julianday(%(on)s) - julianday(a.occurred_on)) / {days}.0) * 1e9 + 0.5) AS INTEGER)"
        )
        words = {"has": "instr", "least": "MIN", "unlike": "IS NOT"}
    return BY_HAND.format(**words, weight30=weight.replace("{days}", "30"), weight14=weight.replace("{days}", "14"))
