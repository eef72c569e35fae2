"""Which leads and companies the rows of one chunk can mean: a handful of queries, then only look-ups."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from leads.domain.import_values import RowValues
from leads.domain.normalise import company_key, email_key, mobile_key, person_key, phone_key
from leads.models import Company, Lead, Qualification
from leads.queries import tombstones
from leads.queries.among import Among
from leads.queries.tombstones import Alias


@dataclass(frozen=True)
class Keys:
    """What a row can be recognised by."""

    external_id: str
    email: str
    mobile: str
    phone: str
    name: str
    company: str
    corporate_number: str

    def as_dict(self) -> dict[str, str]:
        """As they are kept with a row: those that it has."""
        return {name: value for name, value in vars(self).items() if value}


def keys_of(values: RowValues) -> Keys:
    """The keys of a row's values."""
    lead = values.lead
    phone = lead.get("phone", "")
    return Keys(
        external_id=lead.get("external_id", ""),
        email=email_key(lead.get("email", "")),
        mobile=mobile_key(lead.get("mobile", ""), phone)[:20],
        phone=phone_key(phone)[:20],
        name=person_key(lead.get("last_name", ""), lead.get("first_name", "")),
        company=company_key(values.company["name"]) if values.company.get("name") else "",
        corporate_number=values.company.get("corporate_number", ""),
    )


@dataclass
class Index:
    """Leads and companies by key. New ones are added as the rows go by, so that later rows meet them."""

    external: dict[str, Lead] = field(default_factory=dict)
    email: dict[str, Lead] = field(default_factory=dict)
    mobile: dict[str, list[Lead]] = field(default_factory=lambda: defaultdict(list))
    named: dict[tuple[int, str], list[Lead]] = field(default_factory=lambda: defaultdict(list))
    companies: dict[str, list[Company]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[str, Company] = field(default_factory=dict)
    by_id: dict[int, Lead] = field(default_factory=dict)
    qualifications: dict[int, Qualification] = field(default_factory=dict)
    added: list[Lead] = field(default_factory=list)
    # By identity of those who are written nowhere yet: the line of the row that names them first.
    lines: dict[int, int] = field(default_factory=dict)
    # (lead, key) that the lead took over from somebody merged into it.
    inherited: set[tuple[int, str]] = field(default_factory=set)

    def add_lead(self, lead: Lead) -> None:
        """Makes the lead findable by all its keys (which are set)."""
        if lead.pk:
            self.by_id[lead.pk] = lead
        if lead.external_id:
            self.external.setdefault(lead.external_id, lead)
        if lead.email_key:
            self.email.setdefault(lead.email_key, lead)
        if lead.mobile_key:
            _put(self.mobile[lead.mobile_key], lead)
        if lead.name_key:
            _put(self.named[(id(lead.company) if lead.company else 0, lead.name_key)], lead)

    def add_alias(self, alias: Alias) -> None:
        """A key of a lead that was merged means the one it was merged into, unless somebody has it now."""
        lead = self.by_id.get(alias.survivor_id)
        if lead is None:
            return
        self.inherited.add((lead.pk, alias.value))
        if alias.column == "external_id":
            self.external.setdefault(alias.value, lead)
        elif alias.column == "email_key":
            self.email.setdefault(alias.value, lead)
        elif not self.mobile.get(alias.value):
            self.mobile[alias.value].append(lead)

    def add_company(self, company: Company) -> None:
        """Makes the company findable by name and number."""
        self.companies[company.name_key].append(company)
        if company.corporate_number:
            self.numbers.setdefault(company.corporate_number, company)

    def company_of(self, values: RowValues, keys: Keys, lead: Lead | None = None) -> Company | None:
        """The company that a row means: by corporate number, else by a name that nothing contradicts.

        Where several fit (branches, and a row that doesn't say which), the one that `lead`, whom the row means, is
        at already, else the one with somebody of the row's name.
        """
        if keys.corporate_number and keys.corporate_number in self.numbers:
            return self.numbers[keys.corporate_number]
        fitting = [one for one in self.companies.get(keys.company, ()) if _fits(one, values)]
        if lead is not None and any(one is lead.company for one in fitting):
            return lead.company
        there = (one for one in fitting if keys.name and self.namesakes(one, keys.name)) if len(fitting) > 1 else ()
        return next(iter(there), fitting[0] if fitting else None)

    def companies_elsewhere(self, values: RowValues, keys: Keys) -> list[Company]:
        """Companies of the row's company name against which nothing speaks but that they are in another prefecture."""
        return [
            one
            for one in self.companies.get(keys.company, ())
            if _contradicts(one, values, "prefecture") and not _contradicts(one, values, "corporate_number")
        ]

    def namesakes(self, company: Company | None, name_key: str) -> list[Lead]:
        """Leads with this name at this company (or at none)."""
        return self.named.get((id(company) if company else 0, name_key), [])


def _put(place: list[Lead], lead: Lead) -> None:
    # By identity: new leads have no key to compare by yet.
    if not any(one is lead for one in place):
        place.append(lead)


def _fits(company: Company, values: RowValues) -> bool:
    return not any(_contradicts(company, values, name) for name in ("corporate_number", "prefecture"))


def _contradicts(company: Company, values: RowValues, name: str) -> bool:
    said, known = values.company.get(name), getattr(company, name)
    return bool(said and known and said != known)


def load(rows: Sequence[tuple[RowValues, Keys]], *, lead_ids: Iterable[int] = ()) -> Index:
    """Everything already here that these rows, or `lead_ids`, can mean; the leads are locked where that is possible.

    An id of `lead_ids` that was merged means the lead it was merged into; one that is no longer here means nobody.
    """
    index = Index()
    given = set(lead_ids)
    merged = _survivors(given) if given else {}
    keys = [key for _, key in rows]
    companies = _companies(keys)
    aliases = tombstones.aliases(
        external_ids={key.external_id for key in keys} - {""},
        email_keys={key.email for key in keys} - {""},
        mobile_keys={key.mobile for key in keys} - {""},
    )
    ids = _lead_ids(keys, [company.pk for company in companies]) | given | set(merged.values())
    ids |= {alias.survivor_id for alias in aliases}
    leads = list(Lead.objects.present().filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))
    known = {company.pk for company in companies}
    companies += Company.objects.filter(pk__in={lead.company_id for lead in leads if lead.company_id} - known)
    by_id = {company.pk: company for company in companies}
    for company in sorted(companies, key=lambda one: one.pk):
        index.add_company(company)
    for lead in leads:
        lead.company = by_id.get(lead.company_id)
        index.add_lead(lead)
    for alias in aliases:
        index.add_alias(alias)
    index.by_id |= {gone: index.by_id[stays] for gone, stays in merged.items() if stays in index.by_id}
    index.qualifications = {
        row.lead_id: row for row in Qualification.objects.filter(lead__in=[one.pk for one in leads])
    }
    return index


