"""Builders of rows for tests: plain functions, no random data, everything said by the caller or fixed here."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from clients.models import (
    Client,
    ClientDocument,
    Communication,
    CommunicationResult,
    Contact,
    ContactPoint,
    ExternalCode,
    LegalEntity,
    Ownership,
    OwnershipReason,
    Product,
    Shipment,
    ShipmentLine,
    Source,
    Standing,
    TouchedMonth,
)
from deals.dealing import actions as dealing
from deals.dealing.models import Deal
from deals.leads.models import Lead, LeadForm, LeadRules, LeadSource
from deals.models import Task
from deals.pipelines.models import Pipeline, Stage
from salescrm.base import names
from salescrm.base.models import NumberVersion, StoredFile
from segmentation.contact_norm import ContactNorm
from segmentation.models import RuleSet
from segmentation.priorities.models import PriorityRules
from segmentation.priorities.programmes.models import Programme
from staff.access import Role
from staff.models import Branch, Employee

PASSWORD = "pw-for-tests-1"
BEGIN = date(2020, 1, 1)


def branch(code: str = "spb", **fields: Any) -> Branch:
    """Get or make a branch; the first one is the head office."""
    found = Branch.objects.filter(code=code).first()
    if found is not None:
        return found
    fields = {"name": code.upper(), "is_head_office": not Branch.objects.filter(is_head_office=True).exists()} | fields
    return Branch.objects.create(code=code, **fields)


def employee(username: str, role: str = Role.CSM, **fields: Any) -> Employee:
    """Make a person who can sign in with PASSWORD."""
    made = _employee(username, role, fields | {"branch": fields.get("branch") or branch()})
    made.save()
    return made


def one_of_each_role(branch: Branch) -> dict[str, Employee]:
    """Make a person of each role in a branch, by role; the log-in is the role's code."""
    limits: dict[str, int] = {Role.BDM_RECOVERY: 100}
    people = [_employee(role, role, {"branch": branch, "recovery_limit": limits.get(role)}) for role in Role.values]
    return {person.role: person for person in Employee.objects.bulk_create(people)}


def _employee(username: str, role: str, fields: dict[str, Any]) -> Employee:
    fields = {"first_name": username.capitalize(), "last_name": "Testov"} | fields
    made = Employee(username=username, email=f"{username}@crm.example", role=role, **fields)
    made.set_password(PASSWORD)
    return made


def source(code: str = "1c") -> Source:
    """Get or make a source of documents."""
    return Source.objects.get_or_create(code=code, defaults={"name": code})[0]


def client(name: str, owner: Employee, *, since: date = BEGIN, code: str = "", inn: str = "", **fields: Any) -> Client:
    """Make a client with one legal entity, its code, its first owner and its Standing row."""
    standing = fields.pop("standing", {})
    fields = {
        "branch": owner.branch,
        "created_on": since,
        "name_key": names.key(name),
        "name_sort": names.sort_key(name),
    } | fields
    made = Client.objects.create(name=name, owned_from=since, **fields)
    Ownership.objects.create(client=made, owner=owner, starts_on=since, reason=OwnershipReason.FIRST)
    entity = LegalEntity.objects.create(client=made, name=name, name_key=names.key(name), inn=inn)
    ExternalCode.objects.create(source=source(), code=code or name, legal_entity=entity)
    Standing.objects.create(client=made, **standing)
    return made


def contact(client: Client, name: str, **fields: Any) -> Contact:
    """Make a person of a client."""
    fields = {"created_on": BEGIN} | fields
    return Contact.objects.create(client=client, name=name, name_key=names.key(name), **fields)


def point(client: Client, value: str, kind: str = "phone", **fields: Any) -> ContactPoint:
    """Make a way to reach a person (`contact`) or the company; the value is given in its one form."""
    return ContactPoint.objects.create(client=client, kind=kind, value=value, value_key=value, **fields)


def shipment(
    client: Client, day: date, amount: Any, *, number: str = "", lines: int = 1, product: Product | None = None
) -> Shipment:
    """Make a document of `amount` split over `lines`; a negative one is a return. The month is marked as touched."""
    entity = client.legal_entities.order_by("pk")[0]
    number = number or f"N{Shipment.objects.count() + 1}"
    content = uuid.UUID(hashlib.md5(f"{number}{day}{amount}".encode(), usedforsecurity=False).hexdigest())
    made = Shipment.objects.create(
        source=source(),
        number=number,
        period=day.year,
        legal_entity=entity,
        day=day,
        total=Decimal(amount),
        content=content,
    )
    part = Decimal(amount) / lines
    ShipmentLine.objects.bulk_create(
        [
            ShipmentLine(shipment=made, position=n + 1, product=product, quantity=1, price=part, amount=part)
            for n in range(lines)
        ]
    )
    TouchedMonth.objects.create(legal_entity=entity, month=day.replace(day=1))
    return made


def figure(code: str, value: int, day: date) -> NumberVersion:
    """A version of a figure from a day on."""
    author = Employee.people.working().order_by("pk")[0]
    return NumberVersion.objects.create(
        code=code, value=value, effective_from=day, comment="for the test", author=author
    )


def task(title: str, assignee: Employee, *, due_on: date, **fields: Any) -> Task:
    """Make a task of the assignee's own, as `deals.actions` writes it."""
    return Task.objects.create(title=title, assignee=assignee, due_on=due_on, **({"author": assignee} | fields))


