"""What the framework says of a wrong kind of value, in our words and both languages: the shape that is wanted."""

from typing import Any, NoReturn

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import relations, serializers

_LIST = _('Send a JSON list here, such as ["a", "b"].')
OURS: dict[Any, dict[str, Promise]] = {
    serializers.Serializer: {"invalid": _("Send a JSON object of names and values here.")},
    serializers.ListSerializer: {"not_a_list": _LIST},
    serializers.ListField: {"not_a_list": _LIST},
    serializers.CharField: {"invalid": _("This must be text.")},
    serializers.ChoiceField: {"invalid_choice": _("Use one of these: {known}")},
    serializers.BooleanField: {"invalid": _("This must be true or false.")},
    relations.PrimaryKeyRelatedField: {
        "incorrect_type": _('Give an id here, such as "12".'),
        "does_not_exist": _("There is nothing with the id {pk_value}."),
    },
}

for kind, sentences in OURS.items():
    kind.default_error_messages = kind.default_error_messages | sentences


def _naming_choices(self: Any, key: str, **values: Any) -> NoReturn:
    """The refusal of a choice knows which ones there are."""
    known = ", ".join(str(choice) for choice in self.choices if choice != "")
    serializers.Field.fail(self, key, known=known, **values)


serializers.ChoiceField.fail = _naming_choices  # type: ignore[method-assign]
