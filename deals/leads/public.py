"""The guard of the public form: a signed token instead of a session, a least time, a count per address (R154).

The form stands in frames of other sites, where a browser keeps our cookies back: a CSRF cookie would fail there, and
there is nothing it could protect, as the form acts for nobody and reads no session. What it does need is proof that
it was asked for a moment ago by a reader: the token carries its form, a number that makes a double click one enquiry,
and the time, all signed.
"""

from __future__ import annotations

import ipaddress
import uuid
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest

from deals.leads.models import LeadForm

SALT = "lead-form"
LEAST_SECONDS = 3  # people need longer to fill it in
MOST_SECONDS = 24 * 60 * 60
MOST_SENT = 5  # forms from one address
WINDOW = 10 * 60  # seconds
NETWORK = 64  # bits of an IPv6 address that are one household


@dataclass(frozen=True)
class Token:
    """What the signed token says: the number of the submission, and how old it is."""

    submission: uuid.UUID


class TooFast(Exception):
    """Sent sooner than a person can."""


class Stale(Exception):
    """Not ours, of another form, or too old."""


def token(form: LeadForm) -> str:
    """Return a fresh token of a form."""
    return signing.TimestampSigner(salt=SALT).sign(f"{form.pk}.{uuid.uuid4().hex}")


def read(text: str, form: LeadForm) -> Token:
    """Return what a token says; raise TooFast or Stale."""
    signer = signing.TimestampSigner(salt=SALT)
    try:
        plain = signer.unsign(text, max_age=MOST_SECONDS)
        number, _dot, submission = plain.partition(".")
        found = Token(uuid.UUID(submission))
    except (signing.BadSignature, ValueError) as fault:
        raise Stale from fault
    if number != str(form.pk):
        raise Stale
    try:
        signer.unsign(text, max_age=LEAST_SECONDS)
    except signing.SignatureExpired:
        return found
    raise TooFast


def is_too_many(request: HttpRequest, form: LeadForm) -> bool:
    """Count a form sent from an address; say whether it was one too many."""
    key = f"lead-form:{form.pk}:{_network(str(get_adapter(request).get_client_ip(request)))}"
    if cache.add(key, 1, WINDOW):
        return False
    try:
        return int(cache.incr(key)) > MOST_SENT
    except ValueError:  # it ran out this very moment
        return False


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((found, NETWORK), strict=False))
