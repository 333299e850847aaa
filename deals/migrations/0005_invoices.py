"""Invoices, payments with their parts, contacts about invoices, deferrals, the rules of work; a task may be of an invoice."""

import deals.invoices.models
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('base', '0002_savedview'),
        ('clients', '0017_debt'),
        ('deals', '0004_leads'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Deferral',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(max_length=500, verbose_name='why the client needs it')),
                ('days', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='days to pay')),
                ('limit', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='limit of the debt')),
                ('starts_on', models.DateField(verbose_name='for invoices from')),
                ('ends_on', models.DateField(verbose_name='up to')),
                ('state', models.CharField(choices=[('asked', 'asked for'), ('approved', 'approved'), ('refused', 'refused')], default='asked', max_length=10, verbose_name='state')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('comment', models.CharField(blank=True, max_length=500, verbose_name='comment')),
                ('submission', models.UUIDField(help_text='of the form: a double click is one request', unique=True)),
            ],
            options={
                'verbose_name': 'deferral of payment',
                'verbose_name_plural': 'deferrals of payment',
            },
        ),
        migrations.CreateModel(
            name='DeferralEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('why', models.CharField(max_length=500, verbose_name='why the client needs it')),
                ('days', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='days to pay')),
                ('limit', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='limit of the debt')),
                ('starts_on', models.DateField(verbose_name='for invoices from')),
                ('ends_on', models.DateField(verbose_name='up to')),
                ('state', models.CharField(choices=[('asked', 'asked for'), ('approved', 'approved'), ('refused', 'refused')], default='asked', max_length=10, verbose_name='state')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('comment', models.CharField(blank=True, max_length=500, verbose_name='comment')),
                ('submission', models.UUIDField(help_text='of the form: a double click is one request')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(blank=True, db_collation='C', help_text="the file's own document id", max_length=100)),
                ('number', models.CharField(db_collation='C', max_length=60, verbose_name='number')),
                ('period', models.PositiveIntegerField(help_text='year of issue: numbers begin anew with it')),
                ('issued_on', models.DateField(verbose_name='issued')),
                ('valid_until', models.DateField(help_text="by the branch's working days, or by the deferral", verbose_name='to be paid by')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='amount')),
                ('paid', models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=18, verbose_name='paid')),
                ('currency', models.CharField(blank=True, help_text='currency of the document, empty: the base one', max_length=3)),
                ('rate', models.DecimalField(decimal_places=8, default=1, help_text='base currency per unit', max_digits=18)),
                ('subject', models.CharField(blank=True, max_length=300, verbose_name='what for')),
                ('is_of_new', models.BooleanField(db_default=False, default=False, help_text='the client had bought nothing by then, or once', verbose_name='new client')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='cancelled')),
                ('cancel_reason', models.CharField(blank=True, choices=[('refused', 'the client refuses'), ('no_answer', 'the client does not answer'), ('corrected', 'another invoice stands for it'), ('duplicate', 'issued twice'), ('no_goods', 'goods or terms are not available'), ('other', 'other')], max_length=12, verbose_name='reason')),
                ('cancel_comment', models.CharField(blank=True, max_length=500, verbose_name='comment')),
                ('submission', models.UUIDField(blank=True, help_text='of the form: a double click is one invoice', null=True, unique=True)),
            ],
            options={
                'verbose_name': 'invoice',
                'verbose_name_plural': 'invoices',
            },
        ),
        migrations.CreateModel(
            name='InvoiceContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='date')),
                ('result', models.CharField(choices=[('will_pay', 'will pay on a date'), ('changes', 'changes are needed'), ('refuses', 'refuses'), ('no_answer', 'no answer')], max_length=10, verbose_name='result')),
                ('promised_on', models.DateField(blank=True, null=True, verbose_name='will pay on')),
                ('comment', models.CharField(blank=True, max_length=1000, verbose_name='comment')),
            ],
            options={
                'verbose_name': 'contact about an invoice',
                'verbose_name_plural': 'contacts about invoices',
            },
        ),
        migrations.CreateModel(
            name='InvoiceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('external_id', models.CharField(blank=True, db_collation='C', help_text="the file's own document id", max_length=100)),
                ('number', models.CharField(db_collation='C', max_length=60, verbose_name='number')),
                ('period', models.PositiveIntegerField(help_text='year of issue: numbers begin anew with it')),
                ('issued_on', models.DateField(verbose_name='issued')),
                ('valid_until', models.DateField(help_text="by the branch's working days, or by the deferral", verbose_name='to be paid by')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='amount')),
                ('paid', models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=18, verbose_name='paid')),
                ('currency', models.CharField(blank=True, help_text='currency of the document, empty: the base one', max_length=3)),
                ('rate', models.DecimalField(decimal_places=8, default=1, help_text='base currency per unit', max_digits=18)),
                ('subject', models.CharField(blank=True, max_length=300, verbose_name='what for')),
                ('is_of_new', models.BooleanField(db_default=False, default=False, help_text='the client had bought nothing by then, or once', verbose_name='new client')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='cancelled')),
                ('cancel_reason', models.CharField(blank=True, choices=[('refused', 'the client refuses'), ('no_answer', 'the client does not answer'), ('corrected', 'another invoice stands for it'), ('duplicate', 'issued twice'), ('no_goods', 'goods or terms are not available'), ('other', 'other')], max_length=12, verbose_name='reason')),
                ('cancel_comment', models.CharField(blank=True, max_length=500, verbose_name='comment')),
                ('submission', models.UUIDField(blank=True, help_text='of the form: a double click is one invoice', null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='InvoiceRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_days', models.PositiveSmallIntegerField(default=5, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='an invoice holds, working days')),
                ('contact_days_new', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(60)]), default=deals.invoices.models.first_days, size=10, verbose_name='contact with a new client on days')),
                ('contact_days_other', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(60)]), default=deals.invoices.models.other_days, size=10, verbose_name='contact with other clients on days')),
                ('escalation_day', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(60)], verbose_name='to the head of client service on day')),
                ('hand_over_day', models.PositiveSmallIntegerField(default=4, validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(60)], verbose_name='an unconfirmed new client is handed over on day')),
                ('comment', models.CharField(blank=True, max_length=300, verbose_name='comment')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'rules of work on invoices',
                'verbose_name_plural': 'rules of work on invoices',
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(blank=True, db_collation='C', help_text="the file's own document id", max_length=100)),
                ('number', models.CharField(blank=True, db_collation='C', max_length=60, verbose_name='number of the payment')),
                ('day', models.DateField(verbose_name='date')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='amount')),
                ('invoice_number', models.CharField(blank=True, db_collation='C', help_text='empty: the oldest ones are paid', max_length=60, verbose_name='invoice it names')),
                ('submission', models.UUIDField(blank=True, help_text='of the form: a double click is one payment', null=True, unique=True)),
            ],
            options={
                'verbose_name': 'payment',
                'verbose_name_plural': 'payments',
            },
        ),
        migrations.CreateModel(
            name='PaymentPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='amount')),
            ],
            options={
                'verbose_name': 'part of a payment',
                'verbose_name_plural': 'parts of payments',
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
        pgtrigger.migrations.AddTrigger(
            model_name='task',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "deals_taskevent" ("assignee_id", "author_id", "client_id", "closed_at", "closed_by_id", "created_at", "due_on", "due_time", "entry_id", "id", "invoice_id", "kind", "lead_id", "needs_result", "origin", "origin_as_of", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "result", "state", "submission", "title") SELECT new_values."assignee_id", new_values."author_id", new_values."client_id", new_values."closed_at", new_values."closed_by_id", new_values."created_at", new_values."due_on", new_values."due_time", new_values."entry_id", new_values."id", new_values."invoice_id", new_values."kind", new_values."lead_id", new_values."needs_result", new_values."origin", new_values."origin_as_of", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."priority", new_values."result", new_values."state", new_values."submission", new_values."title" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='9ac3f2de1a00059c80b3d385c6a6e6a262f32abf', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_687a0', referencing='REFERENCING NEW TABLE AS new_values ', table='deals_task', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='task',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "deals_taskevent" ("assignee_id", "author_id", "client_id", "closed_at", "closed_by_id", "created_at", "due_on", "due_time", "entry_id", "id", "invoice_id", "kind", "lead_id", "needs_result", "origin", "origin_as_of", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "result", "state", "submission", "title") SELECT new_values."assignee_id", new_values."author_id", new_values."client_id", new_values."closed_at", new_values."closed_by_id", new_values."created_at", new_values."due_on", new_values."due_time", new_values."entry_id", new_values."id", new_values."invoice_id", new_values."kind", new_values."lead_id", new_values."needs_result", new_values."origin", new_values."origin_as_of", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."priority", new_values."result", new_values."state", new_values."submission", new_values."title" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='6246627096ff51a7f167ab937ebf4add233e86d0', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_8c66d', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='deals_task', when='AFTER')),
        ),
        migrations.AddField(
            model_name='deferral',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by'),
        ),
        migrations.AddField(
            model_name='deferral',
            name='client',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deferrals', to='clients.client', verbose_name='client'),
        ),
        migrations.AddField(
            model_name='deferral',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='deferralevent',
            name='asked_by',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by'),
        ),
        migrations.AddField(
            model_name='deferralevent',
            name='client',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client', verbose_name='client'),
        ),
        migrations.AddField(
            model_name='deferralevent',
            name='decided_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='deferralevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='deferralevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='deals.deferral'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='author',
            field=models.ForeignKey(blank=True, help_text='empty: the import', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='issued by'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='cancelled_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='cancelled by'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='client',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='clients.client', verbose_name='client'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='corrects',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='deals.invoice', verbose_name='corrects'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='deferral',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='deals.deferral'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='intake',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='base.intake'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='legal_entity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='clients.legalentity', verbose_name='legal entity'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='responsible',
            field=models.ForeignKey(help_text='owner of the client on the day of issue: whose figures it counts in', on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to=settings.AUTH_USER_MODEL, verbose_name='manager'),
        ),
        migrations.AddField(
            model_name='invoice',
            name='source',
            field=models.ForeignKey(blank=True, help_text='empty: issued by hand', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.source'),
        ),
        migrations.AddField(
            model_name='task',
            name='invoice',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='deals.invoice', verbose_name='invoice'),
        ),
        migrations.AddField(
            model_name='taskevent',
            name='invoice',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='deals.invoice', verbose_name='invoice'),
        ),
        migrations.AddField(
            model_name='invoicecontact',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author'),
        ),
        migrations.AddField(
            model_name='invoicecontact',
            name='communication',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.communication'),
        ),
        migrations.AddField(
            model_name='invoicecontact',
            name='invoice',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='deals.invoice'),
        ),
        migrations.AddField(
            model_name='invoiceevent',
            name='author',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='empty: the import', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='issued by'),
        ),
        migrations.AddField(
            model_name='invoiceevent',
            name='cancelled_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='cancelled by'),
        ),
        migrations.AddField(
            model_name='invoiceevent',
            name='client',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.client', verbose_name='client'),
        ),
        migrations.AddField(
            model_name='invoiceevent',
            name='corrects',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='deals.invoice', verbose_name='corrects'),
        ),
        migrations.AddField(
            model_name='invoiceevent',
            name='deferral',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='deals.deferral'),
        ),
        migrations.AddField(
            model_name='invoiceevent',
            name='intake',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='base.intake'),
        ),
        migrations.AddField(
            model_name='invoiceevent',
            name='legal_entity',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.legalentity', verbose_name='legal entity'),
        ),
        migrations.AddField(
            model_name='invoiceevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='invoiceevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='deals.invoice'),
        ),
        migrations.AddField(
            model_name='invoiceevent',
            name='responsible',
            field=models.ForeignKey(db_constraint=False, help_text='owner of the client on the day of issue: whose figures it counts in', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='manager'),
        ),
        migrations.AddField(
            model_name='invoiceevent',
            name='source',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='empty: issued by hand', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='clients.source'),
        ),
        migrations.AddField(
            model_name='invoicerules',
            name='author',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='payment',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='payment',
            name='client',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='clients.client', verbose_name='client'),
        ),
        migrations.AddField(
            model_name='payment',
            name='intake',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='base.intake'),
        ),
        migrations.AddField(
            model_name='payment',
            name='legal_entity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='clients.legalentity', verbose_name='legal entity'),
        ),
        migrations.AddField(
            model_name='payment',
            name='source',
            field=models.ForeignKey(blank=True, help_text='empty: noted by hand', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.source'),
        ),
        migrations.AddField(
            model_name='paymentpart',
            name='invoice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='deals.invoice'),
        ),
        migrations.AddField(
            model_name='paymentpart',
            name='payment',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='deals.payment'),
        ),
        migrations.AddIndex(
            model_name='deferral',
            index=models.Index(fields=['state', '-id'], name='deferral_by_state'),
        ),
        migrations.AddConstraint(
            model_name='deferral',
            constraint=models.CheckConstraint(condition=models.Q(('days__range', (1, 365))), name='deferral_days', violation_error_message='A deferral is from 1 to 365 days.'),
        ),
        migrations.AddConstraint(
            model_name='deferral',
            constraint=models.CheckConstraint(condition=models.Q(('limit__gt', 0)), name='deferral_limit', violation_error_message='The limit of a deferral is above zero.'),
        ),
        migrations.AddConstraint(
            model_name='deferral',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='deferral_not_empty', violation_error_message='A deferral ends after it starts.'),
        ),
        migrations.AddConstraint(
            model_name='deferral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'asked')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['approved', 'refused'])), _connector='OR'), name='deferral_decided_by_somebody', violation_error_message='A decision on a deferral says by whom and when.'),
        ),
        migrations.AddConstraint(
            model_name='deferral',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state', 'approved')), expressions=[('client', '='), (models.Func('starts_on', 'ends_on', models.Value('[]'), function='daterange'), '&&')], name='deferrals_do_not_overlap', violation_error_message='The client has a deferral on some of these days already.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deferral',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "deals_deferralevent" ("asked_at", "asked_by_id", "client_id", "comment", "days", "decided_at", "decided_by_id", "ends_on", "id", "limit", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "state", "submission", "why") SELECT new_values."asked_at", new_values."asked_by_id", new_values."client_id", new_values."comment", new_values."days", new_values."decided_at", new_values."decided_by_id", new_values."ends_on", new_values."id", new_values."limit", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."starts_on", new_values."state", new_values."submission", new_values."why" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='44ef0800c14e058318097abf75d5802044838d61', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_5c6a8', referencing='REFERENCING NEW TABLE AS new_values ', table='deals_deferral', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deferral',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "deals_deferralevent" ("asked_at", "asked_by_id", "client_id", "comment", "days", "decided_at", "decided_by_id", "ends_on", "id", "limit", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "state", "submission", "why") SELECT new_values."asked_at", new_values."asked_by_id", new_values."client_id", new_values."comment", new_values."days", new_values."decided_at", new_values."decided_by_id", new_values."ends_on", new_values."id", new_values."limit", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."starts_on", new_values."state", new_values."submission", new_values."why" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='d99acb12c914ccf639e5939025c96ad14f243f5e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_051ff', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='deals_deferral', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deferralevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='57b47d28389dd40aa5e3c057d975d1130c63345b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_61a27', table='deals_deferralevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['issued_on', 'id'], name='invoice_by_day'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['valid_until', 'id'], name='invoice_by_term'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['amount', 'id'], name='invoice_by_amount'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['client', '-issued_on', '-id'], name='invoice_of_client'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(condition=models.Q(('cancelled_at__isnull', True), ('paid__lt', models.F('amount'))), fields=['issued_on', 'client'], name='invoice_unpaid'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=django.contrib.postgres.indexes.GinIndex(fields=['number'], name='invoice_number_trgm', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('number', ''), _negated=True), name='invoice_has_a_number', violation_error_message='An invoice has a number.'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='invoice_amount', violation_error_message='The amount of an invoice is above zero.'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('paid__gte', 0), ('paid__lte', models.F('amount'))), name='invoice_paid_within_amount', violation_error_message='No more is paid of an invoice than its amount.'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('issued_on'))), name='invoice_term', violation_error_message='An invoice can be paid on the day it is issued.'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancel_comment', ''), ('cancel_reason', ''), ('cancelled_at__isnull', True), ('cancelled_by__isnull', True)), models.Q(('cancel_reason__in', ['refused', 'no_answer', 'corrected', 'duplicate', 'no_goods', 'other']), ('cancelled_at__isnull', False), ('cancelled_by__isnull', False), models.Q(('cancel_comment', ''), _negated=True)), _connector='OR'), name='invoice_cancelled_with_a_reason', violation_error_message='An invoice is cancelled by somebody, with a reason and a comment.'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('cancelled_at__isnull', True), ('paid', 0), _connector='OR'), name='paid_invoice_is_not_cancelled', violation_error_message='An invoice on which money came is not cancelled.'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('source', 'external_id'), name='one_invoice_per_external_id', nulls_distinct=False, violation_error_message='There is an invoice with this document id already.'),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', '')), fields=('source', 'number', 'period'), name='one_invoice_per_number_and_year', nulls_distinct=False, violation_error_message='There is an invoice with this number in this year already.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoice',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "deals_invoiceevent" ("amount", "author_id", "cancel_comment", "cancel_reason", "cancelled_at", "cancelled_by_id", "client_id", "corrects_id", "currency", "deferral_id", "external_id", "id", "intake_id", "is_of_new", "issued_on", "legal_entity_id", "number", "paid", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "responsible_id", "source_id", "subject", "submission", "valid_until") SELECT new_values."amount", new_values."author_id", new_values."cancel_comment", new_values."cancel_reason", new_values."cancelled_at", new_values."cancelled_by_id", new_values."client_id", new_values."corrects_id", new_values."currency", new_values."deferral_id", new_values."external_id", new_values."id", new_values."intake_id", new_values."is_of_new", new_values."issued_on", new_values."legal_entity_id", new_values."number", new_values."paid", new_values."period", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."rate", new_values."responsible_id", new_values."source_id", new_values."subject", new_values."submission", new_values."valid_until" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='23fe029074d4fbe91db5ed896aed54076405956e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_insert_insert_c81f5', referencing='REFERENCING NEW TABLE AS new_values ', table='deals_invoice', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoice',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "deals_invoiceevent" ("amount", "author_id", "cancel_comment", "cancel_reason", "cancelled_at", "cancelled_by_id", "client_id", "corrects_id", "currency", "deferral_id", "external_id", "id", "intake_id", "is_of_new", "issued_on", "legal_entity_id", "number", "paid", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "responsible_id", "source_id", "subject", "submission", "valid_until") SELECT new_values."amount", new_values."author_id", new_values."cancel_comment", new_values."cancel_reason", new_values."cancelled_at", new_values."cancelled_by_id", new_values."client_id", new_values."corrects_id", new_values."currency", new_values."deferral_id", new_values."external_id", new_values."id", new_values."intake_id", new_values."is_of_new", new_values."issued_on", new_values."legal_entity_id", new_values."number", new_values."paid", new_values."period", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."rate", new_values."responsible_id", new_values."source_id", new_values."subject", new_values."submission", new_values."valid_until" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='442794b9cde17bd8d1a95136b041800efdaab600', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_5c0ad', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='deals_invoice', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='invoicecontact',
            index=models.Index(fields=['invoice', '-day', '-id'], name='invoicecontact_latest'),
        ),
        migrations.AddConstraint(
            model_name='invoicecontact',
            constraint=models.CheckConstraint(condition=models.Q(('result__in', ['will_pay', 'changes', 'refuses', 'no_answer'])), name='invoicecontact_result_known', violation_error_message='This result is not known.'),
        ),
        migrations.AddConstraint(
            model_name='invoicecontact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('promised_on__isnull', False), ('result', 'will_pay')), models.Q(models.Q(('result', 'will_pay'), _negated=True), ('promised_on__isnull', True)), _connector='OR'), name='invoicecontact_promise_has_its_day', violation_error_message='Who will pay says on which day; others promise no day.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoicecontact',
            trigger=pgtrigger.compiler.Trigger(name='invoice_contact_stays_as_said', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='253e23e4a536acc625cfe84d9501cff8ba68ee1a', operation='UPDATE', pgid='pgtrigger_invoice_contact_stays_as_said_6a763', table='deals_invoicecontact', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoicecontact',
            trigger=pgtrigger.compiler.Trigger(name='invoice_contact_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='ed8d86c347aa101e042f2a6b916dac307d2156b0', operation='DELETE', pgid='pgtrigger_invoice_contact_stays_3dec1', table='deals_invoicecontact', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoiceevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fef4848a765e5cf2c776c8427e8b94182f5eb98d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b0101', table='deals_invoiceevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='invoicerules',
            constraint=models.CheckConstraint(condition=models.Q(('valid_days__range', (1, 60))), name='invoice_rules_valid_days', violation_error_message='An invoice holds from 1 to 60 working days.'),
        ),
        migrations.AddConstraint(
            model_name='invoicerules',
            constraint=models.CheckConstraint(condition=models.Q(('escalation_day__range', (2, 60)), ('hand_over_day__range', (2, 60))), name='invoice_rules_days', violation_error_message='Work on an invoice begins on day 2.'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['client', '-day', '-id'], name='payment_of_client'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_amount', violation_error_message='The amount of a payment is above zero.'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('source', 'external_id'), name='one_payment_per_external_id', nulls_distinct=False, violation_error_message='There is a payment with this document id already.'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), models.Q(('number', ''), _negated=True)), fields=('source', 'legal_entity', 'number', 'day'), name='one_payment_per_number_and_day', nulls_distinct=False, violation_error_message='There is a payment with this number on this day already.'),
        ),
        migrations.AddConstraint(
            model_name='paymentpart',
            constraint=models.UniqueConstraint(fields=('payment', 'invoice'), name='one_part_per_payment_and_invoice'),
        ),
        migrations.AddConstraint(
            model_name='paymentpart',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_part_amount', violation_error_message='A part of a payment is above zero.'),
        ),
    ]
