"""A sales department and Online Retail's year in the base, for nights to run over."""

from __future__ import annotations

from datetime import date

from django.core.management import call_command
from django.db import connection

from clients.models import Client, Ownership
from staff.access import Role
from staff.models import Absence, Branch, Employee
from tests import make, needs

FILE = "data/uci_online_retail/online_retail.csv.gz"


def department() -> dict[str, Employee]:
    """Make two branches with their people: limits that fill up, absences short and long."""
    spb, msk = make.branch("spb"), make.branch("msk")
    people = {
        "hos": make.employee("hos", Role.HOS),
        "head_spb": make.employee("head_spb", Role.BRANCH_HEAD, branch=spb),
        "head_msk": make.employee("head_msk", Role.BRANCH_HEAD, branch=msk),
        "anna": make.employee("anna", Role.CSM, branch=spb),
        "boris": make.employee("boris", Role.CSM, branch=spb),
        "vera": make.employee("vera", Role.CSM, branch=msk),
        "one": make.employee("one", Role.BDM_RECOVERY, branch=spb, recovery_limit=250),
        "two": make.employee("two", Role.BDM_RECOVERY, branch=spb, recovery_limit=190),
        "none": make.employee("none", Role.BDM_RECOVERY, branch=spb),
        "three": make.employee("three", Role.BDM_RECOVERY, branch=msk, recovery_limit=110),
    }
    for name, start, end in (
        ("two", date(2011, 6, 14), date(2011, 6, 28)),
        ("one", date(2011, 6, 30), date(2011, 7, 4)),
        ("three", date(2011, 4, 4), date(2011, 5, 2)),
        ("one", date(2011, 9, 5), date(2011, 9, 26)),
    ):
        Absence.objects.create(employee=people[name], starts_on=start, ends_on=end)
    return people


def online_retail(people: dict[str, Employee]) -> None:
    """Import the year and deal the clients out to sellers and branches by their ids."""
    call_command("import_orders", str(needs.shared() / FILE), map="uci_online_retail", verbosity=0)
    msk = Branch.objects.get(code="msk")
    Client.objects.extra(where=["id %% 5 = 0"]).update(branch=msk)
    dealt = Ownership.objects.filter(ends_on=None)
    dealt.filter(client__branch=msk).update(owner=people["vera"])
    dealt.exclude(client__branch=msk).extra(where=["client_id %% 2 = 0"]).update(owner=people["anna"])
    dealt.exclude(client__branch=msk).extra(where=["client_id %% 2 = 1"]).update(owner=people["boris"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
