"""Asking those who may publish to publish a draft."""

from datetime import datetime
from typing import Any

from accounts.domain.roles import Permission
from journal import services as journal
from journal.errors import FieldError
from journal.transactions import retried
from scoring.models import PublicationRequest, ScoringModel
from scoring.services import models
from scoring.services.draft_values import NOT_A_TEXT, InvalidModel

MOST_LETTERS = 1000


@retried
def ask(*, model: ScoringModel, note: str, by: Any, at: datetime, version: int | None = None) -> PublicationRequest:
    """Asks for the draft as it stands, with a note; those who may publish are told of the event.

    Asked again without a change of the draft, nothing happens: the request there is comes back. Raises MayNotDraft,
    NotADraft, ChangedMeanwhile when the draft is no longer the `version` that was read, Unreachable for one that nobody
    could publish, and InvalidModel for a note of more than 1,000 letters.
    """
    models.check_may(by, Permission.DRAFT_RULES, models.MayNotDraft)
    if len(note) > MOST_LETTERS:
        raise InvalidModel(errors=[FieldError("note", "too_long", NOT_A_TEXT)])
    draft = models.held(model)
    models.check_present(draft, version)
    models.check_reachable(draft)
    values = {"note": note.strip(), "by": by, "at": at}
    given, is_new = PublicationRequest.objects.get_or_create(model=draft, version=draft.version, defaults=values)
    if is_new:
        data = {"request": given.pk, "number": draft.number}
        journal.record("scoring_model.publication_asked", subject=draft, by=by, at=at, data=data)
    return given
