"""Names with old kanji forms get the keys that today's folding gives them."""

from django.db import migrations

OLD = "[濵濱會國學藝醫樂寶惠應榮壽鐵藏澤廣邊邉齋齊眞櫻驛龍圓嶋嶌瀧豐彌祿靜條縣區澁淺黑戶產增郞綠]|[カｶユﾕ][)）]|[(（][カｶユﾕ]"


def renew(apps, schema_editor):
    from leads.domain.normalise import company_key, derived

    Company, Lead = apps.get_model("leads", "Company"), apps.get_model("leads", "Lead")
    for company in Company.objects.filter(name__regex=OLD).iterator():
        Company.objects.filter(pk=company.pk).update(name_key=company_key(company.name))
    named = Lead.objects.filter(search_text__regex=OLD) | Lead.objects.filter(name_key__regex=OLD)
    for lead in named.select_related("company").iterator():
        keys = derived(vars(lead), lead.company.name if lead.company else "")
        Lead.objects.filter(pk=lead.pk).update(**{name: keys[name] for name in ("name_key", "search_text")})


class Migration(migrations.Migration):
    dependencies = [("leads", "0007_import_sheets_and_what_is_kept")]
    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]
