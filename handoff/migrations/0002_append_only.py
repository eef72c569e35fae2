from django.db import migrations

from journal.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("handoff", "0001_initial"), ("journal", "0002_append_only")]
    operations = [AppendOnly("handoff_stagetransition")]
