import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATES = "queued running preview committing done refused failed undoing undone".split()


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("leads", "0013_machines_record_by_themselves"),
    ]
    operations = [
        migrations.AlterField(
            model_name="importrun",
            name="state",
            field=models.CharField(
                choices=[(state, state.capitalize()) for state in STATES], default="queued", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="taken_back",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="importrun",
            name="undone_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
