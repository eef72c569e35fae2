"""How the rows of a run are read: its mapping, with what there is here to map to."""

from django.utils.translation import gettext as _

from accounts.queries import organization
from leads.domain.activity_types import BY_CODE
from leads.domain.import_plan import MappingFault, Plan, build
from leads.models import ActivityType, CustomField, ImportRun
from leads.services.import_errors import FieldGone


def plan_of(run: ImportRun, *, are_fields_made: bool = False) -> tuple[Plan | None, list[MappingFault]]:
    """How to read the run's rows, or every fault of its mapping.

    `are_fields_made`: an own field that the mapping names is there by now, or was deleted since.
    """
    return build(
        headers=run.headers,
        mapping=run.mapping,
        constants=run.constants,
        match_on=run.match_on,
        date_order=run.date_order,
        zone=organization.current().zone,
        activity_types=set(BY_CODE) | set(ActivityType.objects.values_list("code", flat=True)),
        custom={row.key: (row.kind, tuple(row.choices)) for row in CustomField.objects.all()},
        create_custom=run.create_custom and not are_fields_made,
    )


def readable(run: ImportRun, *, are_fields_made: bool = False) -> Plan:
    """The plan of a run whose mapping was right once. Raises FieldGone when a field of it was deleted since."""
    plan, faults = plan_of(run, are_fields_made=are_fields_made)
    if plan is None:
        raise FieldGone(columns=_(", ").join(fault.where for fault in faults))
    return plan