def _survivors(ids: set[int]) -> dict[int, int]:
    """Into whom those of the leads were merged that were."""
    merged = Lead.objects.filter(pk__in=ids, merged_into__isnull=False)
    return dict(merged.values_list("pk", "merged_into_id"))


def _companies(keys: Sequence[Keys]) -> list[Company]:
    names = {key.company for key in keys if key.company}
    numbers = {key.corporate_number for key in keys if key.corporate_number}
    found = list(Company.objects.filter(Among("name_key", names))) if names else []
    if numbers:
        numbered = Company.objects.filter(~Q(corporate_number=""), Among("corporate_number", numbers))
        found += numbered.exclude(pk__in=[one.pk for one in found])
    return found


def _lead_ids(keys: Sequence[Keys], company_ids: Sequence[int]) -> set[int]:
    # One query a key: an OR over four columns would keep the planner from its indexes. The condition of a partial
    # index is said again, because the planner doesn't see the values.
    present = Lead.objects.present()
    looks = [
        ({key.external_id for key in keys} - {""}, "external_id", Q()),
        ({key.email for key in keys} - {""}, "email_key", ~Q(email_key="")),
        ({key.mobile for key in keys} - {""}, "mobile_key", ~Q(mobile_key="")),
        ({key.name for key in keys if key.company}, "name_key", Q(company__in=company_ids)),
        ({key.name for key in keys if not key.company} - {""}, "name_key", Q(company=None)),
    ]
    ids: set[int] = set()
    for wanted, column, also in looks:
        if wanted:
            ids.update(present.filter(also, Among(column, wanted)).values_list("pk", flat=True))
    return ids
