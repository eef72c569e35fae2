"""Median and p90 in the database, the same on both engines: by rank, in whole numbers, without percentile functions."""

from collections import defaultdict
from collections.abc import Hashable
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from reports.domain.figures import Spread


def spreads(rows: QuerySet[Any], *, group: str, value: str) -> dict[Hashable, Spread]:
    """{group: Spread of value} in one query that returns at most four rows a group.

    With n rows, rank r is one of the (one or two) middle ones when 0 <= 2r - n <= 2, and the 90th percentile by
    nearest rank when 0 <= 10r - 9n <= 9. Values are numbers or lengths of time (then in seconds).
    """
    ranked = rows.annotate(
        quantile_rank=Window(RowNumber(), partition_by=[F(group)], order_by=[F(value).asc(), F("pk").asc()]),
        quantile_size=Window(Count("pk"), partition_by=[F(group)]),
    )
    ranked = ranked.annotate(
        middle=2 * F("quantile_rank") - F("quantile_size"),
        ninetieth=10 * F("quantile_rank") - 9 * F("quantile_size"),
    )
    wanted = ranked.filter(Q(middle__range=(0, 2)) | Q(ninetieth__range=(0, 9)))
    found: dict[Hashable, list[tuple[int, int, float, int]]] = defaultdict(list)
    for key, size, middle, ninetieth, length in wanted.values_list(
        group, "quantile_size", "middle", "ninetieth", value
    ):
        found[key].append((middle, ninetieth, _number(length), size))
    return {key: _spread(marks) for key, marks in found.items()}


def spread_of(values: list[float]) -> Spread:
    """The same reading of a list in memory."""
    ordered = sorted(values)
    size = len(ordered)
    if not size:
        return Spread()
    middle = ordered[(size - 1) // 2 : size // 2 + 1]
    return Spread(size, sum(middle) / len(middle), ordered[-(-9 * size // 10) - 1])


def _spread(marks: list[tuple[int, int, float, int]]) -> Spread:
    middle = [value for at, _ninetieth, value, _size in marks if 0 <= at <= 2]
    [p90] = [value for _at, ninetieth, value, _size in marks if 0 <= ninetieth <= 9]
    return Spread(marks[0][3], sum(middle) / len(middle), p90)


def _number(value: Any) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else float(value)
