"""What is promised on each leg today, as rows that can be kept, compared and read aloud."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import pgettext

from handoff.domain.choices import ClockKind, Leg
from handoff.domain.promises import BY_POLICY_ONLY, Promise
from handoff.queries import legs, policies
from handoff.queries.promise_words import length

BANDS = ("high", "middle", "low")
LENGTH = ("minutes", "working_days", "touches")


@dataclass(frozen=True)
class Line:
    """One kind of promise on one leg, in words."""

    leg: str
    kind: str
    text: str

    @property
    def name(self) -> str:
        return str(ClockKind(self.kind).label)

    @property
    def leg_name(self) -> str:
        return str(Leg(self.leg).label)


def today() -> list[dict[str, Any]]:
    """Every promise of the legs in use, as plain values: leg, kind, band ('' where it is for all) and its length."""
    return [row for leg in legs.legs() for row in of_leg(leg)]


def of_leg(leg: Leg) -> list[dict[str, Any]]:
    """Those of one leg, in the order in which they are owed."""
    last = ClockKind.FEEDBACK if legs.goes_to_field(leg) else ClockKind.QUALIFY
    by_band = [ClockKind.ANSWER, ClockKind.CONTACT, *map(ClockKind, BY_POLICY_ONLY)]
    spots = [(kind, band) for kind in by_band for band in BANDS] + [(last, "")]
    found = [(kind, band, policies.promise_if_any(kind=kind, leg=leg, band=band)) for kind, band in spots]
    return [_row(leg, kind, band, promise) for kind, band, promise in found if promise is not None]


def _row(leg: Leg, kind: ClockKind, band: str, promise: Promise) -> dict[str, Any]:
    values = {name: getattr(promise, name) for name in LENGTH}
    return {"leg": leg.value, "kind": kind.value, "band": band} | values


def lines(rows: Iterable[Mapping[str, Any]]) -> list[Line]:
    """The rows in words, one line for each leg and kind; what is the same for every priority is said once."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        promise = Promise(**{name: row.get(name) for name in LENGTH})
        found.setdefault((row["leg"], row["kind"]), {})[row["band"]] = length(promise)
    return [Line(leg, kind, _told(by_band)) for (leg, kind), by_band in found.items()]


def _told(by_band: Mapping[str, str]) -> str:
    words = {"high": pgettext("band", "High"), "middle": pgettext("band", "Mid"), "low": pgettext("band", "Low")}
    if "" in by_band or (len(by_band) == len(BANDS) and len(set(by_band.values())) == 1):
        return next(iter(by_band.values()))
    return pgettext("separator", " · ").join(f"{words[band]} {text}" for band, text in by_band.items())


@dataclass(frozen=True)
class Difference:
    """One kind of promise that is another today than it was agreed; empty where there was or is none."""

    name: str
    leg_name: str
    agreed: str
    today: str


def differences(agreed: Iterable[Mapping[str, Any]]) -> list[Difference]:
    """Where today's policies differ from what was agreed."""
    was, now = ({(line.leg, line.kind): line for line in lines(rows)} for rows in (agreed, today()))
    return [
        Difference(
            name=(was.get(spot) or now[spot]).name,
            leg_name=(was.get(spot) or now[spot]).leg_name,
            agreed=was[spot].text if spot in was else "",
            today=now[spot].text if spot in now else "",
        )
        for spot in dict.fromkeys([*was, *now])
        if spot not in was or spot not in now or was[spot].text != now[spot].text
    ]
