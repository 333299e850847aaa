"""Pipelines, their stages, deals and their way through them; a task may be of a deal."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.math
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


# the state of a deal is the kind of its stage, and its stage is one of its pipeline
STANDS = """
    ALTER TABLE deals_deal ADD CONSTRAINT deal_stands_in_its_stage
        FOREIGN KEY (pipeline_id, stage_id, state) REFERENCES deals_stage (pipeline_id, id, kind)
        DEFERRABLE INITIALLY IMMEDIATE
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0015_documents'),
        ('deals', '0005_invoices'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Deal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='what it is about')),
                ('state', models.CharField(choices=[('open', 'open'), ('won', 'won'), ('lost', 'lost')], default='open', max_length=10, verbose_name='state')),
                ('amount', models.DecimalField(decimal_places=2, default=0, help_text='The sum of the goods, where goods are named.', max_digits=18, verbose_name='amount')),
                ('currency', models.CharField(default='RUB', max_length=3, verbose_name='currency')),
                ('order_number', models.CharField(blank=True, help_text='As the accounting system numbers it.', max_length=60, verbose_name='number of the order')),
                ('expected_on', models.DateField(blank=True, null=True, verbose_name='expected on')),
                ('source', models.CharField(choices=[('own', 'own work'), ('phone', 'phone'), ('email', 'e-mail'), ('site', 'site'), ('messenger', 'messenger'), ('accounting', 'accounting system'), ('lead', 'lead'), ('rule', 'a rule of the program')], default='own', max_length=12, verbose_name='came by')),
                ('opened_on', models.DateField(verbose_name='opened on')),
                ('entered_stage_on', models.DateField(verbose_name='in the stage since')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('next_task_on', models.DateField(blank=True, null=True, verbose_name='next task')),
                ('origin', models.CharField(blank=True, help_text='rule that opened it; empty: a person', max_length=60)),
                ('origin_as_of', models.DateField(blank=True, null=True)),
                ('submission', models.UUIDField(blank=True, help_text='of the form: a double click is one deal', null=True, unique=True)),
                ('version', models.PositiveIntegerField(default=1, help_text='grows with each change: the second person is told')),
            ],
            options={
                'verbose_name': 'deal',
                'verbose_name_plural': 'deals',
            },
        ),
        migrations.CreateModel(
            name='DealEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('title', models.CharField(max_length=200, verbose_name='what it is about')),
                ('state', models.CharField(choices=[('open', 'open'), ('won', 'won'), ('lost', 'lost')], default='open', max_length=10, verbose_name='state')),
                ('amount', models.DecimalField(decimal_places=2, default=0, help_text='The sum of the goods, where goods are named.', max_digits=18, verbose_name='amount')),
                ('currency', models.CharField(default='RUB', max_length=3, verbose_name='currency')),
                ('order_number', models.CharField(blank=True, help_text='As the accounting system numbers it.', max_length=60, verbose_name='number of the order')),
                ('expected_on', models.DateField(blank=True, null=True, verbose_name='expected on')),
                ('source', models.CharField(choices=[('own', 'own work'), ('phone', 'phone'), ('email', 'e-mail'), ('site', 'site'), ('messenger', 'messenger'), ('accounting', 'accounting system'), ('lead', 'lead'), ('rule', 'a rule of the program')], default='own', max_length=12, verbose_name='came by')),
                ('opened_on', models.DateField(verbose_name='opened on')),
                ('entered_stage_on', models.DateField(verbose_name='in the stage since')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('origin', models.CharField(blank=True, help_text='rule that opened it; empty: a person', max_length=60)),
                ('origin_as_of', models.DateField(blank=True, null=True)),
                ('submission', models.UUIDField(blank=True, help_text='of the form: a double click is one deal', null=True)),
                ('version', models.PositiveIntegerField(default=1, help_text='grows with each change: the second person is told')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DealLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=300, verbose_name='what')),
                ('quantity', models.DecimalField(decimal_places=3, default=1, max_digits=14, verbose_name='quantity')),
                ('price', models.DecimalField(decimal_places=2, default=0, max_digits=16, verbose_name='price')),
                ('discount', models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name='discount, %')),
                ('total', models.GeneratedField(db_persist=True, expression=django.db.models.functions.math.Round(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('quantity'), '*', models.F('price')), '*', django.db.models.expressions.CombinedExpression(models.Value(Decimal('100')), '-', models.F('discount'))), '/', models.Value(Decimal('100'))), 2), output_field=models.DecimalField(decimal_places=2, max_digits=20), verbose_name='sum')),
                ('order', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'line of a deal',
                'verbose_name_plural': 'lines of deals',
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='DealTick',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ticked_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'done line of a checklist',
                'verbose_name_plural': 'done lines of checklists',
            },
        ),
        migrations.CreateModel(
            name='Pipeline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=150, verbose_name='name in English')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('purpose', models.CharField(choices=[('shipment', 'shipment'), ('second_sale', 'second sale'), ('contract', 'contract with a potential client'), ('recovery', 'recovery of zero and lost clients'), ('development', 'development of a TOP client'), ('claim', 'claim'), ('other', 'other')], default='other', max_length=20, verbose_name='purpose')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='what it is for')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('is_active', models.BooleanField(default=True, verbose_name='is offered')),
                ('opens_next', models.BooleanField(default=False, verbose_name='opens the next deal by itself')),
                ('grouping', models.CharField(choices=[('client', 'of the client'), ('entity', 'of the legal entity')], default='client', max_length=10, verbose_name='the next deal waits for all open deals')),
                ('sets_tasks', models.BooleanField(default=True, verbose_name='a stage sets its first task')),
                ('asks_task', models.BooleanField(default=True, verbose_name='an open deal has a task')),
                ('escalates_after', models.PositiveSmallIntegerField(blank=True, help_text='Empty: never.', null=True, verbose_name='the head is told of a deal over the norm of its stage after, days')),
            ],
            options={
                'verbose_name': 'pipeline',
                'verbose_name_plural': 'pipelines',
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Stage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=150, verbose_name='name in English')),
                ('code', models.SlugField(max_length=80, unique=True, verbose_name='code')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('kind', models.CharField(choices=[('open', 'open'), ('won', 'won'), ('lost', 'lost')], default='open', max_length=10, verbose_name='kind')),
                ('is_active', models.BooleanField(default=True, verbose_name='is offered')),
                ('norm_days', models.PositiveSmallIntegerField(blank=True, help_text='Empty: no norm holds.', null=True, verbose_name='norm, days')),
                ('goal', models.CharField(blank=True, max_length=300, verbose_name='goal')),
                ('probability', models.PositiveSmallIntegerField(default=50, verbose_name='probability, %')),
                ('asks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('amount', 'amount'), ('expected_on', 'expected on'), ('contact', 'contact'), ('legal_entity', 'legal entity'), ('lines', 'goods'), ('order_number', 'number of the order')], max_length=20), blank=True, default=list, size=None, verbose_name='fields to pass it')),
                ('needs_result', models.BooleanField(default=False, verbose_name='passing it asks for a result')),
                ('needs_comment', models.BooleanField(default=False, verbose_name='passing it asks for a comment')),
                ('script', models.TextField(blank=True, max_length=4000, verbose_name='script')),
                ('is_past_offer', models.BooleanField(default=False, help_text='A client with such a deal has an order in work.', verbose_name='past the offer')),
                ('task_kind', models.CharField(blank=True, choices=[('call', 'call'), ('meeting', 'meeting'), ('letter', 'letter'), ('quote', 'offer'), ('document', 'document'), ('other', 'other')], max_length=10, verbose_name='kind of the first task')),
                ('task_title', models.CharField(blank=True, max_length=200, verbose_name='first task')),
                ('task_days', models.PositiveSmallIntegerField(default=1, verbose_name='first task in, working days')),
            ],
            options={
                'verbose_name': 'stage',
                'verbose_name_plural': 'stages',
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='StageEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entered_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(null=True)),
                ('comment', models.TextField(blank=True, verbose_name='comment')),
                ('is_undo', models.BooleanField(default=False, help_text='takes the last move back: no transition is counted')),
            ],
            options={
                'verbose_name': 'way of a deal',
                'verbose_name_plural': 'ways of deals',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='StageItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=150, verbose_name='name in English')),
                ('code', models.SlugField(max_length=100, unique=True, verbose_name='code')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('is_active', models.BooleanField(default=True, verbose_name='is offered')),
            ],
            options={
                'verbose_name': 'line of a checklist',
                'verbose_name_plural': 'lines of checklists',
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='StageResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=150, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=150, verbose_name='name in English')),
                ('code', models.SlugField(max_length=100, unique=True, verbose_name='code')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('is_poor', models.BooleanField(default=False, verbose_name='poor: the head is told')),
                ('is_active', models.BooleanField(default=True, verbose_name='is offered')),
            ],
            options={
                'verbose_name': 'result of a stage',
                'verbose_name_plural': 'results of stages',
                'ordering': ['order', 'pk'],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='task',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='task',
            name='update_update',
        ),
        migrations.RemoveConstraint(
            model_name='task',
            name='one_task_per_origin',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='task',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "deals_taskevent" ("assignee_id", "author_id", "client_id", "closed_at", "closed_by_id", "created_at", "deal_id", "due_on", "due_time", "entry_id", "id", "invoice_id", "kind", "lead_id", "needs_result", "origin", "origin_as_of", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "result", "state", "submission", "title") SELECT new_values."assignee_id", new_values."author_id", new_values."client_id", new_values."closed_at", new_values."closed_by_id", new_values."created_at", new_values."deal_id", new_values."due_on", new_values."due_time", new_values."entry_id", new_values."id", new_values."invoice_id", new_values."kind", new_values."lead_id", new_values."needs_result", new_values."origin", new_values."origin_as_of", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."priority", new_values."result", new_values."state", new_values."submission", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d4702e405e0a9905d5c906c80449341d902874c9', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_687a0', referencing='REFERENCING NEW TABLE AS new_values ', table='deals_task', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='task',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "deals_taskevent" ("assignee_id", "author_id", "client_id", "closed_at", "closed_by_id", "created_at", "deal_id", "due_on", "due_time", "entry_id", "id", "invoice_id", "kind", "lead_id", "needs_result", "origin", "origin_as_of", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "result", "state", "submission", "title") SELECT new_values."assignee_id", new_values."author_id", new_values."client_id", new_values."closed_at", new_values."closed_by_id", new_values."created_at", new_values."deal_id", new_values."due_on", new_values."due_time", new_values."entry_id", new_values."id", new_values."invoice_id", new_values."kind", new_values."lead_id", new_values."needs_result", new_values."origin", new_values."origin_as_of", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."priority", new_values."result", new_values."state", new_values."submission", new_values."title" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d1a7018326732340243d30bd1420348620dc0619', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_8c66d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='deals_task', when='AFTER')),
        ),
        migrations.AddField(
            model_name='deal',
            name='client',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='clients.client', verbose_name='client'),
        ),
        migrations.AddField(
            model_name='deal',
            name='contact',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='clients.contact', verbose_name='contact'),
        ),
        migrations.AddField(
            model_name='deal',
            name='follows',
            field=models.OneToOneField(blank=True, help_text='the deal whose end opened this one: one follows one', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='deals.deal'),
        ),
        migrations.AddField(
            model_name='deal',
            name='legal_entity',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='clients.legalentity', verbose_name='legal entity'),
        ),
        migrations.AddField(
            model_name='deal',
            name='loss_reason',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.lossreason', verbose_name='reason of loss'),
        ),
        migrations.AddField(
            model_name='deal',
            name='opened_by',
            field=models.ForeignKey(help_text='empty: a rule of the program', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deal',
            name='owner',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deals', to=settings.AUTH_USER_MODEL, verbose_name='responsible'),
        ),
        migrations.AddField(
            model_name='deal',
            name='participants',
            field=models.ManyToManyField(blank=True, related_name='deals_shared', to=settings.AUTH_USER_MODEL, verbose_name='participants'),
        ),
        migrations.AddField(
            model_name='deal',
            name='shipment',
            field=models.OneToOneField(blank=True, db_constraint=False, help_text='the document that completed it: each completes one', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='clients.shipment'),
        ),
        migrations.AddField(
            model_name='task',
            name='deal',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='deals.deal', verbose_name='deal'),
        ),
        migrations.AddField(
            model_name='taskevent',
            name='deal',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='deals.deal', verbose_name='deal'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('deal__isnull', False)), fields=['deal', 'due_on'], name='task_of_deal'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('deal__isnull', True), ('client__isnull', False), _connector='OR'), name='task_of_a_deal_has_its_client', violation_error_message='A task of a deal is a task of its client.'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.UniqueConstraint(condition=models.Q(('origin', ''), _negated=True), fields=('origin', 'origin_as_of', 'client', 'lead', 'deal'), name='one_task_per_origin', nulls_distinct=False, violation_error_message='The rule has set this task already.'),
        ),
        migrations.AddField(
            model_name='dealevent',
            name='client',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client', verbose_name='client'),
        ),
        migrations.AddField(
            model_name='dealevent',
            name='contact',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.contact', verbose_name='contact'),
        ),
        migrations.AddField(
            model_name='dealevent',
            name='follows',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='the deal whose end opened this one: one follows one', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='deals.deal'),
        ),
        migrations.AddField(
            model_name='dealevent',
            name='legal_entity',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.legalentity', verbose_name='legal entity'),
        ),
        migrations.AddField(
            model_name='dealevent',
            name='loss_reason',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.lossreason', verbose_name='reason of loss'),
        ),
        migrations.AddField(
            model_name='dealevent',
            name='opened_by',
            field=models.ForeignKey(db_constraint=False, help_text='empty: a rule of the program', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dealevent',
            name='owner',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='responsible'),
        ),
        migrations.AddField(
            model_name='dealevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='dealevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='deals.deal'),
        ),
        migrations.AddField(
            model_name='dealevent',
            name='shipment',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='the document that completed it: each completes one', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.shipment'),
        ),
        migrations.AddField(
            model_name='dealline',
            name='deal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='deals.deal'),
        ),
        migrations.AddField(
            model_name='dealline',
            name='product',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.product', verbose_name='product'),
        ),
        migrations.AddField(
            model_name='dealtick',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='dealtick',
            name='deal',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='ticks', to='deals.deal'),
        ),
        migrations.AddField(
            model_name='pipeline',
            name='segments',
            field=models.ManyToManyField(blank=True, help_text='None chosen: all types.', related_name='+', to='clients.segment', verbose_name='types of clients'),
        ),
        migrations.AddField(
            model_name='dealevent',
            name='pipeline',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='deals.pipeline', verbose_name='pipeline'),
        ),
        migrations.AddField(
            model_name='deal',
            name='pipeline',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='deals.pipeline', verbose_name='pipeline'),
        ),
        migrations.AddField(
            model_name='stage',
            name='next_stages',
            field=models.ManyToManyField(blank=True, help_text='None chosen: any later one, and closing.', related_name='+', to='deals.stage', verbose_name='next stages allowed'),
        ),
        migrations.AddField(
            model_name='stage',
            name='pipeline',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='stages', to='deals.pipeline', verbose_name='pipeline'),
        ),
        migrations.AddField(
            model_name='pipeline',
            name='next_after',
            field=models.ForeignKey(blank=True, help_text='Empty: when deals are won or lost.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.stage', verbose_name='the next deal is opened after the stage'),
        ),
        migrations.AddField(
            model_name='dealevent',
            name='stage',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='deals.stage', verbose_name='stage'),
        ),
        migrations.AddField(
            model_name='deal',
            name='stage',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='deals.stage', verbose_name='stage'),
        ),
        migrations.AddField(
            model_name='stageentry',
            name='by',
            field=models.ForeignKey(help_text='empty: a rule of the program', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='stageentry',
            name='deal',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='deals.deal'),
        ),
        migrations.AddField(
            model_name='stageentry',
            name='stage',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='deals.stage'),
        ),
        migrations.AddField(
            model_name='stageitem',
            name='stage',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='deals.stage'),
        ),
        migrations.AddField(
            model_name='dealtick',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.stageitem'),
        ),
        migrations.AddField(
            model_name='stageresult',
            name='stage',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='deals.stage'),
        ),
        migrations.AddField(
            model_name='stageentry',
            name='result',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.stageresult'),
        ),
        migrations.AddConstraint(
            model_name='dealline',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='dealline_says_what', violation_error_message='A line says what is sold.'),
        ),
        migrations.AddConstraint(
            model_name='dealline',
            constraint=models.CheckConstraint(condition=models.Q(('price__gte', 0), ('quantity__gt', 0)), name='dealline_quantity_and_price', violation_error_message='A quantity is above zero, a price not below.'),
        ),
        migrations.AddConstraint(
            model_name='dealline',
            constraint=models.CheckConstraint(condition=models.Q(('discount__gte', 0), ('discount__lte', 100)), name='dealline_discount_a_share', violation_error_message='A discount lies between 0 and 100 %%.'),
        ),
        migrations.AddConstraint(
            model_name='stage',
            constraint=models.UniqueConstraint(fields=('pipeline', 'id', 'kind'), name='stage_of_its_pipeline'),
        ),
        migrations.AddConstraint(
            model_name='stage',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'open'), _negated=True), fields=('pipeline', 'kind'), name='one_closing_stage_of_a_kind', violation_error_message='A pipeline ends in one won and one lost stage.'),
        ),
        migrations.AddConstraint(
            model_name='stage',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['open', 'won', 'lost'])), name='stage_kind_known', violation_error_message='A stage is open, won or lost.'),
        ),
        migrations.AddConstraint(
            model_name='stage',
            constraint=models.CheckConstraint(condition=models.Q(('probability__lte', 100)), name='stage_probability_a_share', violation_error_message='A probability lies between 0 and 100 %%.'),
        ),
        migrations.AddConstraint(
            model_name='stage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('task_kind', ''), ('task_title', '')), models.Q(models.Q(('task_title', ''), _negated=True), ('task_kind__in', ['call', 'meeting', 'letter', 'quote', 'document', 'other'])), _connector='OR'), name='stage_task_has_kind_and_words', violation_error_message='The first task of a stage has a kind and says what to do.'),
        ),
        migrations.AddConstraint(
            model_name='pipeline',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['shipment', 'second_sale', 'contract', 'recovery', 'development', 'claim', 'other'])), name='pipeline_purpose_known', violation_error_message='This purpose of a pipeline is not known.'),
        ),
        migrations.AddConstraint(
            model_name='pipeline',
            constraint=models.CheckConstraint(condition=models.Q(('grouping__in', ['client', 'entity'])), name='pipeline_grouping_known', violation_error_message='The next deal waits for the deals of the client or of the legal entity.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dealevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='78f88f3ee27fd7acb221506066267d2c7b26f837', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_678e0', table='deals_dealevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(models.F('stage'), models.OrderBy(models.F('next_task_on'), nulls_first=True), models.F('id'), condition=models.Q(('state', 'open')), name='deal_column'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(models.F('owner'), models.F('stage'), models.OrderBy(models.F('next_task_on'), nulls_first=True), models.F('id'), condition=models.Q(('state', 'open')), name='deal_own_column'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['pipeline', 'stage', 'owner'], include=('amount',), name='deal_sums'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(fields=['client', 'state', 'pipeline'], name='deal_of_client'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(fields=['opened_on', 'id'], name='deal_by_opening'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(fields=['amount', 'id'], name='deal_by_amount'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(fields=['expected_on', 'id'], name='deal_by_expected'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(fields=['pipeline', 'opened_on', 'id'], name='deal_by_pipeline'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(fields=['owner', 'opened_on', 'id'], name='deal_by_owner'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('state', 'open'), _negated=True), fields=['closed_on', 'id'], name='deal_by_closing'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('title'), name='gin_trgm_ops'), name='deal_title_trgm'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(django.db.models.functions.text.Upper('order_number'), condition=models.Q(('order_number', ''), _negated=True), name='deal_order_number'),
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.UniqueConstraint(condition=models.Q(('origin', ''), _negated=True), fields=('origin', 'origin_as_of', 'client', 'pipeline', 'follows'), name='one_deal_per_origin', nulls_distinct=False, violation_error_message='The rule has opened this deal already.'),
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='deal_says_what', violation_error_message='A deal says what it is about.'),
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'won', 'lost'])), name='deal_state_known', violation_error_message='A deal is open, won or lost.'),
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('closed_on__isnull', False)), _connector='OR'), name='deal_closed_on_a_day', violation_error_message='A closed deal says on which day; an open one has none.'),
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('loss_reason__isnull', False), ('state', 'lost')), models.Q(models.Q(('state', 'lost'), _negated=True), ('loss_reason__isnull', True)), _connector='OR'), name='deal_lost_for_a_reason', violation_error_message='A lost deal has its reason; no other has one.'),
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.CheckConstraint(condition=models.Q(('closed_on__isnull', True), ('closed_on__gte', models.F('opened_on')), _connector='OR'), name='deal_closed_after_opening', violation_error_message='A deal is not closed before it was opened.'),
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='deal_amount_not_negative', violation_error_message='The amount of a deal is not negative.'),
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.CheckConstraint(condition=models.Q(('source__in', ['own', 'phone', 'email', 'site', 'messenger', 'accounting', 'lead', 'rule'])), name='deal_source_known', violation_error_message='This way a deal came by is not known.'),
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('origin', ''), ('origin_as_of__isnull', True)), models.Q(models.Q(('origin', ''), _negated=True), ('origin_as_of__isnull', False)), _connector='OR'), name='deal_origin_has_its_day', violation_error_message='A deal of a rule says of which day.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deal',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "deals_dealevent" ("amount", "client_id", "closed_on", "contact_id", "currency", "entered_stage_on", "expected_on", "follows_id", "id", "legal_entity_id", "loss_reason_id", "opened_by_id", "opened_on", "order_number", "origin", "origin_as_of", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pipeline_id", "shipment_id", "source", "stage_id", "state", "submission", "title", "version") SELECT new_values."amount", new_values."client_id", new_values."closed_on", new_values."contact_id", new_values."currency", new_values."entered_stage_on", new_values."expected_on", new_values."follows_id", new_values."id", new_values."legal_entity_id", new_values."loss_reason_id", new_values."opened_by_id", new_values."opened_on", new_values."order_number", new_values."origin", new_values."origin_as_of", new_values."owner_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."pipeline_id", new_values."shipment_id", new_values."source", new_values."stage_id", new_values."state", new_values."submission", new_values."title", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='df8c246ca00b585d1640aedfb8302b34f13c235d', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_107f7', referencing='REFERENCING NEW TABLE AS new_values ', table='deals_deal', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deal',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "deals_dealevent" ("amount", "client_id", "closed_on", "contact_id", "currency", "entered_stage_on", "expected_on", "follows_id", "id", "legal_entity_id", "loss_reason_id", "opened_by_id", "opened_on", "order_number", "origin", "origin_as_of", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pipeline_id", "shipment_id", "source", "stage_id", "state", "submission", "title", "version") SELECT new_values."amount", new_values."client_id", new_values."closed_on", new_values."contact_id", new_values."currency", new_values."entered_stage_on", new_values."expected_on", new_values."follows_id", new_values."id", new_values."legal_entity_id", new_values."loss_reason_id", new_values."opened_by_id", new_values."opened_on", new_values."order_number", new_values."origin", new_values."origin_as_of", new_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."pipeline_id", new_values."shipment_id", new_values."source", new_values."stage_id", new_values."state", new_values."submission", new_values."title", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."amount" IS DISTINCT FROM (new_values."amount") OR old_values."client_id" IS DISTINCT FROM (new_values."client_id") OR old_values."closed_on" IS DISTINCT FROM (new_values."closed_on") OR old_values."contact_id" IS DISTINCT FROM (new_values."contact_id") OR old_values."currency" IS DISTINCT FROM (new_values."currency") OR old_values."entered_stage_on" IS DISTINCT FROM (new_values."entered_stage_on") OR old_values."expected_on" IS DISTINCT FROM (new_values."expected_on") OR old_values."follows_id" IS DISTINCT FROM (new_values."follows_id") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."legal_entity_id" IS DISTINCT FROM (new_values."legal_entity_id") OR old_values."loss_reason_id" IS DISTINCT FROM (new_values."loss_reason_id") OR old_values."opened_by_id" IS DISTINCT FROM (new_values."opened_by_id") OR old_values."opened_on" IS DISTINCT FROM (new_values."opened_on") OR old_values."order_number" IS DISTINCT FROM (new_values."order_number") OR old_values."origin" IS DISTINCT FROM (new_values."origin") OR old_values."origin_as_of" IS DISTINCT FROM (new_values."origin_as_of") OR old_values."owner_id" IS DISTINCT FROM (new_values."owner_id") OR old_values."pipeline_id" IS DISTINCT FROM (new_values."pipeline_id") OR old_values."shipment_id" IS DISTINCT FROM (new_values."shipment_id") OR old_values."source" IS DISTINCT FROM (new_values."source") OR old_values."stage_id" IS DISTINCT FROM (new_values."stage_id") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."submission" IS DISTINCT FROM (new_values."submission") OR old_values."title" IS DISTINCT FROM (new_values."title") OR old_values."version" IS DISTINCT FROM (new_values."version")) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='4edb1c49f1470f5be0168937e70ce7dd612a78d5', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_e9aad', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='deals_deal', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='dealtick',
            constraint=models.UniqueConstraint(fields=('deal', 'item'), name='ticked_once'),
        ),
        migrations.AddIndex(
            model_name='stageentry',
            index=models.Index(fields=['deal', 'id'], name='stageentry_deal'),
        ),
        migrations.AddIndex(
            model_name='stageentry',
            index=models.Index(fields=['stage', 'entered_at'], name='stageentry_stage'),
        ),
        migrations.AddConstraint(
            model_name='stageentry',
            constraint=models.UniqueConstraint(condition=models.Q(('left_at__isnull', True)), fields=('deal',), name='deal_stands_in_one_stage', violation_error_message='A deal stands in one stage.'),
        ),
        migrations.AddConstraint(
            model_name='stageentry',
            constraint=models.CheckConstraint(condition=models.Q(('left_at__isnull', True), ('left_at__gte', models.F('entered_at')), _connector='OR'), name='stage_left_after_entering', violation_error_message='A stage is not left before it was entered.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stageentry',
            trigger=pgtrigger.compiler.Trigger(name='way_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."deal_id" IS DISTINCT FROM (NEW."deal_id") OR OLD."stage_id" IS DISTINCT FROM (NEW."stage_id") OR OLD."entered_at" IS DISTINCT FROM (NEW."entered_at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."result_id" IS DISTINCT FROM (NEW."result_id") OR OLD."comment" IS DISTINCT FROM (NEW."comment") OR OLD."is_undo" IS DISTINCT FROM (NEW."is_undo"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='56bbd7e73a5aae9b51c18c033b8846f790aba08b', operation='UPDATE', pgid='pgtrigger_way_is_kept_3611e', table='deals_stageentry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stageentry',
            trigger=pgtrigger.compiler.Trigger(name='stage_is_left_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."left_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='bdea7edcf5a5b844051730692b44630d291ebb12', operation='UPDATE', pgid='pgtrigger_stage_is_left_once_17828', table='deals_stageentry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='stageentry',
            trigger=pgtrigger.compiler.Trigger(name='way_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='71ffe8fb16f01e03f5d0492ce21e023c6b6c1931', operation='DELETE', pgid='pgtrigger_way_stays_6dc3f', table='deals_stageentry', when='BEFORE')),
        ),
        migrations.RunSQL(STANDS, "ALTER TABLE deals_deal DROP CONSTRAINT deal_stands_in_its_stage"),
    ]
