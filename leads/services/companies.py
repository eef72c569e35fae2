"""Finding, making and changing the companies that leads belong to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from journal import services as journal
from journal.errors import FieldError, Invalid
from journal.transactions import one_at_a_time, retried
from leads.domain.choices import StaleCause
from leads.domain.lead_values import clean_company
from leads.domain.normalise import company_key, derived, phone_key
from leads.models import Company, Lead
from leads.services import duplicate_marks, staleness


class InvalidCompany(Invalid):
    """The values do not make a company."""

    code = "invalid"
    message = _("Some company fields have errors.")


def find(values: Mapping[str, Any]) -> Company | None:
    """The company these values mean: by corporate number, else by name where nothing contradicts."""
    number = values.get("corporate_number")
    if number and (known := Company.objects.filter(corporate_number=number).order_by("pk").first()):
        return known
    key = company_key(values.get("name") or "")
    namesakes = Company.objects.filter(name_key=key).order_by("pk") if values.get("name") else Company.objects.none()
    return next((company for company in namesakes if not _contradicts(company, values)), None)


def _contradicts(company: Company, values: Mapping[str, Any]) -> bool:
    return any(
        values.get(name) and getattr(company, name) and values[name] != getattr(company, name)
        for name in ("corporate_number", "prefecture")
    )


def resolve(*, values: Mapping[str, Any], by: User | None, at: datetime) -> Company | None:
    """The company these checked values mean, made if it is new; what it lacked is filled in. None without a name."""
    if not values.get("name") and not values.get("corporate_number"):
        return None
    # Two leads of one new company at once would make it twice.
    one_at_a_time("company", company_key(values.get("name") or "") or values.get("corporate_number", ""))
    company = find(values)
    if company is None:
        return _create(values, at) if values.get("name") else None
    missing = {name: value for name, value in _whole(values).items() if value and getattr(company, name) in ("", None)}
    return update(company=company, values=missing, by=by, at=at) if missing else company


def _create(values: Mapping[str, Any], at: datetime) -> Company:
    given = _whole(values)
    return Company.objects.create(
        **given,
        name_key=company_key(given["name"]),
        phone_key=phone_key(given.get("phone", ""))[:20],
        created_at=at,
        updated_at=at,
    )


def _whole(values: Mapping[str, Any]) -> dict[str, Any]:
    # One number of employees is a range of one.
    given = dict(values)
    if given.get("employee_count") is not None and "employee_count_max" not in given:
        given["employee_count_max"] = given["employee_count"]
    return given


@retried
def update(*, company: Company, values: Mapping[str, Any], by: User | None, at: datetime) -> Company:
    """Changes the company; its leads' scores become stale and their search text follows its name.

    Raises InvalidCompany naming each wrong field.
    """
    cleaned = clean_company(values)
    if "name" in cleaned.company and not cleaned.company["name"]:
        cleaned.errors.append(FieldError("company.name", "required", _("A company needs a name.")))
    if cleaned.errors:
        raise InvalidCompany(errors=cleaned.errors)
    changed = {name: value for name, value in _whole(cleaned.company).items() if getattr(company, name) != value}
    return _write(company, changed, by, at) if changed else company


def _write(company: Company, changed: dict[str, Any], by: User | None, at: datetime) -> Company:
    old = {name: getattr(company, name) for name in changed}
    columns = dict(changed)
    if "name" in changed:
        columns["name_key"] = company_key(changed["name"])
    if "phone" in changed:
        columns["phone_key"] = phone_key(changed["phone"])[:20]
    Company.objects.filter(pk=company.pk).update(**columns, version=F("version") + 1, updated_at=at)
    company.refresh_from_db()
    if "name" in changed:
        _rename_in_search(company)
    journal.record(
        "company.updated", subject=company, by=by, at=at, data={"fields": sorted(changed)}, old=old, new=changed
    )
    staleness.mark_company(company_id=company.pk, cause=StaleCause.EDIT, at=at)
    duplicate_marks.mark_company(company_id=company.pk, changed=changed, at=at)
    return company


def _rename_in_search(company: Company) -> None:
    leads = list(Lead.objects.filter(company=company))
    for lead in leads:
        lead.search_text = derived(vars(lead), company.name)["search_text"]
    Lead.objects.bulk_update(leads, ["search_text"], batch_size=200)
