"""Which event makes this app do what, within the transaction or after its commit."""

from journal.models import Event
from journal.reactions import within
from leads.queries.field_users import losing, reading
from leads.services import contents, custom_fields
from scoring.queries import field_users


@within("custom_field.deleting", "custom_field.narrowing")
def keep_what_rules_read(event: Event) -> None:
    """A field that a published or drafted rule reads stays."""
    test = reading(event.data["field"], values=event.data.get("values", ()))
    custom_fields.object_for(event.data, field_users.rules(test, with_retired=True))


@within("content.renaming")
def keep_titles_that_rules_name(event: Event) -> None:
    """A content that a published or drafted rule names by its title keeps it until the rule knows the new one."""
    test = losing(event.data["old"], event.data["new"])
    contents.object_for(event.data, field_users.rules(test, with_retired=False))
