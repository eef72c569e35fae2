"""Fields that name a nurture track."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from handoff.models import NurtureTrack
from handoff.queries import nurture, nurture_words
from handoff.services.nurture_steps import BY_REASON, NO_TRACK


class TrackField(forms.ModelChoiceField):
    """A track in use, or none."""

    def __init__(self, **options: Any):
        empty = pgettext_lazy("nurture track", "None: it only rests")
        super().__init__(NurtureTrack.objects.none(), required=False, empty_label=empty, **options)

    def __deepcopy__(self, memo: dict[int, Any]) -> "TrackField":
        """Each form asks for the tracks of its own moment."""
        copy = super().__deepcopy__(memo)
        copy.queryset = nurture.choosable()
        return copy

    def keep(self, track: NurtureTrack | None) -> None:
        """What is set can stay, in use or not."""
        if track is not None:
            self.queryset = nurture.choosable(kept=[track.pk])

    def label_from_instance(self, obj: NurtureTrack) -> str:
        return nurture_words.named(obj)


class TrackChoice(forms.ChoiceField):
    """The reason's track, one of those in use, or none; the value as `nurture_steps.chosen` takes it."""

    def __init__(self) -> None:
        super().__init__(label=gettext_lazy("Nurture track"), required=False, choices=_choices)


def _choices() -> list[tuple[str, str]]:
    usual = (BY_REASON, _("As set for the reason"))
    none = (NO_TRACK, pgettext("nurture track", "None: it only rests"))
    return [usual, *((str(track.pk), nurture.name_of(track)) for track in nurture.active_tracks()), none]
