"""The cells of the lead list: one function a column, because a chain of template conditions over every cell of every row
was most of the page's time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.interface import cells, figures
from accounts.templatetags import ui
from leads.domain import prefectures
from leads.domain.choices import Seniority
from leads.queries import custom_values
from leads.queries.lead_rows import Row
from leads.templatetags.lead_words import due_word

register = template.Library()
Draw = Callable[[Row, date], str]


@dataclass(frozen=True)
class Cell:
    """How a column is drawn: the classes of its cells beside the column's own, and what stands in one."""

    css: str
    draw: Draw


@register.simple_tag(takes_context=True)
def lead_rows(context: Context, rows: Sequence[Row], columns: Sequence[Any], selectable: object = False) -> SafeString:
    """The `<tr>`s of the list: who, then these columns (`leads.web.list_columns.Column`), before them a box to select
    where there is something to do with the selected."""
    today = ui.today_of(context)
    # On a phone there is no head: there a column tells its name in the cell.
    drawn = [(column.css, _cell(column), str(column.label)) for column in columns]
    nameless, select = _("(no name)"), _("Select %(name)s")
    return format_html_join(
        "",
        '<tr data-pk="{}">{}<td class="c-who">{}</td>{}</tr>',
        (
            (
                row.pk,
                _box(row, select % {"name": row.name or nameless}) if selectable else "",
                _who(row, nameless),
                format_html_join(
                    "",
                    '<td class="{}{}" data-label="{}">{}</td>',
                    ((css, cell.css, label, cell.draw(row, today)) for css, cell, label in drawn),
                ),
            )
            for row in rows
        ),
    )


def _box(row: Row, label: str) -> SafeString:
    return format_html(
        '<td class="c-check"><input class="hf-check" type="checkbox" name="lead" value="{}" aria-label="{}"></td>',
        row.pk,
        label,
    )


def _who(row: Row, nameless: str) -> SafeString:
    url = reverse("lead", args=[row.pk])
    return cells.who(row.name or nameless, company=row.values["company__name"], url=url, title=row.position)


def _cell(column: Any) -> Cell:
    if not column.key:
        return CELLS[column.name]
    css = " hf-2nd hf-num" if column.kind == "number" else " hf-2nd"
    return Cell(css, lambda row, _today: custom_values.shown_of_kind(row.values["custom"].get(column.key), column.kind))


def _value(name: str) -> Draw:
    return lambda row, _today: row.values[name] or ""


def _email(row: Row, _today: date) -> SafeString:
    """An address too long for its column goes on behind the @, not in the middle of a word."""
    name, at, domain = (row.values["email"] or "").rpartition("@")
    return format_html("{}{}<wbr>{}", name, at, domain) if at else format_html("{}", domain)


def _act(row: Row, today: date) -> str:
    return _two_lines(row.act.text, cells.when(row.act.at, "happened", today=today), "hf-clip") if row.act else ""


def _due(row: Row, today: date) -> str:
    at = row.values["due_at"]
    return _two_lines(due_word(row.values["due_kind"]), cells.when(at, "due", today=today)) if at else ""


def _two_lines(above: str, below: str, css: str = "") -> SafeString:
    return format_html(
        '<span class="hf-who"><span class="{}">{}</span><span class="hf-xs hf-3rd">{}</span></span>', css, above, below
    )


def _seniority(row: Row, _today: date) -> str:
    value = row.values["seniority"]
    return str(Seniority(value).label) if value in Seniority.values else ""


def _employees(row: Row, _today: date) -> str:
    """`320`, `101–300`, `50+`: the lower bound alone would be a wrong number."""
    low, high = row.values["company__employee_count"], row.values["company__employee_count_max"]
    if low is None or low == high:
        return figures.number(low)
    return f"{figures.number(low)}+" if high is None else f"{figures.number(low)}–{figures.number(high)}"


def _tags(row: Row, _today: date) -> str:
    return render_to_string("leads/_tags.html", {"tags": row.tags}) if row.tags else ""


CELLS = {
    "score": Cell("", lambda row, _today: ui.score(row.values["score__total"], row.values["score__band"] or "")),
    "stage": Cell("", lambda row, _today: ui.stage(row.values["stage"], days=row.days_in_stage)),
    "touch": Cell("", lambda row, today: cells.touch(row.values["last_contact_at"], today=today)),
    "act": Cell("", _act),
    "channel": Cell(" hf-2nd hf-nowrap", _value("channel__name")),
    "campaign": Cell(" hf-2nd", _value("campaign__name")),
    "due": Cell(" hf-nowrap", _due),
    "industry": Cell(" hf-2nd", _value("company__industry")),
    "employees": Cell(" hf-num hf-nowrap", _employees),
    "prefecture": Cell(
        " hf-2nd hf-nowrap", lambda row, _today: prefectures.shown(row.values["company__prefecture"] or "")
    ),
    "email": Cell(" hf-2nd", _email),
    "phone": Cell(" hf-2nd hf-nowrap", _value("phone")),
    "mobile": Cell(" hf-2nd hf-nowrap", _value("mobile")),
    "seniority": Cell(" hf-2nd hf-nowrap", _seniority),
    "address": Cell(" hf-2nd", _value("company__address")),
    "company_phone": Cell(" hf-2nd hf-nowrap", _value("company__phone")),
    "website": Cell(" hf-2nd", _value("company__url")),
    "corporate_number": Cell(" hf-2nd hf-nowrap", _value("company__corporate_number")),
    "acquired": Cell(" hf-nowrap", lambda row, today: cells.when(row.values["acquired_at"], "day", today=today)),
    "tags": Cell("", _tags),
    "owner": Cell(" hf-nowrap", lambda row, _today: ui.owner(row.owner, team=row.values["team__name"])),
}