def pipeline(purpose: str = "shipment", *, stages: int = 2, **fields: Any) -> Pipeline:
    """Get or make a pipeline of open stages that ask for nothing, won and lost; the next deal follows by itself."""
    code = fields.pop("code", purpose)
    found = Pipeline.objects.filter(code=code).first()
    if found is not None:
        return found
    made = Pipeline.objects.create(code=code, name=code, purpose=purpose, **({"opens_next": True} | fields))
    for n in range(1, stages + 1):
        Stage.objects.create(code=f"{code}-{n}", name=f"stage {n}", pipeline=made, order=n, norm_days=3)
    for n, kind in enumerate(("won", "lost"), 90):
        Stage.objects.create(code=f"{code}-{kind}", name=kind, pipeline=made, order=n, kind=kind)
    return made


def deal(client: Client, owner: Employee, today: date, title: str = "Поло на август", **fields: Any) -> Deal:
    """Open a deal as its owner does, in the shipment pipeline where none is said."""
    moment = datetime.combine(today, time(10), tzinfo=UTC)
    fields = {"pipeline": fields.pop("pipeline", None) or pipeline(), "amount": Decimal(1000)} | fields
    return dealing.open_deal(
        client=client, title=title, owner=owner, acting_user=owner, today=today, now=moment, **fields
    )


def result(code: str = "agreed", **fields: Any) -> CommunicationResult:
    """Get or make a result of communications."""
    return CommunicationResult.objects.get_or_create(code=code, defaults={"name": code} | fields)[0]


def said(client: Client, author: Employee, day: date, text: str = "Говорили", **fields: Any) -> Communication:
    """Make an entry about a client: a call spoken both ways with a result that counts."""
    spoken = {"kind": "call", "is_connected": True, "is_two_way": True, "submission": uuid.uuid4()}
    fields = spoken | {"result": result()} | fields
    return Communication.objects.create(client=client, author=author, day=day, text=text, **fields)


def rule_set(**fields: Any) -> RuleSet:
    """Make the rule set in force from the beginning, TOP = AX."""
    return RuleSet.objects.create(**({"effective_from": date(2000, 1, 1), "top_cells": ["AX"]} | fields))


def contact_norm(**fields: Any) -> ContactNorm:
    """Make the contact norm in force from the beginning: TOP and new monthly, others once in three months."""
    return ContactNorm.objects.create(**({"effective_from": date(2000, 1, 1)} | fields))


def priority_rules(**fields: Any) -> PriorityRules:
    """Make the criteria of priority in force from the beginning."""
    made = PriorityRules.objects.create(**({"effective_from": date(2000, 1, 1)} | fields))
    made.refresh_from_db()
    return made


def programme(client: Client, owner: Employee, **fields: Any) -> Programme:
    """Make a programme of 2026 for all goods that waits for approval; `state="running"` is approved by its owner."""
    given: dict[str, Any] = {
        "year": 2026, "starts_on": date(2026, 1, 1), "aim": "Удвоить оборот", "aim_turnover": Decimal(1000),
        "made_on": date(2026, 1, 12), "made_by": owner,
    }  # fmt: skip
    if fields.get("state") == "running":
        given |= {"approved_on": date(2026, 1, 12), "approved_by": owner}
    return Programme.objects.create(client=client, owner=owner, **given | fields)


def document(
    client: Client, author: Employee, title: str = "Договор", content: bytes = b"text", **fields: Any
) -> ClientDocument:
    """Make a paper of a client with a small text file."""
    stored = StoredFile(name=f"{title}.txt", content_type="text/plain", size=len(content), created_by=author)
    stored.sha256 = hashlib.sha256(content).hexdigest()
    stored.file.save("document.txt", ContentFile(content))
    fields = {"kind": "contract", "added_on": BEGIN, "submission": uuid.uuid4(), "place": 1} | fields
    return ClientDocument.objects.create(client=client, file=stored, title=title, added_by=author, **fields)


def lead_source(code: str = "site", **fields: Any) -> LeadSource:
    """Get or make a source of leads."""
    return LeadSource.objects.get_or_create(code=code, defaults={"name": code} | fields)[0]


def lead(company: str = "", person: str = "", **fields: Any) -> Lead:
    """Make an open lead received on 15 July 2026 at 10:00, whose first contact is due at 12:00; in the head office."""
    begun = datetime(2026, 7, 15, 10, tzinfo=timezone.get_default_timezone())
    given: dict[str, Any] = {
        "branch": branch(), "source": lead_source(), "channel": "hand", "created_at": begun, "active_on": begun.date(),
        "first_contact_due_at": begun.replace(hour=12), "company_key": names.key(company) if company else "",
        "person_key": names.key(person) if person else "",
    }  # fmt: skip
    for name in ("phone", "email"):
        given[f"{name}_key"] = fields.get(name, "")
    return Lead.objects.create(company=company, person=person, **given | fields)


def lead_form(author: Employee, **fields: Any) -> LeadForm:
    """Make an open form that one site may show."""
    given: dict[str, Any] = {
        "slug": "proba", "title": "Оставьте заявку", "thanks": "Спасибо!", "consent": "Согласен на обработку данных",
        "source": lead_source(), "branch": author.branch, "sites": "https://shop.example", "created_by": author,
        "created_at": datetime(2026, 7, 1, tzinfo=timezone.get_default_timezone()),
    }  # fmt: skip
    return LeadForm.objects.create(**given | fields)


def lead_rules(**fields: Any) -> LeadRules:
    """Make the newest version of the rules of leads."""
    return LeadRules.objects.create(
        **{"created_at": datetime(2026, 7, 1, tzinfo=timezone.get_default_timezone())} | fields
    )
