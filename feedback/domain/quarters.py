"""The quarters of the calendar year, in which answers are checked."""

from datetime import date

MONTHS = 3


def next_quarter(day: date) -> date:
    """The first day of the quarter after the one of `day`: January, April, July, October."""
    months = (day.month - 1) // MONTHS * MONTHS + MONTHS
    return date(day.year + months // 12, months % 12 + 1, 1)
