"""The panels of this app on the settings page."""

from datetime import datetime

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from accounts.interface import dates
from accounts.settings_panels import Panel, register
from handoff.domain import presets
from handoff.domain.choices import ClockKind
from handoff.models import Calendar, ClosingDay, HandoffRule, RejectReason, RoutingRule
from handoff.queries import agreement, calendars, gate_words, legs, nurture
from handoff.queries.policies import promise_for


def hours_now(at: datetime) -> str:
    """The company's hours of the first open weekday, and how many days are open."""
    row = Calendar.objects.filter(team__isnull=True, user__isnull=True).first()
    weekly = row.weekly if row else calendars.USUAL_WEEK
    open_days = sorted(int(day) for day, spans in weekly.items() if spans)
    closings = ClosingDay.objects.filter(calendar=row).count() if row else 0
    first, last = weekly[str(open_days[0])][0][0], weekly[str(open_days[0])][-1][1]
    said = pgettext("settings", "%(from)s to %(to)s on %(days)s") % {
        "from": first.lstrip("0"),
        "to": last.lstrip("0"),
        "days": _days(open_days),
    }
    if not closings:
        return pgettext("settings", "%(hours)s; Japanese holidays off") % {"hours": said}
    extra = ngettext("%(number)d closing period", "%(number)d closing periods", closings) % {"number": closings}
    return pgettext("settings", "%(hours)s; Japanese holidays off, %(closings)s") % {"hours": said, "closings": extra}


def _days(open_days: list[int]) -> str:
    """`月〜金` for days in a row, else each by name."""
    names = [str(WEEKDAYS_ABBR[day]) for day in open_days]
    if len(names) > 2 and open_days[-1] - open_days[0] == len(names) - 1:
        return pgettext("weekdays", "%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    return pgettext("separator", " · ").join(names)


def promises_now(at: datetime) -> str:
    """How fast a first contact is owed for each band."""
    lengths = {}
    for band in ("high", "middle", "low"):
        promise = promise_for(kind=ClockKind.CONTACT, leg="", band=band)
        days = promise.working_days or 0
        in_days = ngettext("%(days)d working day", "%(days)d working days", days) % {"days": days}
        lengths[band] = dates.length(promise.minutes) if promise.minutes else in_days
    return pgettext("settings", "First contact: high %(high)s, mid %(middle)s, low %(low)s") % lengths


def reasons_now(at: datetime) -> str:
    """How many reasons can be pressed."""
    number = RejectReason.objects.filter(is_active=True).count()
    return ngettext("%(number)d reason to choose from", "%(number)d reasons to choose from", number) % {
        "number": number
    }


def nurture_now(at: datetime) -> str:
    """How many tracks leads can be put into."""
    number = nurture.active_tracks().count()
    return ngettext("%(number)d track", "%(number)d tracks", number) % {"number": number}


def gates_now(at: datetime) -> str:
    """What each gate does."""
    said = pgettext("settings", "%(gate)s: %(mode)s")
    told = [said % {"gate": gate.get_kind_display(), "mode": gate_words.mode(gate)} for gate in gate_words.both()]
    return pgettext("separator", " · ").join(told)


def rules_now(at: datetime) -> str:
    """The rules that are on, in their order."""
    names = [presets.shown(rule.name) for rule in HandoffRule.objects.filter(is_on=True).order_by("position", "id")]
    if not names:
        return pgettext("settings", "No rule is on; people hand over by hand")
    return pgettext("separator", " · ").join(names)


def routes_now(at: datetime) -> str:
    """How many rules the legs in use have, after those who know the company."""
    number = RoutingRule.objects.filter(leg__in=legs.legs()).count()
    return ngettext(
        "Whoever knows the company, then %(number)d rule, then in turn",
        "Whoever knows the company, then %(number)d rules, then in turn",
        number,
    ) % {"number": number}


def agreement_now(at: datetime) -> str:
    """Since when it holds, or how much a draft lacks."""
    current, draft = agreement.in_force(), agreement.draft()
    if draft is not None:
        lacking = len(agreement.lacks(draft)) + len(agreement.unsaid(draft))
        return ngettext("A draft; %(number)d part is missing", "A draft; %(number)d parts are missing", lacking) % {
            "number": lacking
        }
    if current is None:
        return pgettext("settings", "Nothing has been agreed yet")
    values = {"day": dates.day(current.in_force_at), "targets": agreement.said(current)}
    return pgettext("settings", "In force since %(day)s: %(targets)s") % values


HOURS = _("Working hours and closing days")
register(Panel("calendar", "handing_over", HOURS, "settings-calendar", hours_now, position=20))
register(
    Panel(
        "policies",
        "handing_over",
        pgettext_lazy("settings", "Deadlines"),
        "settings-policies",
        promises_now,
        position=10,
    )
)
register(Panel("reasons", "handing_over", _("Reasons for giving back"), "settings-reasons", reasons_now, position=30))
register(Panel("nurture", "handing_over", _("Nurture tracks"), "settings-nurture", nurture_now, position=31))
register(Panel("gates", "handing_over", _("Handoff criteria"), "settings-gates", gates_now, position=5))
register(Panel("handoff_rules", "handing_over", _("Handoff rules"), "settings-handoff-rules", rules_now, position=6))
register(Panel("routes", "handing_over", _("Routing"), "settings-routes", routes_now, position=7))
AGREEMENT = _("SLA agreement")
register(
    Panel(
        "agreement",
        "handing_over",
        AGREEMENT,
        "settings-agreement",
        agreement_now,
        is_advanced=True,
        position=40,
    )
)
