"""Leads, their enquiries and contacts, answers, public forms, and the rules they are worked by (R154-R173)."""

from __future__ import annotations

from datetime import time

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client, Contact, Question, Segment
from clients.models.named import Named
from deals.leads.querysets import OPEN, LeadFormQuerySet, LeadQuerySet, LeadRulesQuerySet
from staff.models import Branch

STAGES_WITH_TYPE = ("qualified", "offered")


class LeadSource(Named):
    """Where people hear of us: a dictionary (R166); one no longer used is switched off, never deleted."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("is offered"), default=True)

    class Meta:
        verbose_name = _("source of leads")
        verbose_name_plural = _("sources of leads")
        ordering = ["order", "pk"]


class LeadChannel(models.TextChoices):
    """How an enquiry came in."""

    FORM = "form", pgettext_lazy("lead", "form")
    EMAIL = "email", pgettext_lazy("lead", "e-mail")
    IMPORT = "import", pgettext_lazy("lead", "import")
    API = "api", pgettext_lazy("lead", "API")
    HAND = "hand", pgettext_lazy("lead", "by hand")
    EXHIBITION = "exhibition", pgettext_lazy("lead", "exhibition")


class LeadState(models.TextChoices):
    """How far a lead has come."""

    NEW = "new", pgettext_lazy("lead", "new")
    IN_WORK = "in_work", pgettext_lazy("lead", "in work")
    QUALIFIED = "qualified", pgettext_lazy("lead", "qualified")
    OFFERED = "offered", pgettext_lazy("lead", "offer sent")
    CONVERTED = "converted", pgettext_lazy("lead", "converted")
    CLOSED = "closed", pgettext_lazy("lead", "closed")


class CloseReason(models.TextChoices):
    """Why nothing came of a lead (R163); of the last two nothing more is asked."""

    SILENT = "silent", pgettext_lazy("lead", "stopped answering")
    NO_NEED = "no_need", pgettext_lazy("lead", "no need")
    PRICE = "price", pgettext_lazy("lead", "price or terms")
    ASSORTMENT = "assortment", pgettext_lazy("lead", "assortment")
    OTHER_SUPPLIER = "supplier", pgettext_lazy("lead", "chose another supplier")
    NOT_OURS = "not_ours", pgettext_lazy("lead", "not our buyer")
    OTHER = "other", pgettext_lazy("lead", "other")
    DUPLICATE = "duplicate", pgettext_lazy("lead", "known already")
    SPAM = "spam", pgettext_lazy("lead", "spam")


class Capacity(models.IntegerChoices):
    """How much the region of a lead can take."""

    LOW = 1, pgettext_lazy("capacity", "low")
    MEDIUM = 2, pgettext_lazy("capacity", "medium")
    HIGH = 3, pgettext_lazy("capacity", "high")


class Receiver(models.TextChoices):
    """Who gets what comes in (R157)."""

    CSH = "csh", _("the head of client service shares it out")
    CSM = "csm", _("client service managers in turn, by load")
    SINGLE = "single", _("one person")
    LEAD_MANAGER = "lead_manager", _("the lead manager")


class LeadForm(models.Model):
    """A public form put into other sites: what it asks, and which sites may frame it (R154)."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=150)
    intro = models.CharField(_("words before the fields"), max_length=500, blank=True)
    thanks = models.CharField(_("words of thanks"), max_length=500)
    consent = models.TextField(_("consent to personal data"), max_length=2000)
    source = models.ForeignKey(LeadSource, verbose_name=_("source"), on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, verbose_name=_("branch"), on_delete=models.PROTECT, related_name="+")
    sites = models.TextField(_("sites that may show it"), max_length=2000, blank=True)
    asks_company = models.BooleanField(_("asks for the company"), default=True)
    asks_city = models.BooleanField(_("asks for the city"), default=False)
    asks_text = models.BooleanField(_("asks what it is about"), default=True)
    is_active = models.BooleanField(_("is open"), default=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = LeadFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("form for leads")
        verbose_name_plural = _("forms for leads")
        constraints = [
            models.CheckConstraint(
                condition=~Q(consent="") & ~Q(title="") & ~Q(thanks=""),
                name="lead_form_has_its_words",
                violation_error_message=_("A form has a title, words of thanks and the text of the consent."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def allowed_sites(self) -> list[str]:
        """The sites that may frame it."""
        return self.sites.split()


class LeadRules(models.Model):
    """How leads are worked: who receives them, terms, weights of the score; append-only, the latest holds."""

    receiver = models.CharField(_("who receives leads"), max_length=20, choices=Receiver.choices, default=Receiver.CSH)
    single_receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("that person"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    first_contact_hours = models.PositiveSmallIntegerField(_("first contact within, working hours"), default=2)
    opens_at = models.TimeField(_("the working day begins at"), default=time(9))
    closes_at = models.TimeField(_("the working day ends at"), default=time(18))
    offer_days = models.PositiveSmallIntegerField(_("offer within, working days of qualification"), default=1)
    close_days = models.PositiveSmallIntegerField(_("silent leads are closed after, days"), default=14)
    weight_type = models.PositiveSmallIntegerField(_("weight: priority of the type"), default=30)
    weight_stock = models.PositiveSmallIntegerField(_("weight: own equipment or stock"), default=15)
    weight_need = models.PositiveSmallIntegerField(_("weight: monthly need"), default=25)
    weight_region = models.PositiveSmallIntegerField(_("weight: capacity of the region"), default=10)
    weight_stores = models.PositiveSmallIntegerField(_("weight: number of shops"), default=10)
    weight_decider = models.PositiveSmallIntegerField(_("weight: the decision maker was reached"), default=10)
    full_need = models.PositiveIntegerField(_("monthly need that gives all points"), default=300_000)
    full_stores = models.PositiveSmallIntegerField(_("shops that give all points"), default=10)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = LeadRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules of leads")
        verbose_name_plural = _("rules of leads")
        triggers = [pgtrigger.Protect(name="lead_rules_stay", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.CheckConstraint(
                condition=~Q(receiver=Receiver.SINGLE) | Q(single_receiver__isnull=False),
                name="lead_rules_name_the_person",
                violation_error_message=_("Say which person receives leads."),
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="lead_day_ends_after_it_begins",
                violation_error_message=_("A working day ends after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(
                    first_contact_hours__range=(1, 100),
                    offer_days__range=(1, 60),
                    close_days__range=(1, 365),
                    full_need__gt=0,
                    full_stores__gt=0,
                ),
                name="lead_terms_make_sense",
                violation_error_message=_("Terms are whole numbers above zero: 100 hours, 60 and 365 days at most."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_receiver_display())


@pghistory.track()
class Lead(models.Model):
    """Somebody who may become a client; written only by `deals.leads.actions`, its changes are kept as history."""

    person = models.CharField(_("name of the person"), max_length=200, blank=True)
    company = models.CharField(_("company"), max_length=255, blank=True)
    person_key = models.CharField(max_length=255, blank=True, help_text="normalised name: search, duplicates")
    company_key = models.CharField(max_length=255, blank=True, help_text="normalised name: search, duplicates")
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    phone_key = models.CharField(max_length=60, blank=True, db_collation="C", help_text="normalised: duplicates")
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    email_key = models.CharField(max_length=254, blank=True, db_collation="C", help_text="normalised: duplicates")
    messenger = models.CharField(_("messenger"), max_length=100, blank=True)
    site = models.CharField(_("site"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    inn = models.CharField(_("INN"), max_length=12, blank=True)
    source = models.ForeignKey(LeadSource, verbose_name=_("source"), on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(_("how it came in"), max_length=10, choices=LeadChannel.choices)
    exhibition = models.CharField(_("exhibition"), max_length=150, blank=True)
    branch = models.ForeignKey(Branch, verbose_name=_("branch"), on_delete=models.PROTECT, related_name="+")
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsible"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leads",
    )
    state = models.CharField(
        pgettext_lazy("lead", "state"), max_length=10, choices=LeadState.choices, default=LeadState.NEW
    )
    segment = models.ForeignKey(
        Segment, verbose_name=_("type"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    type_unknown = models.CharField(_("why the type is not known"), max_length=300, blank=True)
    need = models.CharField(_("need"), max_length=1000, blank=True)
    has_stock = models.BooleanField(_("own equipment or stock"), null=True, blank=True)
    monthly_need = models.DecimalField(_("need a month"), max_digits=14, decimal_places=2, null=True, blank=True)
    region_capacity = models.PositiveSmallIntegerField(
        _("capacity of the region"), choices=Capacity.choices, null=True, blank=True
    )
    stores = models.PositiveIntegerField(_("number of shops"), null=True, blank=True)
    decider_reached = models.BooleanField(_("the decision maker was reached"), null=True, blank=True)
    score = models.PositiveSmallIntegerField(_("score"), default=0)
    score_parts = models.JSONField(default=list, help_text="criterion, points, of how many: so that the score explains")
    created_at = models.DateTimeField(_("received"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    active_on = models.DateField(help_text="day of the last sign of life: silent leads are closed by it")
    first_contact_due_at = models.DateTimeField(_("first contact by"))
    first_contacted_at = models.DateTimeField(_("first contact"), null=True, blank=True)
    overdue_told_at = models.DateTimeField(null=True, blank=True)
    qualified_at = models.DateTimeField(_("qualified"), null=True, blank=True)
    offer_due_on = models.DateField(_("offer by"), null=True, blank=True)
    offered_at = models.DateTimeField(_("offer sent"), null=True, blank=True)
    converted_at = models.DateTimeField(_("converted"), null=True, blank=True)
    client = models.ForeignKey(
        Client, verbose_name=_("client"), null=True, blank=True, on_delete=models.PROTECT, related_name="leads"
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="empty: the program, for silence",
    )
    close_reason = models.CharField(_("reason"), max_length=10, choices=CloseReason.choices, blank=True)
    close_comment = models.CharField(_("comment"), max_length=1000, blank=True)

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        indexes = [
            models.Index(fields=["created_at", "id"], name="lead_by_day"),  # the list, the report
            # own leads, load of a person
            models.Index(fields=["responsible", "id"], condition=Q(state__in=OPEN), name="lead_open_of_person"),
            models.Index(fields=["phone_key"], condition=~Q(phone_key=""), name="lead_phone_key"),  # duplicates
            models.Index(fields=["email_key"], condition=~Q(email_key=""), name="lead_email_key"),  # duplicates
            models.Index(fields=["client"], name="lead_of_client"),
            GinIndex(fields=["person_key"], opclasses=["gin_trgm_ops"], name="lead_person_trgm"),  # search
            GinIndex(
                fields=["company_key"], opclasses=["gin_trgm_ops"], name="lead_company_trgm"
            ),  # search, duplicates
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(person="") | ~Q(company=""),
                name="lead_says_who",
                violation_error_message=_("A lead has the name of a person or of a company."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=LeadState.values) & Q(channel__in=LeadChannel.values),
                name="lead_state_known",
                violation_error_message=_("This state or channel of a lead is not known."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[LeadState.NEW, LeadState.CLOSED]) | Q(responsible__isnull=False),
                name="lead_worked_by_somebody",
                violation_error_message=_("A lead in work has a responsible person."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=STAGES_WITH_TYPE) | Q(segment__isnull=False) | ~Q(type_unknown=""),
                name="lead_qualified_with_a_type",
                violation_error_message=_("A qualified lead has a type, or says why it is not known."),
            ),
            models.CheckConstraint(
                condition=Q(state=LeadState.CONVERTED, client__isnull=False, converted_at__isnull=False)
                | (~Q(state=LeadState.CONVERTED) & Q(client__isnull=True, converted_at__isnull=True)),
                name="lead_converted_to_a_client",
                violation_error_message=_("A converted lead has its client, any other has none."),
            ),
            models.CheckConstraint(
                condition=(Q(state=LeadState.CLOSED, closed_at__isnull=False) & ~Q(close_reason=""))
                | (~Q(state=LeadState.CLOSED) & Q(closed_at__isnull=True, close_reason="")),
                name="lead_closed_with_a_reason",
                violation_error_message=_("A closed lead says when and why, an open one does not."),
            ),
            models.UniqueConstraint(
                fields=["phone_key"],
                condition=Q(state__in=OPEN) & ~Q(phone_key=""),
                name="one_open_lead_per_phone",
                violation_error_message=_("There is an open lead with this phone already."),
            ),
            models.UniqueConstraint(
                fields=["email_key"],
                condition=Q(state__in=OPEN) & ~Q(email_key=""),
                name="one_open_lead_per_email",
                violation_error_message=_("There is an open lead with this e-mail already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What it is called: the company, else the person."""
        return self.company or self.person

    @property
    def is_open(self) -> bool:
        """Say whether it is still worked on."""
        return self.state in OPEN


class Enquiry(models.Model):
    """What came in, word for word: of a lead, or of a client known already; append-only (R154, R159)."""

    lead = models.ForeignKey(Lead, null=True, blank=True, on_delete=models.PROTECT, related_name="enquiries")
    client = models.ForeignKey(Client, null=True, blank=True, on_delete=models.PROTECT, related_name="enquiries")
    channel = models.CharField(max_length=10, choices=LeadChannel.choices)
    source = models.ForeignKey(LeadSource, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(LeadForm, null=True, blank=True, on_delete=models.PROTECT, related_name="enquiries")
    person = models.CharField(max_length=200, blank=True)
    reach = models.CharField(max_length=320, blank=True, help_text="phone and e-mail as written")
    text = models.TextField(_("enquiry"), max_length=4000, blank=True)
    received_at = models.DateTimeField(_("received"))
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    consent = models.TextField(max_length=2000, blank=True, help_text="the text a person agreed to")
    consent_at = models.DateTimeField(null=True, blank=True)
    submission = models.UUIDField(unique=True, help_text="of the form: a double click is one enquiry")

    class Meta:
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        indexes = [models.Index(fields=["received_at", "id"], name="enquiry_by_day")]  # traffic
        triggers = [pgtrigger.ReadOnly(name="enquiry_keeps_its_words", fields=["text", "received_at", "consent"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(lead__isnull=False, client__isnull=True) | Q(lead__isnull=True, client__isnull=False),
                name="enquiry_of_a_lead_or_a_client",
                violation_error_message=_("An enquiry is of a lead or of a client."),
            ),
            models.CheckConstraint(
                condition=Q(consent="", consent_at__isnull=True) | (~Q(consent="") & Q(consent_at__isnull=False)),
                name="consent_has_its_moment",
                violation_error_message=_("A consent has its text and its moment."),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80] or self.reach


class TouchKind(models.TextChoices):
    """How somebody spoke with a lead."""

    CALL = "call", pgettext_lazy("touch", "call")
    MEETING = "meeting", pgettext_lazy("touch", "meeting")
    LETTER = "letter", pgettext_lazy("touch", "letter")
    MESSAGE = "message", pgettext_lazy("touch", "message")
    NOTE = "note", pgettext_lazy("touch", "note")


class LeadTouch(models.Model):
    """A call, a letter or a note about a lead with what came of it; append-only."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="touches")
    kind = models.CharField(_("kind"), max_length=10, choices=TouchKind.choices)
    is_reached = models.BooleanField(_("reached"), default=False)
    text = models.CharField(_("what came of it"), max_length=2000)
    at = models.DateTimeField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submission = models.UUIDField(unique=True, help_text="of the form: a double click is one entry")

    class Meta:
        verbose_name = _("contact with a lead")
        verbose_name_plural = _("contacts with leads")
        triggers = [pgtrigger.Protect(name="lead_touch_stays", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""), name="touch_says_what", violation_error_message=_("Say what came of it.")
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]


class LeadAnswer(models.Model):
    """What a lead answered to a question of the questionnaire; it goes to the client at conversion (R161)."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="answers", db_index=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=500)

    class Meta:
        verbose_name = _("answer of a lead")
        verbose_name_plural = _("answers of leads")
        constraints = [
            models.UniqueConstraint(fields=["lead", "question"], name="one_answer_of_a_lead"),
            models.CheckConstraint(
                condition=~Q(text=""), name="lead_answer_says", violation_error_message=_("An answer says something.")
            ),
        ]

    def __str__(self) -> str:
        return self.text
