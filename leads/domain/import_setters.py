"""How a cell of each kind is put into a row's values: one small function a kind, one table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from leads.domain import import_cells as cells
from leads.domain import import_words as words
from leads.domain.import_dates import understand_date
from leads.domain.import_faults import CellFault
from leads.domain.import_fields import ACTIVITY, CUSTOM, Field
from leads.domain.import_person_names import split_kana, split_name
from leads.domain.import_values import RowValues
from leads.domain.lead_values import AHEAD
from leads.domain.text_folding import tidy, wide_kana

_EARLIEST = 1970


@dataclass(frozen=True)
class Reading:
    """What cells are read against: the zone of dates, their order, the own fields, the present moment."""

    zone: ZoneInfo
    date_order: str = ""
    custom: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    at: datetime | None = None

    def at_moment(self, at: datetime) -> "Reading":
        """The same, at this moment."""
        return self if self.at == at else replace(self, at=at)

    def moment(self, text: str) -> datetime:
        """A date cell as a moment: a day is its local midnight. Raises CellFault `future`, `too_early`, `date`, …"""
        value = understand_date(text, order=self.date_order)
        if not isinstance(value, datetime):
            value = datetime.combine(value, time())
        moment = value if value.tzinfo else value.replace(tzinfo=self.zone)
        if self.at is not None and moment > self.at + AHEAD:
            raise CellFault("future")
        if moment.year < _EARLIEST:
            raise CellFault("too_early", year=_EARLIEST)
        return moment

    def day(self, text: str) -> date:
        """A date cell as the day that is written there. What an own field keeps may lie ahead, as a renewal does."""
        value = understand_date(text, order=self.date_order)
        return value.date() if isinstance(value, datetime) else value


def _line(values: RowValues, target: Field, text: str, _reading: Reading) -> None:
    value = cells.understand_line(text, most=target.most)
    place, _, name = target.name.rpartition(".")
    if target.name in ("channel", "campaign"):
        setattr(values, target.name, tidy(value))
    elif place == "company":
        values.company[name] = wide_kana(value)
    elif place == "qualification":
        values.qualification[name] = value
    else:
        values.lead[target.name] = _written(target.name, value)


def _written(name: str, value: str) -> str:
    """As it is kept: a reading as it is read, words without half-width kana, an ID as it is."""
    if name.endswith("_kana"):
        return tidy(value)
    return value if name == "external_id" else wide_kana(value)


def _text(values: RowValues, target: Field, text: str, reading: Reading) -> None:
    if target.name.startswith(CUSTOM):
        _custom(values, target, text, reading)
    elif target.name == "note":
        values.notes.append(cells.understand_text(text, most=target.most))
    else:
        values.qualification["note"] = cells.understand_text(text, most=target.most)


def _name(values: RowValues, target: Field, text: str, _reading: Reading) -> None:
    kana = "_kana" if target.name == "name_kana" else ""
    line = wide_kana(cells.understand_line(text, most=target.most))
    last, first = split_kana(line) if kana else split_name(line, given_first=target.kind == "full_name")
    if len(last) > 80 or len(first) > 80:
        raise CellFault("too_long", most=80)
    values.lead[f"last_name{kana}"], values.lead[f"first_name{kana}"] = last, first


def _email(values: RowValues, _target: Field, text: str, _reading: Reading) -> None:
    values.lead["email"] = cells.understand_email(text)


def _phone(values: RowValues, target: Field, text: str, _reading: Reading) -> None:
    number = cells.understand_phone(text)
    if len(number) > target.most:
        raise CellFault("too_long", most=target.most)
    if target.name == "company.phone":
        values.company["phone"] = number
    else:
        values.lead[target.name] = number


def _contact(values: RowValues, _target: Field, text: str, _reading: Reading) -> None:
    name, value = cells.understand_contact(text)
    values.lead[name] = value


def _employees(values: RowValues, _target: Field, text: str, _reading: Reading) -> None:
    bounds = cells.understand_employees(text)
    if bounds:
        values.company["employee_count"], values.company["employee_count_max"] = bounds


def _corporate_number(values: RowValues, _target: Field, text: str, _reading: Reading) -> None:
    values.company["corporate_number"] = cells.understand_corporate_number(text)


def _prefecture(values: RowValues, _target: Field, text: str, _reading: Reading) -> None:
    values.company["prefecture"] = cells.understand_prefecture(text)


def _url(values: RowValues, _target: Field, text: str, _reading: Reading) -> None:
    values.company["url"] = cells.understand_url(text)


def _tags(values: RowValues, target: Field, text: str, _reading: Reading) -> None:
    values.tags += cells.understand_tags(text, most=target.most)


def _date(values: RowValues, target: Field, text: str, reading: Reading) -> None:
    moment = reading.moment(text)
    if target.name == "business_card_on":
        values.dated.append(("business_card", moment))
        values.acquired_at = values.acquired_at or moment
    else:
        setattr(values, target.name, moment)


def _activity(values: RowValues, target: Field, text: str, reading: Reading) -> None:
    kind = target.name.removeprefix(ACTIVITY)
    try:
        values.counts[kind] = cells.understand_count(text)
        return
    except CellFault as fault:
        if fault.code == "too_many" and not _is_date(text, reading):
            raise
    try:
        values.dated.append((kind, reading.moment(text)))
    except CellFault as fault:
        raise CellFault("count") if fault.code in {"date", "year_missing"} else fault from fault


def _is_date(text: str, reading: Reading) -> bool:
    try:
        return isinstance(understand_date(text, order=reading.date_order), date)
    except CellFault:
        return False


def _stage(values: RowValues, _target: Field, text: str, _reading: Reading) -> None:
    values.stage = words.understand_word(text, words.STAGES, "stage")


def _outcome(values: RowValues, _target: Field, text: str, _reading: Reading) -> None:
    values.outcome = words.understand_word(text, words.OUTCOMES, "outcome")


def _status(values: RowValues, target: Field, text: str, _reading: Reading) -> None:
    status = cells.understand_line(text, most=target.most)
    values.outcome = values.outcome or words.outcome_of_status(status)
    if not words.outcome_of_status(status):
        values.notes.append(status)


def _money(values: RowValues, _target: Field, text: str, _reading: Reading) -> None:
    values.amount, values.currency = cells.understand_money(text)


def _owner(values: RowValues, target: Field, text: str, _reading: Reading) -> None:
    values.owner = cells.understand_line(text, most=target.most)


def _score(values: RowValues, _target: Field, text: str, _reading: Reading) -> None:
    score = cells.understand_whole(text)
    if abs(score) > 100_000:
        raise CellFault("number")
    values.stated_score = score


def _yes_no(values: RowValues, target: Field, text: str, _reading: Reading) -> None:
    said = words.FLAGS.get(target.name, {}).get(cells.plain(text).lower())
    values.lead[target.name] = cells.understand_yes(text) if said is None else said


def _phase(values: RowValues, _target: Field, text: str, _reading: Reading) -> None:
    values.qualification["phase"] = words.understand_word(text, words.PHASES, "phase")


def _seniority(values: RowValues, _target: Field, text: str, _reading: Reading) -> None:
    values.lead["seniority"] = words.understand_word(text, words.SENIORITIES, "seniority")


def _temperature(values: RowValues, _target: Field, text: str, _reading: Reading) -> None:
    values.qualification["temperature"] = words.understand_temperature(text)


def _custom(values: RowValues, target: Field, text: str, reading: Reading) -> None:
    key = target.name.removeprefix(CUSTOM)
    kind, choices = reading.custom.get(key, ("text", ()))
    if kind == "number":
        values.custom[key] = cells.understand_number(text)
    elif kind == "date":
        values.custom[key] = reading.day(text).isoformat()
    elif kind == "yes_no":
        values.custom[key] = cells.understand_yes(text)
    else:
        value = cells.understand_text(text, most=1000)
        if kind == "choice" and value not in choices:
            raise CellFault("choice", choices=", ".join(choices))
        values.custom[key] = value


SETTERS: dict[str, Callable[[RowValues, Field, str, Reading], None]] = {
    "line": _line,
    "text": _text,
    "tags": _tags,
    "name": _name,
    "full_name": _name,
    "email": _email,
    "phone": _phone,
    "contact": _contact,
    "employees": _employees,
    "corporate_number": _corporate_number,
    "url": _url,
    "prefecture": _prefecture,
    "date": _date,
    "activity": _activity,
    "stage": _stage,
    "outcome": _outcome,
    "status": _status,
    "money": _money,
    "owner": _owner,
    "score": _score,
    "yes_no": _yes_no,
    "phase": _phase,
    "seniority": _seniority,
    "temperature": _temperature,
}
