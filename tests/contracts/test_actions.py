"""The way of a contract: who does what when, what is refused, the tasks and the journal it leaves (R195-R197)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from clients.models import Client, OwnershipReason
from deals import actions as base
from deals.contracts import actions, approval
from deals.contracts.models import Contract, ContractStep
from deals.dealing import stages
from deals.models import Task
from deals.pipelines.models import Asked, Stage
from staff.models import Absence, Employee
from tests import make
from tests.conftest import TODAY
from tests.contracts.scene import NOW, brought, fresh, made, paper

pytestmark = pytest.mark.django_db
People = dict[str, Employee]


@pytest.fixture
def client(people: People) -> Client:
    return make.client("Ромашка", people["csm"])


@pytest.fixture
def contract(client: Client, people: People) -> Contract:
    return made(client, people["csm"], number="12")


def open_tasks(contract: Contract) -> list[str]:
    found = Task.objects.open().filter(client=contract.client_id, origin__startswith="contract_approval")
    return list(found.values_list("assignee__role", flat=True))


def test_the_whole_way(contract: Contract, people: People) -> None:
    csm = people["csm"]
    actions.add_file(upload=paper(), acting_user=csm, **fresh(contract))
    actions.send(acting_user=csm, **fresh(contract))
    assert (contract.steps.count(), open_tasks(contract)) == (3, ["deputy_director"])
    actions.approve(acting_user=people["deputy_director"], **fresh(contract))
    assert open_tasks(contract) == ["hos"]
    actions.approve(acting_user=people["hos"], **fresh(contract))
    assert open_tasks(contract) == ["csm"]
    actions.sign(day=TODAY, upload=paper("signed.pdf"), acting_user=csm, **fresh(contract))
    contract.refresh_from_db()
    assert (contract.state, contract.signed_on, contract.starts_on) == ("active", TODAY, TODAY)
    assert open_tasks(contract) == []
    actions.terminate(why="Закрыли точку", acting_user=csm, **fresh(contract))
    assert list(contract.steps.order_by("pk").values_list("act", flat=True)) == [
        "made", "file", "sent", "approved", "approved", "signed", "terminated",
    ]  # fmt: skip
    assert [one.number for one in contract.versions.order_by("number")] == [1, 2]


def test_what_is_returned_comes_back_to_the_responsible_and_goes_again(contract: Contract, people: People) -> None:
    brought(contract, "commercial", people)
    actions.give_back(why="Нет отсрочки", acting_user=people["hos"], **fresh(contract))
    assert (Contract.objects.get().state, open_tasks(contract)) == ("draft", ["csm"])
    actions.send(acting_user=people["csm"], **fresh(contract))
    assert open_tasks(contract) == ["deputy_director"]


@pytest.mark.parametrize("state", ["commercial", "to_sign"])
def test_a_new_paper_or_other_terms_go_to_approval_anew(contract: Contract, people: People, state: str) -> None:
    brought(contract, state, people)
    actions.add_file(upload=paper(), acting_user=people["csm"], **fresh(contract))
    assert (Contract.objects.get().state, open_tasks(contract)) == ("legal", ["deputy_director"])
    actions.approve(acting_user=people["deputy_director"], **fresh(contract))
    actions.correct(fields={"number": "13"}, acting_user=people["csm"], **fresh(contract))
    assert Contract.objects.get().state == "commercial"
    actions.correct(fields={"subject": "Иное"}, acting_user=people["csm"], **fresh(contract))
    assert Contract.objects.get().state == "legal"


def test_what_was_signed_stays(contract: Contract, people: People) -> None:
    brought(contract, "active", people)
    with pytest.raises(actions.Refused):
        actions.correct(fields={"subject": "Иное"}, acting_user=people["csm"], **fresh(contract))
    actions.add_file(upload=paper(), acting_user=people["csm"], **fresh(contract))
    assert Contract.objects.get().state == "active"


ACTS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("draft", "approve", "hos", {}),
    ("draft", "sign", "csm", {"day": TODAY}),
    ("draft", "terminate", "csm", {"why": "x"}),
    ("draft", "send", "csm", {}),  # without a paper
    ("legal", "send", "csm", {}),
    ("legal", "approve", "hos", {}),
    ("legal", "approve", "csm", {}),
    ("legal", "give_back", "deputy_director", {"why": " "}),
    ("commercial", "approve", "deputy_director", {}),
    ("to_sign", "sign", "csm", {"day": TODAY + timedelta(1)}),
    ("to_sign", "give_back", "hos", {"why": "x"}),
    ("active", "sign", "csm", {"day": TODAY}),
    ("active", "terminate", "csm", {"why": ""}),
]


@pytest.mark.parametrize(("state", "act", "role", "told"), ACTS)
def test_what_is_refused_changes_nothing(
    contract: Contract, people: People, state: str, act: str, role: str, told: dict[str, Any]
) -> None:
    if state != "draft":
        brought(contract, state, people)
    steps = contract.steps.count()
    with pytest.raises(actions.Refused):
        getattr(actions, act)(acting_user=people[role], **fresh(contract), **told)
    assert (Contract.objects.get().state, contract.steps.count()) == (state, steps)


def test_the_second_person_is_told(contract: Contract, people: People) -> None:
    seen = fresh(contract)
    actions.correct(fields={"subject": "Иное"}, acting_user=people["csm"], **seen)
    with pytest.raises(actions.Refused):
        actions.correct(fields={"subject": "Третье"}, acting_user=people["hos"], **seen)
    assert Contract.objects.get().subject == "Иное"


def test_a_form_sent_twice_makes_one(client: Client, people: People, contract: Contract) -> None:
    fields = {"kind": "supply", "legal_entity": contract.legal_entity, "responsible": people["csm"], "subject": "x"}
    told: dict[str, Any] = {
        "client": client,
        "fields": fields,
        "submission": uuid4(),
        "acting_user": people["csm"],
        "now": NOW,
    }
    assert actions.create(**told) == actions.create(**told)


def test_what_it_names_is_of_its_client(client: Client, people: People, contract: Contract) -> None:
    csm = people["csm"]
    other = make.client("Другие", csm)
    of_other = made(other, csm)
    wrong: list[dict[str, Any]] = [
        {"legal_entity": of_other.legal_entity},
        {"deal": make.deal(other, csm, TODAY)},
        {"kind": "addition", "main": of_other},
        {"kind": "addition"},
        {"number": "12"},
    ]
    for fields in wrong:
        with pytest.raises(actions.Refused):
            made(client, csm, **fields)
    addition = made(client, csm, kind="addition", main=contract, deal=make.deal(client, csm, TODAY))
    with pytest.raises(actions.Refused):
        made(client, csm, kind="addition", main=addition)


def test_the_head_of_sales_stands_in_for_an_empty_office(contract: Contract, people: People) -> None:
    assert approval.decides(people["hos"], TODAY) == ["commercial"]
    week = {"starts_on": TODAY, "ends_on": TODAY + timedelta(7)}
    Absence.objects.create(employee=people["deputy_director"], substitute=people["csh"], **week)
    brought(contract, "legal", people)
    assert open_tasks(contract) == ["hos"]
    csh = Employee.objects.get(pk=people["csh"].pk)
    assert approval.decides(csh, TODAY) == ["legal"]
    actions.approve(acting_user=people["hos"], **fresh(contract))
    assert Contract.objects.get().state == "commercial"


def test_the_journal_is_only_added_to(contract: Contract) -> None:
    for act in (ContractStep.objects.all().delete, lambda: ContractStep.objects.update(why="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_new_owner_answers_for_what_is_not_over(contract: Contract, client: Client, people: People) -> None:
    base.change_owners(
        {client.pk: people["bdm_key"].pk}, starts_on=TODAY, reason=OwnershipReason.MANUAL, author=people["hos"].pk
    )
    contract.refresh_from_db()
    assert (contract.responsible, contract.version) == (people["bdm_key"], 2)


def test_a_stage_may_ask_for_a_signed_contract(contract: Contract, client: Client, people: People) -> None:
    deal = make.deal(client, people["csm"], TODAY)
    Stage.objects.filter(pk=deal.stage_id).update(asks=[Asked.CONTRACT])
    deal.refresh_from_db()
    actions.correct(fields={"deal": deal}, acting_user=people["csm"], **fresh(contract))
    assert stages.missing(deal) == [Asked.CONTRACT]
    brought(contract, "active", people)
    assert stages.missing(deal) == []


@pytest.mark.parametrize(
    ("ends_on", "state", "tasks"),
    [
        (TODAY - timedelta(1), "ended", 0),
        (TODAY, "active", 1),
        (TODAY + timedelta(30), "active", 1),
        (TODAY + timedelta(31), "active", 0),
    ],
)
def test_a_day_ends_and_reminds_once(contract: Contract, people: People, ends_on: date, state: str, tasks: int) -> None:
    fields = {"starts_on": date(2026, 1, 1), "ends_on": ends_on}
    actions.correct(fields=fields, acting_user=people["csm"], **fresh(contract))
    brought(contract, "active", people)
    for _run in range(2):
        actions.run_day(NOW)
    contract.refresh_from_db()
    assert contract.state == state
    found = Task.objects.filter(origin=f"contract_ends:{contract.pk}")
    assert [one.assignee_id for one in found] == [people["csm"].pk] * tasks


def test_how_early_it_reminds_is_a_figure(contract: Contract, people: People) -> None:
    fields = {"starts_on": date(2026, 1, 1), "ends_on": TODAY + timedelta(45)}
    actions.correct(fields=fields, acting_user=people["csm"], **fresh(contract))
    brought(contract, "active", people)
    for days, tasks in ((44, 0), (45, 1)):
        make.figure("contract-remind-days", days, TODAY)
        actions.run_day(NOW)
        assert Task.objects.filter(origin=f"contract_ends:{contract.pk}").count() == tasks


@pytest.mark.parametrize(
    ("role", "sees", "changes"),
    [("csm", 1, 1), ("bdm_key", 0, 0), ("hos", 1, 1), ("deputy_director", 1, 0), ("marketer", 1, 0), ("none", 0, 0)],
)
def test_who_sees_and_changes(contract: Contract, people: People, role: str, sees: int, changes: int) -> None:
    assert Contract.objects.visible_to(people[role], TODAY).count() == sees
    assert Contract.objects.changeable_by(people[role], TODAY).count() == changes
