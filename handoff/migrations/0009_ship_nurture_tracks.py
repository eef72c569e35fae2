from django.db import migrations

from handoff.domain.nurture import STANDARD_CHOICES, STANDARD_TRACKS


def ship(apps, schema_editor):
    """An organisation that is set up gets the shipped tracks, and its reasons for nurture those that fit them."""
    reasons = apps.get_model("handoff", "RejectReason").objects
    if not reasons.exists():
        return
    track_of, step_of = apps.get_model("handoff", "NurtureTrack"), apps.get_model("handoff", "NurtureStep")
    kept = {}
    for position, track in enumerate(STANDARD_TRACKS):
        names = {"name_ja": track.name_ja, "name_en": track.name_en, "phase": track.phase.value, "position": position}
        kept[track.code] = row = track_of.objects.create(code=track.code, **names)
        for number, step in enumerate(track.steps):
            words = {"task_ja": step.task_ja, "task_en": step.task_en, "kind": step.kind.value}
            when = {"version": 1, "position": number, "wait_days": step.wait_days, "owner": step.owner.value}
            step_of.objects.create(track=row, **words, **when)
    for cause, reason, code in STANDARD_CHOICES:
        apps.get_model("handoff", "NurtureChoice").objects.create(cause=cause.value, reason=reason, track=kept[code])
    for reason, code in {"not_now": "gathering", "no_budget": "comparing", "unreachable": "dormant"}.items():
        reasons.filter(code=reason, follows="nurture").update(track=kept[code])


def take_away(apps, schema_editor):
    """Only what runs refer to would stay; without the schema nothing does."""
    apps.get_model("handoff", "RejectReason").objects.update(track=None)
    for name in ("NurtureChoice", "NurtureRun", "NurtureStep", "NurtureTrack"):
        apps.get_model("handoff", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("handoff", "0008_nurture_tracks")]
    operations = [migrations.RunPython(ship, take_away)]
