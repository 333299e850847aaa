"""The one writer of completeness and correctness in Standing, and what people verify (R4, R5).

Every act that changes what is known of clients calls `write` in its transaction. A verification runs out by itself, so
once a day `write_all` goes through everybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import islice
from typing import Any

from django.db import transaction

from clients.contacts import rules as terms
from clients.models import (
    Client,
    CompletenessRules,
    CompletenessWrite,
    Contact,
    ContactPoint,
    Standing,
    Verification,
    VerifiedBlock,
)
from salescrm.base import jobs, sql
from staff.handbook import actions as handbook
from staff.handbook.models import Setup
from staff.models import Employee

BATCH = 1_000  # clients in one transaction: about a second


@transaction.atomic
def write(client_ids: Iterable[int], *, today: date) -> int:
    """Write completeness and correctness of these clients; return how many changed.

    1. Lock their rows in the order of clients, so that of two people who write about one client the later counts both.
    2. Compute and write what differs in one statement.
    3. Note that something changed: totals of lists that are kept hold no longer.
    """
    named = sorted(set(client_ids))
    locked = Standing.objects.select_for_update(no_key=True).filter(client__in=named).order_by("client")
    list(locked.values_list("client", flat=True))
    changed = sql.run("clients", "write_completeness", {"client_ids": named, **parameters(today)})
    if changed:
        CompletenessWrite.objects.create(day=today, clients=changed)
    return changed


def parameters(today: date) -> dict[str, Any]:
    """Return the rules in force as parameters of the statement."""
    rules = CompletenessRules.objects.in_force()
    weights = rules.weights
    return {
        "parts": [str(part) for part in weights],
        "weights": list(weights.values()),
        "top_since": terms.verified_after(today, top=True, rules=rules),
        "other_since": terms.verified_after(today, top=False, rules=rules),
    }


def write_soon(client_ids: Iterable[int], *, acting_user: Employee, today: date) -> None:
    """Write these clients at once; more than a batch of them with everybody, in the background."""
    named = list(client_ids)
    if len(named) <= BATCH:
        write(named, today=today)
    else:
        jobs.start("completeness", by=acting_user, today=today.isoformat())


def write_all(*, today: date, only_new: bool = False, progress: jobs.Progress | None = None) -> int:
    """Write everybody, or those not written yet, a batch a transaction; return how many changed."""
    clients = Client.objects.present().filter(**({"standing__completeness": None} if only_new else {}))
    numbers = iter(list(clients.order_by("pk").values_list("pk", flat=True)))
    total = clients.count() if progress else None
    done = changed = 0
    while batch := list(islice(numbers, BATCH)):
        changed += write(batch, today=today)
        done += len(batch)
        if progress:
            progress.tell(done, total)
    return changed


@transaction.atomic
def note(*, client: Client, block: VerifiedBlock, acting_user: Employee, today: date) -> None:
    """Note that a block of a client's fields was said to be right; the first one on a day stands."""
    said = {"defaults": {"author": acting_user}}
    Verification.objects.get_or_create(client=client, block=block, day=today, **said)


@transaction.atomic
def verify_company(*, client: Client, acting_user: Employee, today: date) -> None:
    """Say that what is known of the company is right today."""
    note(client=client, block=VerifiedBlock.COMPANY, acting_user=acting_user, today=today)
    write([client.pk], today=today)


@transaction.atomic
def verify_people(*, client: Client, acting_user: Employee, today: date) -> None:
    """Say that the people of a client and all its phones are right today; who said so first on a day stands."""
    here = Contact.objects.filter(client=client, left_on=None)
    points = ContactPoint.objects.filter(client=client, contact__left_on=None, dead_on=None)
    points.filter(failed_attempts__gt=0).update(**terms.NO_ATTEMPTS)
    here.exclude(verified_on=today).update(verified_on=today, verified_by=acting_user)
    note(client=client, block=VerifiedBlock.POINTS, acting_user=acting_user, today=today)
    write([client.pk], today=today)


@transaction.atomic
def verify_questionnaire(*, client: Client, acting_user: Employee, today: date) -> None:
    """Say that the answers of the questionnaire are still right today."""
    note(client=client, block=VerifiedBlock.QUESTIONNAIRE, acting_user=acting_user, today=today)
    write([client.pk], today=today)


@transaction.atomic
def save_rules(*, rules: CompletenessRules, acting_user: Employee, today: date) -> None:
    """Keep a version of the rules and write everybody by it, in the background."""
    rules.pk, rules.author = None, acting_user
    rules._state.adding = True
    rules.save()
    handbook.settings_changed(Setup.COMPLETENESS)
    jobs.start("completeness", by=acting_user, today=today.isoformat())
