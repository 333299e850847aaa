"""What comes in: an enquiry as it was said, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from clients.models import Client
from deals.leads.models import Enquiry, Lead, LeadChannel, LeadForm, LeadSource
from staff.models import Branch


@dataclass(frozen=True)
class Said:
    """An enquiry as it came in; phone and e-mail with their one form, empty where there is none."""

    channel: LeadChannel
    source: LeadSource
    branch: Branch
    submission: UUID
    person: str = ""
    company: str = ""
    phone: str = ""
    phone_key: str = ""
    email: str = ""
    email_key: str = ""
    messenger: str = ""
    site: str = ""
    city: str = ""
    inn: str = ""
    text: str = ""
    exhibition: str = ""
    form: LeadForm | None = None
    consent: str = ""


@dataclass(frozen=True)
class Received:
    """What became of an enquiry: a new lead, or whom it was attached to."""

    enquiry: Enquiry
    lead: Lead | None
    is_new: bool

    @property
    def client(self) -> Client | None:
        """The known client it was attached to."""
        return self.enquiry.client
