"""The three ways by which the month's leads come in: entered in the form, sent by another system's key, in a list."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile

from accounts.models import User
from accounts.services import api_keys
from integrations.sample.script import Character
from leads.models import Content, Lead
from leads.services import activities, bulk_leads, import_runs, import_work

if TYPE_CHECKING:
    from integrations.sample.month import Month

Act = Callable[[datetime], None]
# Of ten leads so many come by the key, so many in a list; the others are entered.
BY_KEY, IN_A_LIST = (3, 6, 9), (1, 4)
# So many leads a list; who came until the one before is in the next.
LIST_OF = 12
HEADERS = ["会社名", "業種", "従業員数", "都道府県", "姓", "名", "メールアドレス", "電話番号", "部署", "役職"]


class Arrivals:
    """Programmes the arrival of each character, and what they do from then on."""

    def __init__(self, month: "Month"):
        self.month = month
        crew = month.actors.crew
        key, _token = api_keys.create(
            name="Webサイト", scopes=["leads:write", "activities:write"], by=crew.admin, at=month.actors.begins
        )
        self.service: User = key.user
        self._list: list[Character] = []

    def expect(self, character: Character, number: int, progress: Callable[[int], None]) -> None:
        """Puts the arrival of this one, the number-th, on the programme."""
        month, place = self.month, number % 10
        if place in IN_A_LIST:
            self._list.append(character)
            month.later(character.at, lambda at: progress(number))
            if len(self._list) == LIST_OF:
                self.end()
        elif place in BY_KEY:
            month.later(character.at, self._sent(character, number, progress))
        else:
            month.later(character.at, month.arrival(character, number, progress))

    def end(self) -> None:
        """Puts the import of whoever is on the list by now on the programme."""
        if self._list:
            opening = self.month.actors.hours.next_open(self._list[-1].at)
            self.month.later(min(opening, self.month.until - timedelta(minutes=1)), self._file(self._list))
            self._list = []

    def _sent(self, character: Character, number: int, progress: Callable[[int], None]) -> Act:
        """By POST /api/v1/leads/bulk, and what they do by POST /api/v1/activities."""

        def send(at: datetime) -> None:
            names = {"channel": character.channel.name, "campaign": character.campaign and character.campaign.name}
            row = character.values | names | {"external_id": f"web-{number}"}
            told = bulk_leads.upsert_many(rows=[row], match_on="external_id", by=self.service, at=at)
            if told.errors:
                raise RuntimeError(f"the row was refused: {told.errors}")
            lead = Lead.objects.get(external_id=f"web-{number}")
            self.month.actors.characters[lead.pk] = character
            for moment, kind, content in self.month.script.acts(character):
                self.month.later(moment, self._seen(lead, kind, content))
            progress(number)

        return send

    def _seen(self, lead: Lead, kind: str, content: Content | None) -> Act:
        def see(at: datetime) -> None:
            row: dict[str, Any] = {"lead": {"external_id": lead.external_id}, "type": kind, "occurred_at": at}
            if content is not None:
                row |= {"content": content.title, "url": content.url}
            told = activities.record_many(rows=[row], by=self.service, at=at)
            if told["errors"]:
                raise RuntimeError(f"the activity was refused: {told['errors']}")

        return see

    def _file(self, characters: list[Character]) -> Act:
        """A list that marketing imports, with a person in it who is here already."""

        def take_in(at: datetime) -> None:
            known = Lead.objects.present().exclude(email="").select_related("company").order_by("pk").first()
            rows = [_row(character.values) for character in characters]
            run = import_runs.start(
                file=ContentFile(_csv(rows + ([_row_of(known)] if known else []))),
                filename=f"名刺{at:%m%d}.csv",
                by=self.month.actors.crew.people["tsubasa"],
                at=at,
                channel="展示会",
                match_on="email",
            )
            done = import_work.work(run_id=run.pk, now=lambda: at)
            if done is None or done.error_code or done.refused:
                raise RuntimeError(f"the list was not taken in: {done and (done.state, done.error_code, done.refused)}")
            self._follow(characters, at)

        return take_in

    def _follow(self, characters: list[Character], at: datetime) -> None:
        leads = {
            lead.email: lead for lead in Lead.objects.filter(email__in=[one.values["email"] for one in characters])
        }
        for lead, character in [
            (leads[one.values["email"]], one) for one in characters if one.values["email"] in leads
        ]:
            self.month.actors.characters[lead.pk] = character
            for moment, kind, content in self.month.script.acts(replace(character, at=at)):
                self.month.later(moment, self.month.activity(lead, kind, content))


def _csv(rows: list[list[Any]]) -> bytes:
    """As a spreadsheet here saves it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADERS, *rows])
    return text.getvalue().encode("cp932")


def _row(values: dict[str, Any]) -> list[Any]:
    company = values["company"]
    about = [company["name"], company["industry"], company["employee_count"], company["prefecture"]]
    return about + [values[name] for name in ("last_name", "first_name", "email", "phone", "department", "title")]


def _row_of(lead: Lead) -> list[Any]:
    firm = lead.company
    about = [firm.name, firm.industry, firm.employee_count, firm.prefecture] if firm else [""] * 4
    return [*about, lead.last_name, lead.first_name, lead.email, lead.phone, lead.department, lead.title]
