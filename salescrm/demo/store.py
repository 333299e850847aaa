"""Writes the sample company into the base: people by rows, clients by sets, documents by COPY."""

from __future__ import annotations

import csv
import hashlib
import io
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db import connection

from clients.models import (
    BuyerKind,
    Category,
    Channel,
    Client,
    ExternalCode,
    LegacyType,
    LegalEntity,
    LifeCycle,
    Ownership,
    OwnershipReason,
    Participant,
    Product,
    Segment,
    Source,
    Standing,
)
from salescrm.base import names as base_names
from salescrm.demo.buyers import Buyer
from salescrm.demo.figures import Halves
from salescrm.demo.goods import Good
from salescrm.demo.history import Document
from salescrm.demo.names import Firm, Names
from staff.models import Branch, Employee

SOURCE = "demo"
LEVELLED = 0.05  # of the clients of the first half-year changed their manager once
POTENTIAL = 60
POTENTIALS = ("C", "B", "", "D", "A", "E")  # of the old books, by no rule
OLD_TYPES = {  # what the types of today were before the regrouping, by the numbers of the old list
    "ad_agency": (7, 7, 4), "ad_production": (8, 8, 8, 6, 9, 4), "workwear_production": (12, 10),
    "workwear_wholesale": (11, 11, 10), "workwear_retail": (11,), "trade_wholesale": (15, 15, 13),
    "trade_retail": (17, 17, 13), "trade_chain": (13,), "trade_internet": (2,), "trade_other": (16,),
    "souvenir_prints": (14,), "event_agency": (5,), "consumer": (3,), "end_buyer": (18, 19), "horeca": (1,),
}  # fmt: skip
PREFIXES = {"spb": "СП", "msk": "МС"}


