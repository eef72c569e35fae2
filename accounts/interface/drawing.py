"""Geometry of the small drawings: bars, sparks, pips. Numbers only; the templates draw them."""

from collections.abc import Sequence
from dataclasses import dataclass

STEP_OF_STAGE = {"lead": 1, "mal": 2, "mql": 3, "sal": 4, "sql": 5, "opportunity": 6}
BARS_OF_BAND = {"high": 3, "middle": 2, "low": 1}


@dataclass(frozen=True)
class End:
    """How a stage is marked that is no step of the way."""

    icon: str
    tone: str = ""


LOOK_OF_END = {
    "won": End("trophy", "done"),
    "lost": End("x"),
    "nurture": End("plant-2"),
    "disqualified": End("ban"),
}


@dataclass(frozen=True)
class Pip:
    x: float
    is_on: bool


def pips(*, on: int, of: int, step: float) -> tuple[Pip, ...]:
    """`of` boxes, `step` apart, the first `on` of them filled."""
    return tuple(Pip(x=round(index * step, 1), is_on=index < on) for index in range(of))


def width(value: float | None, of: float | None) -> float:
    """The length of a bar on a scale of 100."""
    return 0.0 if not value or not of else round(min(100.0, max(0.0, value / of * 100)), 1)


def squares(working_days: float) -> int:
    """How long something is stuck, in 1 to 4 squares."""
    return 1 if working_days < 2 else 2 if working_days < 5 else 3 if working_days < 10 else 4


AGE_OF_SQUARES = {1: "new", 2: "mid", 3: "old", 4: "old"}


def moon(days: int | None) -> str:
    """How long ago the last contact was: within a week, within a month, longer, never."""
    return "none" if days is None else "week" if days <= 7 else "month" if days <= 30 else "old"


@dataclass(frozen=True)
class Spark:
    path: str
    end_x: float
    end_y: float
    goal_y: float | None


def spark(values: Sequence[float | None], *, goal: float | None = None) -> Spark | None:
    """A line through the values on 80 × 28, from the lowest to the highest; gaps where nothing is known."""
    known = [value for value in [*values, goal] if value is not None]
    points = [(index, value) for index, value in enumerate(values) if value is not None]
    if len(points) < 2:
        return None
    low, high = min(known), max(known)
    step = 78 / (len(values) - 1)

    def place(index: int, value: float) -> tuple[float, float]:
        return round(1 + index * step, 1), round(26 - (value - low) / ((high - low) or 1) * 24, 1)

    placed = [place(index, value) for index, value in points]
    path = "M" + " L".join(f"{x} {y}" for x, y in placed)
    return Spark(path, *placed[-1], None if goal is None else place(0, goal)[1])
