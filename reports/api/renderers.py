"""The table of a report as CSV, safe for spreadsheets."""

import csv
import io
import json
from typing import Any

from rest_framework.renderers import BaseRenderer
from rest_framework.utils.encoders import JSONEncoder

from leads.domain.import_cells import for_spreadsheet


class TableRenderer(BaseRenderer):
    """`Accept: text/csv` or `?format=csv`: the rows, with a byte-order mark so that Excel reads Japanese."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, media_type: str | None = None, context: Any = None) -> str:
        rows = data.get("rows") if isinstance(data, dict) else None
        if rows is None:
            # A refusal: a problem document whatever form was asked for, as its content type says.
            return json.dumps(data, ensure_ascii=False, cls=JSONEncoder) if data else ""
        text = io.StringIO()
        writer = csv.writer(text)
        if rows:
            writer.writerow(rows[0])
        writer.writerows([_safe(value) for value in row.values()] for row in rows)
        return "\ufeff" + text.getvalue()


def _safe(value: Any) -> Any:
    if value is None:
        return ""
    return for_spreadsheet(value) if isinstance(value, str) else value