class Store:
    """Knows the rows made so far; used once."""

    def __init__(self, people: dict[str, Employee], halves: Halves, random: Random) -> None:
        self._people, self._halves, self._random = people, halves, random
        self._branches = Branch.objects.in_bulk(field_name="code")
        self._segments = Segment.objects.in_bulk(field_name="code")
        self._old_types = LegacyType.objects.in_bulk(field_name="number")
        self._names = Names(random)
        self._source = Source.objects.create(code=SOURCE, name="1С: Управление торговлей", vat_included=True)
        self._products: dict[str, int] = {}
        self._entities: dict[int, int] = {}

    def goods(self, goods: Sequence[Good]) -> None:
        """Write the price list."""
        categories = {category.name: category for category in Category.objects.all()}
        rows = [
            Product(source=self._source, code=good.code, name=good.name, category=categories.get(good.category))
            for good in goods
        ]
        self._products = {product.code: product.pk for product in Product.objects.bulk_create(rows)}

    def clients(self, buyers: Sequence[Buyer], first_days: dict[int, date]) -> None:
        """Write clients with legal entity, code, owners and Standing; those without documents are left out."""
        bought = [buyer for buyer in buyers if buyer.number in first_days]
        firms = [self._names.firm(buyer.branch, buyer.segment, large=not buyer.is_small) for buyer in bought]
        rows = [self._client(buyer, firm, first_days[buyer.number]) for buyer, firm in zip(bought, firms, strict=True)]
        made = Client.objects.bulk_create(rows)
        entities = self._legal_entities(made, firms, [f"К-{buyer.number:05d}" for buyer in bought])
        self._entities = {buyer.number: entity.pk for buyer, entity in zip(bought, entities, strict=True)}
        Ownership.objects.bulk_create(
            row for client, buyer in zip(made, bought, strict=True) for row in self._owners(client, buyer)
        )
        Standing.objects.bulk_create(Standing(client=client) for client in made)
        largest = sorted(zip(made, bought, strict=True), key=lambda pair: -sum(pair[1].turnover))
        Participant.objects.bulk_create(
            Participant(client=client, employee=self._people["bdm_key"], starts_on=self._halves.third)
            for client, buyer in largest[:15]
            if buyer.top
        )

    def potential(self) -> None:
        """Write clients that have not bought yet."""
        owners = [self._people["lead_manager"]] * 2 + [self._people["bdm_key"]]
        codes = ("ad_production", "trade_internet", "workwear_wholesale", "trade_retail", "horeca", "ad_agency")
        firms = [self._names.firm("spb" if n % 3 else "msk", codes[n % 6], large=True) for n in range(POTENTIAL)]
        made = []
        for number, firm in enumerate(firms):
            day = self._halves.until - timedelta(days=self._random.randint(1, 90))
            made.append(self._row(firm, codes[number % 6], "spb" if number % 3 else "msk", day))
        made = Client.objects.bulk_create(made)
        self._legal_entities(made, firms, [])
        Ownership.objects.bulk_create(
            Ownership(client=client, owner=owners[n % 3], starts_on=client.owned_from, reason=OwnershipReason.FIRST)
            for n, client in enumerate(made)
        )
        Standing.objects.bulk_create(Standing(client=client, life_cycle=LifeCycle.POTENTIAL) for client in made)

    def documents(self, documents: Iterable[Document]) -> None:
        """Write documents and lines in the order of their days, and mark what the night has to sum up."""
        ordered = sorted(documents, key=lambda document: (document.day, document.buyer.number, document.target < 0))
        ids = _next_ids("clients_shipment", len(ordered))
        numbers = Numbers()
        numbered = [(pk, numbers.next(document), document) for pk, document in zip(ids, ordered, strict=True)]
        _copy("clients_shipment", SHIPMENT_COLUMNS, (self._shipment(*row) for row in numbered))
        _copy("clients_shipmentline", LINE_COLUMNS, self._lines(numbered))
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO clients_touchedmonth (legal_entity_id, month) "
                "SELECT DISTINCT legal_entity_id, date_trunc('month', day)::date FROM clients_shipment "
                "WHERE source_id = %s",
                [self._source.pk],
            )

    def _client(self, buyer: Buyer, firm: Firm, first_day: date) -> Client:
        row = self._row(firm, buyer.segment, buyer.branch, first_day)
        numbers = OLD_TYPES[buyer.segment]
        row.legacy_type = self._old_types[numbers[len(firm.name) % len(numbers)]]
        row.legacy_potential = POTENTIALS[len(firm.name) % len(POTENTIALS)]
        row.buyer_kind = BuyerKind.RETAIL if buyer.segment == "consumer" else BuyerKind.WHOLESALE
        return row

    def _row(self, firm: Firm, segment: str, branch: str, day: date) -> Client:
        return Client(
            name=firm.name,
            name_key=base_names.key(firm.name),
            name_sort=base_names.sort_key(firm.name),
            segment=self._segments[segment],
            branch=self._branches[branch],
            city=firm.city.name,
            region=firm.city.region,
            channel=Channel.INTERNET_SHOP if segment == "trade_internet" else Channel.WHOLESALE,
            owned_from=day,
            created_on=day,
        )

    def _legal_entities(self, clients: list[Client], firms: list[Firm], codes: list[str]) -> list[LegalEntity]:
        entities = LegalEntity.objects.bulk_create(
            LegalEntity(
                client=client,
                name=firm.legal_name,
                name_key=base_names.key(firm.legal_name),
                inn=firm.inn,
                kpp=firm.kpp,
            )
            for client, firm in zip(clients, firms, strict=True)
        )
        ExternalCode.objects.bulk_create(
            ExternalCode(source=self._source, code=code, legal_entity=entity)
            for entity, code in zip(entities, codes, strict=False)
        )
        return entities

    def _owners(self, client: Client, buyer: Buyer) -> Iterator[Ownership]:
        """The owner of the portfolio; some clients had another one until the second half-year began."""
        owner, start = self._people[buyer.owner], client.owned_from
        before = self._before(buyer, owner) if start < self._halves.second else None
        if before is not None:
            yield Ownership(
                client=client, owner=before, starts_on=start, ends_on=self._halves.second, reason=OwnershipReason.FIRST
            )
            start = self._halves.second
        reason = OwnershipReason.FIRST if before is None else OwnershipReason.LEVELLING
        yield Ownership(client=client, owner=owner, starts_on=start, reason=reason)

    def _before(self, buyer: Buyer, owner: Employee) -> Employee | None:
        if self._random.random() >= LEVELLED:
            return None
        others = ("csm1", "csm2", "csm3", "csm4") if buyer.branch == "spb" else ("csm5", "csm6")
        return self._people[self._random.choice([login for login in others if login != owner.username])]

    def _shipment(self, pk: int, number: str, document: Document) -> tuple[Any, ...]:
        return (
            pk,
            self._source.pk,
            "",
            number,
            document.day.year,
            self._entities[document.buyer.number],
            document.day,
            document.total,
            "",
            1,
            self._people[document.buyer.owner].pk,
            _content(number, document),
        )

    def _lines(self, numbered: list[tuple[int, str, Document]]) -> Iterator[tuple[Any, ...]]:
        for pk, _, document in numbered:
            for position, line in enumerate(document.lines, start=1):
                yield (pk, position, self._products[line.good.code], line.quantity, line.price, line.amount)


SHIPMENT_COLUMNS = (
    "id", "source_id", "external_id", "number", "period", "legal_entity_id", "day", "total", "currency", "rate",
    "salesperson_id", "content",
)  # fmt: skip
LINE_COLUMNS = ("shipment_id", "position", "product_id", "quantity", "price", "amount")


class Numbers:
    """Numbers documents as the book-keeping does: a prefix per branch, again from one every year."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, int], int] = {}

    def next(self, document: Document) -> str:
        """Return the next number of the document's branch and year; returns have a row of their own."""
        prefix = PREFIXES[document.buyer.branch] + ("ВЗ" if document.target < 0 else "00")
        key = (prefix, document.day.year)
        self._last[key] = self._last.get(key, 0) + 1
        return f"{prefix}-{self._last[key]:06d}"


def analyze() -> None:
    """Tell the planner what was filled: of tables it knows nothing of, or wrong, a statement takes minutes."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _content(number: str, document: Document) -> uuid.UUID:
    lines = "".join(f"|{line.good.code};{line.quantity};{line.price}" for line in document.lines)
    digest = hashlib.md5(f"{number}|{document.day}{lines}".encode(), usedforsecurity=False)
    return uuid.UUID(hex=digest.hexdigest())


def _next_ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [row[0] for row in cursor.fetchall()]


def _copy(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY rows into a table that no history is kept of."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN WITH (FORMAT csv, NULL '\\N')"
    with connection.cursor() as cursor:
        buffer = io.StringIO()
        csv.writer(buffer).writerows(rows)
        buffer.seek(0)
        cursor.cursor.copy_expert(statement, buffer)
