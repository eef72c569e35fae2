"""What each content brought: the leads it touched, and how many of them got how far afterwards."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

# One pass over the activities of these contents (the index of content_id), then one look-up per lead and stage.
# A won result that was taken back later does not count, as everywhere in the figures (`reached.won_since`).
_BROUGHT = """
WITH touch AS (
  SELECT a.content_id, a.lead_id, MIN(a.occurred_at) AS at
  FROM leads_activity a JOIN leads_lead l ON l.id = a.lead_id
  WHERE a.content_id IN ({ids}) AND l.is_present
  GROUP BY a.content_id, a.lead_id
)
SELECT t.content_id, COUNT(*), COUNT(m.id), COUNT(o.id), SUM(CASE WHEN EXISTS (
    SELECT 1 FROM handoff_stagetransition w
    WHERE w.lead_id = t.lead_id AND w.to_stage = 'won' AND w.at >= t.at AND NOT EXISTS (
      SELECT 1 FROM handoff_stagetransition b
      WHERE b.lead_id = w.lead_id AND b.from_stage = 'won' AND b.corrected AND b.id > w.id AND NOT EXISTS (
        SELECT 1 FROM handoff_stagetransition a
        WHERE a.lead_id = w.lead_id AND a.from_stage = 'won' AND a.id > w.id AND a.id < b.id
      )
    )
  ) THEN 1 ELSE 0 END)
FROM touch t
LEFT JOIN handoff_stageentry m ON m.lead_id = t.lead_id AND m.stage = 'mql' AND m.at >= t.at
LEFT JOIN handoff_stageentry o ON o.lead_id = t.lead_id AND o.stage = 'opportunity' AND o.at >= t.at
GROUP BY t.content_id
"""


@dataclass(frozen=True)
class Brought:
    """Leads that did something with the content, and those of them that entered a stage at or after their first act."""

    leads: int = 0
    mql: int = 0
    opportunities: int = 0
    won: int = 0


def brought(content_ids: Collection[int]) -> dict[int, Brought]:
    """By content; one query for any number of them."""
    ids = sorted(set(content_ids))
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_BROUGHT.format(ids=", ".join(["%s"] * len(ids))), ids)
        return {content: Brought(*counts) for content, *counts in cursor.fetchall()}
