import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from journal.append_only import AppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0002_name_the_results_of_deals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AnswerCheckReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField(unique=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='AnswerCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('conclusion', models.CharField(max_length=2000)),
                ('next_on', models.DateField()),
                ('from_on', models.DateField()),
                ('until_on', models.DateField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('until_on__gte', models.F('from_on'))), name='feedback_check_period'), models.CheckConstraint(condition=models.Q(('conclusion', ''), _negated=True), name='feedback_check_concludes')],
            },
        ),
        AppendOnly("feedback_answercheck"),
        AppendOnly("feedback_answercheckreminder"),
    ]
