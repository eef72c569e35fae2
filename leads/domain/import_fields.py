"""What a column can mean: every target of a mapping, with the kind of its cells."""

from dataclasses import dataclass

from leads.domain.tag_names import MOST_CHARACTERS

LEAVE_OUT = "-"
ACTIVITY = "activity:"
CUSTOM = "custom."
MATCH_KEYS = ("external_id", "email", "mobile", "company_and_person")


@dataclass(frozen=True)
class Field:
    """`kind` says how a cell is read, `most` its longest text, `group` where it stands in the list of choices."""

    name: str
    kind: str
    most: int = 0
    group: str = "lead"


_FIELDS = (
    Field("external_id", "line", 120),
    Field("name", "name", 160),
    Field("full_name", "full_name", 160),
    Field("last_name", "line", 80),
    Field("first_name", "line", 80),
    Field("name_kana", "name", 160),
    Field("last_name_kana", "line", 80),
    Field("first_name_kana", "line", 80),
    Field("email", "email", 254),
    Field("contact", "contact", 254),
    Field("phone", "phone", 40),
    Field("mobile", "phone", 40),
    Field("title", "line", 120),
    Field("seniority", "seniority"),
    Field("department", "line", 120),
    Field("tags", "tags", MOST_CHARACTERS),
    Field("company.name", "line", 255, "company"),
    Field("company.industry", "line", 80, "company"),
    Field("company.employee_count", "employees", 0, "company"),
    Field("company.corporate_number", "corporate_number", 13, "company"),
    Field("company.domain", "line", 255, "company"),
    Field("company.url", "url", 500, "company"),
    Field("company.phone", "phone", 40, "company"),
    Field("company.postal_code", "line", 10, "company"),
    Field("company.prefecture", "prefecture", 10, "company"),
    Field("company.address", "line", 300, "company"),
    Field("channel", "line", 80, "source"),
    Field("campaign", "line", 120, "source"),
    Field("acquired_at", "date", 0, "source"),
    Field("business_card_on", "date", 0, "source"),
    Field("note", "text", 4000, "activity"),
    Field("status", "status", 200, "progress"),
    Field("stage", "stage", 0, "progress"),
    Field("stage_at", "date", 0, "progress"),
    Field("outcome", "outcome", 0, "progress"),
    Field("outcome_at", "date", 0, "progress"),
    Field("amount", "money", 0, "progress"),
    Field("owner", "owner", 254, "progress"),
    Field("stated_score", "score", 0, "progress"),
    Field("opted_out", "yes_no"),
    Field("do_not_contact", "yes_no"),
    Field("qualification.phase", "phase", 0, "qualification"),
    Field("qualification.need", "line", 500, "qualification"),
    Field("qualification.challenge", "line", 500, "qualification"),
    Field("qualification.timeframe", "line", 120, "qualification"),
    Field("qualification.authority", "line", 200, "qualification"),
    Field("qualification.decision_process", "line", 500, "qualification"),
    Field("qualification.budget", "line", 200, "qualification"),
    Field("qualification.competitors", "line", 300, "qualification"),
    Field("qualification.temperature", "temperature", 0, "qualification"),
    Field("qualification.note", "text", 2000, "qualification"),
)
FIELDS = {field.name: field for field in _FIELDS}
# Two columns may feed these; everything else takes one column.
REPEATABLE = {"note", "tags"}
# At least one of these makes a row a lead.
IDENTIFYING = {"external_id", "name", "full_name", "last_name", "email", "contact", "phone", "mobile", "company.name"}


def field_of(name: str) -> Field | None:
    """The field of that name; `activity:<type>` and `custom.<key>` are made on the spot. None when there is none."""
    if name.startswith(ACTIVITY) and len(name) > len(ACTIVITY):
        return Field(name, "activity", 40, "activity")
    if name.startswith(CUSTOM) and 0 < len(name) - len(CUSTOM) <= 60:
        return Field(name, "text", 2000, "custom")
    return FIELDS.get(name)
