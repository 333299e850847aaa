"""People of clients, ways to reach them, needs, arguments, objections; what a client wants of a supplier.

A point's contact is of the point's client: the database holds it, and a contact moved to another client takes its
points along.
"""

import django.contrib.postgres.indexes
import django.db.models.constraints
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0004_lossreason'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('staff', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='DecisionLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=150, verbose_name='name in English')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('is_active', models.BooleanField(default=True, verbose_name='is offered')),
                ('sphere', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.sphere', verbose_name='sphere')),
            ],
            options={
                'verbose_name': 'decision level',
                'verbose_name_plural': 'decision levels',
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='full name')),
                ('name_key', models.CharField(blank=True, help_text='normalised name: search, duplicates, intake', max_length=255)),
                ('position', models.CharField(blank=True, max_length=150, verbose_name='position')),
                ('role', models.CharField(blank=True, choices=[('decides', 'decides'), ('influences', 'influences'), ('uses', 'uses'), ('buys', 'buys'), ('gate', 'keeps the gate')], max_length=10, verbose_name='part in the decision')),
                ('preferred', models.CharField(blank=True, choices=[('phone', 'phone'), ('email', 'e-mail'), ('telegram', 'Telegram'), ('whatsapp', 'WhatsApp'), ('max', 'MAX'), ('vk', 'VK'), ('site', 'site'), ('other', 'other')], max_length=10, verbose_name='preferred channel')),
                ('birthday', models.DateField(blank=True, null=True, verbose_name='birthday')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='note')),
                ('data_consent_on', models.DateField(blank=True, null=True, verbose_name='consent to personal data')),
                ('mailing_consent_on', models.DateField(blank=True, null=True, verbose_name='consent to mailings')),
                ('verified_on', models.DateField(blank=True, null=True, verbose_name='verified on')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='left the company on')),
                ('created_on', models.DateField()),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='clients.client', verbose_name='client')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='verified by')),
                ('level', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.decisionlevel', verbose_name='decision level')),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['name_key'], name='contact_name_trgm', opclasses=['gin_trgm_ops'])],
                'constraints': [models.UniqueConstraint(fields=('client', 'id'), name='contact_of_its_client'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='contact_has_a_name', violation_error_message='A contact has a name.'), models.CheckConstraint(condition=models.Q(('verified_by__isnull', True), ('verified_on__isnull', False), _connector='OR'), name='verified_on_a_day', violation_error_message='Who verified a contact did it on a day.')],
            },
        ),
        migrations.CreateModel(
            name='Argument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=500, verbose_name='text')),
                ('noted_on', models.DateField()),
                ('withdrawn_on', models.DateField(blank=True, null=True)),
                ('noted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='arguments', to='clients.contact')),
            ],
            options={
                'verbose_name': 'argument',
                'verbose_name_plural': 'arguments',
            },
        ),
        migrations.CreateModel(
            name='SupplierCriterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=150, verbose_name='name in English')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('is_active', models.BooleanField(default=True, verbose_name='is offered')),
            ],
            options={
                'verbose_name': 'supplier criterion',
                'verbose_name_plural': 'supplier criteria',
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ClientCriterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField(help_text='1 is the most important')),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='criteria', to='clients.client')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.suppliercriterion')),
            ],
            options={
                'verbose_name': 'criterion of the client',
                'verbose_name_plural': 'criteria of clients',
                'ordering': ['place'],
                'constraints': [models.UniqueConstraint(fields=('client', 'criterion'), name='criterion_once_per_client'), models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('client', 'place'), name='one_criterion_per_place')],
            },
        ),
        migrations.CreateModel(
            name='ContactEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=200, verbose_name='full name')),
                ('name_key', models.CharField(blank=True, help_text='normalised name: search, duplicates, intake', max_length=255)),
                ('position', models.CharField(blank=True, max_length=150, verbose_name='position')),
                ('role', models.CharField(blank=True, choices=[('decides', 'decides'), ('influences', 'influences'), ('uses', 'uses'), ('buys', 'buys'), ('gate', 'keeps the gate')], max_length=10, verbose_name='part in the decision')),
                ('preferred', models.CharField(blank=True, choices=[('phone', 'phone'), ('email', 'e-mail'), ('telegram', 'Telegram'), ('whatsapp', 'WhatsApp'), ('max', 'MAX'), ('vk', 'VK'), ('site', 'site'), ('other', 'other')], max_length=10, verbose_name='preferred channel')),
                ('birthday', models.DateField(blank=True, null=True, verbose_name='birthday')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name='note')),
                ('data_consent_on', models.DateField(blank=True, null=True, verbose_name='consent to personal data')),
                ('mailing_consent_on', models.DateField(blank=True, null=True, verbose_name='consent to mailings')),
                ('verified_on', models.DateField(blank=True, null=True, verbose_name='verified on')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='left the company on')),
                ('created_on', models.DateField()),
                ('client', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client', verbose_name='client')),
                ('created_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clients.contact')),
                ('verified_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='verified by')),
                ('level', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.decisionlevel', verbose_name='decision level')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ContactPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('phone', 'phone'), ('email', 'e-mail'), ('telegram', 'Telegram'), ('whatsapp', 'WhatsApp'), ('max', 'MAX'), ('vk', 'VK'), ('site', 'site'), ('other', 'other')], max_length=10, verbose_name='kind')),
                ('value', models.CharField(help_text='as written', max_length=255, verbose_name='value')),
                ('value_key', models.CharField(db_collation='C', help_text='normalised: search, duplicates, intake', max_length=255)),
                ('failed_attempts', models.PositiveSmallIntegerField(default=0, verbose_name='failed attempts')),
                ('dead_on', models.DateField(blank=True, null=True, verbose_name='dead since')),
                ('dead_reason', models.CharField(blank=True, max_length=200, verbose_name='why it is dead')),
                ('client', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='points', to='clients.client')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='points', to='clients.contact', verbose_name='contact')),
                ('dead_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'way to reach',
                'verbose_name_plural': 'ways to reach',
                'indexes': [models.Index(fields=['value_key'], name='contactpoint_value_key'), django.contrib.postgres.indexes.GinIndex(fields=['value_key'], name='contactpoint_value_trgm', opclasses=['gin_trgm_ops'])],
                'constraints': [models.UniqueConstraint(fields=('client', 'kind', 'value_key'), name='point_once_per_client', violation_error_message='The client has this one already.'), models.CheckConstraint(condition=models.Q(('value_key', ''), _negated=True), name='point_has_a_value', violation_error_message='It has no value.'), models.CheckConstraint(condition=models.Q(('dead_on__isnull', True), models.Q(('dead_reason', ''), _negated=True), _connector='OR'), name='dead_with_a_reason', violation_error_message='Say why it is dead.')],
            },
        ),
        migrations.CreateModel(
            name='ContactPointEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('phone', 'phone'), ('email', 'e-mail'), ('telegram', 'Telegram'), ('whatsapp', 'WhatsApp'), ('max', 'MAX'), ('vk', 'VK'), ('site', 'site'), ('other', 'other')], max_length=10, verbose_name='kind')),
                ('value', models.CharField(help_text='as written', max_length=255, verbose_name='value')),
                ('value_key', models.CharField(db_collation='C', help_text='normalised: search, duplicates, intake', max_length=255)),
                ('failed_attempts', models.PositiveSmallIntegerField(default=0, verbose_name='failed attempts')),
                ('dead_on', models.DateField(blank=True, null=True, verbose_name='dead since')),
                ('dead_reason', models.CharField(blank=True, max_length=200, verbose_name='why it is dead')),
                ('client', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client')),
                ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.contact', verbose_name='contact')),
                ('dead_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='clients.contactpoint')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Need',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=500, verbose_name='text')),
                ('noted_on', models.DateField()),
                ('is_explicit', models.BooleanField(default=True, verbose_name='said by the client')),
                ('state', models.CharField(choices=[('open', 'open'), ('offered', 'offered'), ('closed', 'closed')], default='open', max_length=10, verbose_name='state')),
                ('state_on', models.DateField(blank=True, null=True)),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.category', verbose_name='category')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='needs', to='clients.contact')),
                ('noted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('state_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'need',
                'verbose_name_plural': 'needs',
            },
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=500, verbose_name='text')),
                ('noted_on', models.DateField()),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='answer')),
                ('answered_on', models.DateField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='clients.contact')),
                ('noted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'objection',
                'verbose_name_plural': 'objections',
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='client',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='client',
            name='update_update',
        ),
        migrations.AddField(
            model_name='client',
            name='decision_pattern',
            field=models.TextField(blank=True, db_default='', default='', max_length=2000, verbose_name='how they decide on purchases'),
        ),
        migrations.AddField(
            model_name='clientevent',
            name='decision_pattern',
            field=models.TextField(blank=True, db_default='', default='', max_length=2000, verbose_name='how they decide on purchases'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='client',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_clientevent" ("archive_reason", "archived_on", "branch_id", "channel", "city", "created_by_id", "created_on", "decision_pattern", "id", "intake_id", "merged_into_id", "name", "name_key", "name_sort", "owned_from", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "segment_id", "separated_on") SELECT new_values."archive_reason", new_values."archived_on", new_values."branch_id", new_values."channel", new_values."city", new_values."created_by_id", new_values."created_on", new_values."decision_pattern", new_values."id", new_values."intake_id", new_values."merged_into_id", new_values."name", new_values."name_key", new_values."name_sort", new_values."owned_from", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."region", new_values."segment_id", new_values."separated_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='381a454a7497db27d0624ad72a50e01c77be0daf', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_a5391', referencing='REFERENCING NEW TABLE AS new_values ', table='clients_client', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='client',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_clientevent" ("archive_reason", "archived_on", "branch_id", "channel", "city", "created_by_id", "created_on", "decision_pattern", "id", "intake_id", "merged_into_id", "name", "name_key", "name_sort", "owned_from", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "segment_id", "separated_on") SELECT new_values."archive_reason", new_values."archived_on", new_values."branch_id", new_values."channel", new_values."city", new_values."created_by_id", new_values."created_on", new_values."decision_pattern", new_values."id", new_values."intake_id", new_values."merged_into_id", new_values."name", new_values."name_key", new_values."name_sort", new_values."owned_from", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."region", new_values."segment_id", new_values."separated_on" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2c6b6650f79342d577bbb912504f3482627ccfad', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_757e7', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='clients_client', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='argument',
            trigger=pgtrigger.compiler.Trigger(name='argument_keeps_its_words', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."noted_on" IS DISTINCT FROM (NEW."noted_on"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='01035b7393715b6c60f21c802b253013b8933105', operation='UPDATE', pgid='pgtrigger_argument_keeps_its_words_c1862', table='clients_argument', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactpoint',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_contactpointevent" ("client_id", "contact_id", "dead_by_id", "dead_on", "dead_reason", "failed_attempts", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value", "value_key") SELECT new_values."client_id", new_values."contact_id", new_values."dead_by_id", new_values."dead_on", new_values."dead_reason", new_values."failed_attempts", new_values."id", new_values."kind", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."value", new_values."value_key" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='84c6b38022f041cd764d10b1a509d93f874246df', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_3b506', referencing='REFERENCING NEW TABLE AS new_values ', table='clients_contactpoint', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactpoint',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_contactpointevent" ("client_id", "contact_id", "dead_by_id", "dead_on", "dead_reason", "failed_attempts", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value", "value_key") SELECT new_values."client_id", new_values."contact_id", new_values."dead_by_id", new_values."dead_on", new_values."dead_reason", new_values."failed_attempts", new_values."id", new_values."kind", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."value", new_values."value_key" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='f4d2b0cfc3b3c2dc562d979aa84f4a33a691742d', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_57750', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='clients_contactpoint', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactpointevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0075df1f0cd80a08f4e03656827fc89509d1e3c1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_af240', table='clients_contactpointevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='01d25464ec32cd8a8244e9669619bb36b2ce8777', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_64aaa', table='clients_contactevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_contactevent" ("birthday", "client_id", "created_by_id", "created_on", "data_consent_on", "id", "left_on", "level_id", "mailing_consent_on", "name", "name_key", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "preferred", "role", "verified_by_id", "verified_on") SELECT new_values."birthday", new_values."client_id", new_values."created_by_id", new_values."created_on", new_values."data_consent_on", new_values."id", new_values."left_on", new_values."level_id", new_values."mailing_consent_on", new_values."name", new_values."name_key", new_values."note", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."position", new_values."preferred", new_values."role", new_values."verified_by_id", new_values."verified_on" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d05cb9f63abefd2a62112a42eb560f1cd2f0794a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_4640e', referencing='REFERENCING NEW TABLE AS new_values ', table='clients_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "clients_contactevent" ("birthday", "client_id", "created_by_id", "created_on", "data_consent_on", "id", "left_on", "level_id", "mailing_consent_on", "name", "name_key", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "preferred", "role", "verified_by_id", "verified_on") SELECT new_values."birthday", new_values."client_id", new_values."created_by_id", new_values."created_on", new_values."data_consent_on", new_values."id", new_values."left_on", new_values."level_id", new_values."mailing_consent_on", new_values."name", new_values."name_key", new_values."note", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."position", new_values."preferred", new_values."role", new_values."verified_by_id", new_values."verified_on" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='41ca2afaa1fa5945d4bc9ec85fa3f91f1fdcb5c0', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_9f71b', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='clients_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='need',
            trigger=pgtrigger.compiler.Trigger(name='need_keeps_its_words', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."category_id" IS DISTINCT FROM (NEW."category_id") OR OLD."is_explicit" IS DISTINCT FROM (NEW."is_explicit") OR OLD."noted_on" IS DISTINCT FROM (NEW."noted_on"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='91eec846ee7d945a46a93bbaa91653bfa648caf9', operation='UPDATE', pgid='pgtrigger_need_keeps_its_words_12e15', table='clients_need', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='objection',
            trigger=pgtrigger.compiler.Trigger(name='objection_keeps_its_words', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."noted_on" IS DISTINCT FROM (NEW."noted_on"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d2d6e6a5cf6be8e0f67afc2b93b323fba3912928', operation='UPDATE', pgid='pgtrigger_objection_keeps_its_words_24797', table='clients_objection', when='BEFORE')),
        ),
        migrations.RunSQL(
            sql='\n            ALTER TABLE clients_contactpoint ADD CONSTRAINT point_of_its_contacts_client\n                FOREIGN KEY (client_id, contact_id) REFERENCES clients_contact (client_id, id)\n                ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED\n            ',
            reverse_sql='ALTER TABLE clients_contactpoint DROP CONSTRAINT point_of_its_contacts_client',
        ),
    ]
