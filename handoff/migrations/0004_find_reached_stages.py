from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('handoff', '0003_say_given_back'),
        ('leads', '0014_imports_taken_back_by_a_worker'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='stagetransition',
            index=models.Index(fields=['lead', 'to_stage', 'at'], name='handoff_transition_reached'),
        ),
    ]
