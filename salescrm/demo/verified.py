"""What the sample company's managers verified of their clients: company data, phones, answers.

A random stream of its own: nothing else of the company moves with it.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from django.db.models import OuterRef, Subquery

from clients.models import Client, Ownership, Verification, VerifiedBlock

LATELY, LONG_AGO = 150, 600  # days
SHARES = {VerifiedBlock.COMPANY: 0.55, VerifiedBlock.POINTS: 0.6, VerifiedBlock.QUESTIONNAIRE: 0.2}


def write(chance: Random, until: date) -> None:
    """Write verifications of blocks, most of them of the last months."""
    owners = Ownership.objects.filter(ends_on__isnull=True, client=OuterRef("pk")).values("owner")[:1]
    made = []
    known = Client.objects.order_by("pk").annotate(owner=Subquery(owners))
    for pk, created_on, owner in known.values_list("pk", "created_on", "owner"):
        for block, share in SHARES.items():
            days = chance.randint(0, LATELY if chance.random() < 0.75 else LONG_AGO)
            if chance.random() < share:
                day = max(until - timedelta(days=days), created_on)
                made.append(Verification(client_id=pk, block=block, day=day, author_id=owner))
    Verification.objects.bulk_create(made, batch_size=5_000)
