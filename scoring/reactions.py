"""Which event makes this app do what, within the transaction or after its commit."""

from journal.models import Event
from journal.reactions import within
from leads.services import custom_fields
from scoring.queries import field_users


@within("custom_field.deleting", "custom_field.narrowing")
def keep_what_rules_read(event: Event) -> None:
    """A field that a published or drafted rule reads stays."""
    users = field_users.rules(event.data["field"], values=event.data.get("values", ()))
    custom_fields.object_for(event.data, users)
