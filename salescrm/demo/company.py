"""Fills an empty base with the sample company, and takes it away again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

import pghistory
from django.db import connection, transaction

from clients import ownership
from clients.models import Client, Shipment, Source
from salescrm.base import clock, reference
from salescrm.demo import (
    acquaintances,
    buyers,
    figures,
    goods,
    history,
    later,
    learning,
    people,
    portfolios,
    twins,
    types,
    verified,
)
from salescrm.demo.buyers import Buyer
from salescrm.demo.figures import Halves
from salescrm.demo.goods import Good
from salescrm.demo.history import Document
from salescrm.demo.store import SOURCE, Store, analyze
from segmentation.models import RuleSet
from staff.handbook.actions import load_content
from staff.models import Employee


class RefusalError(Exception):
    """Why the base was left as it is, in one line."""


@dataclass
class Sample:
    """What the generator made, before anything is written."""

    halves: Halves
    goods: Sequence[Good]
    buyers: list[Buyer]
    documents: list[Document]

    @property
    def first_days(self) -> dict[int, date]:
        """Return the day of each client's first document, by the client's number."""
        found: dict[int, date] = {}
        for document in self.documents:
            number = document.buyer.number
            found[number] = min(document.day, found.get(number, document.day))
        return found


def invent(seed: int, until: date) -> Sample:
    """Make clients and documents in memory; the same seed and last day give the same company."""
    halves = figures.halves(until)
    made = buyers.make(Random(f"{seed}:buyers"))  # noqa: S311  # a sample, no secret
    portfolios.assign(made, Random(f"{seed}:portfolios"))  # noqa: S311
    products = goods.price_list()
    documents = history.write(made, halves, products, Random(f"{seed}:history"))  # noqa: S311
    documents += later.write(made, halves, products, Random(f"{seed}:later"))  # noqa: S311
    return Sample(halves, products, made, documents)


def is_there() -> bool:
    """Say whether the base holds the sample company."""
    return Source.objects.filter(code=SOURCE).exists()


@transaction.atomic
def fill(seed: int, until: date) -> Sample:
    """Write the sample company into an empty base; raise RefusalError when other data is there."""
    if Client.objects.exists() or Shipment.objects.exists():
        raise RefusalError("the base holds data of real origin; the sample company goes into an empty base only")
    sample = invent(seed, until)
    with pghistory.context(job="demo"):
        reference.load()
        load_content(clock.now())
        staff = people.hire()
        people.send_away(staff, until)
        people.approve_structure(staff, until)
        learning.write(seed, until, staff)
        _set_rules(staff, sample.halves)
        store = Store(staff, sample.halves, Random(f"{seed}:store"))  # noqa: S311
        store.goods(sample.goods)
        store.clients(sample.buyers, sample.first_days)
        store.documents(sample.documents)
        store.potential()
        analyze()
        acquaintances.write(Random(f"{seed}:acquaintances"), until)  # noqa: S311
        analyze()
        types.fill(seed, until, staff)
        twins.write()
        verified.write(Random(f"{seed}:verified"), until)  # noqa: S311
    return sample


def _set_rules(staff: dict[str, Employee], halves: Halves) -> None:
    """Write the company's rules: 248 TOP clients of three cells, first purchases known from the second half-year."""
    RuleSet.objects.get_or_create(
        effective_from=halves.begin,
        defaults={
            "author": staff["hos"],
            "comment": "Правила отдела продаж: TOP не более 248 клиентов",
            "top_cells": ["AX", "AY", "BX"],
            "top_cap": figures.TOP_SIZE,
            "first_purchase_known_from": halves.second,
        },
    )


@transaction.atomic
def remove() -> None:
    """Empty the tables of clients and of what was computed from them; people, rules and reference rows stay."""
    if Shipment.objects.exclude(source__code=SOURCE).exists():
        raise RefusalError("the base holds documents of another source beside the sample company")
    ownership.check_now()  # a table whose keys wait to be looked at cannot be emptied
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE clients_client, clients_product, clients_source, clients_touchedmonth, base_steprun, "
            "base_notification, segmentation_focuslist, kpi_month, kpi_planversion, kpi_forecast, kpi_yeargoal, "
            "kpi_seasonality, kpi_payscheme, kpi_payfundrate, kpi_changestep, kpi_review, kpi_meeting, "
            "kpi_ownreport, deals_specialtask CASCADE"
        )
