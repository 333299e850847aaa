"""What people do with deals, and what follows by itself (R130-R147, R152)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import translation

from clients.models import Client, LossReason, Ownership, OwnershipReason, Standing
from deals import actions as tasks
from deals.dealing import actions, following
from deals.dealing.actions import Line, Refused
from deals.dealing.models import Deal, StageEntry
from deals.models import Task
from deals.pipelines.models import Pipeline, Stage, StageResult
from salescrm.base import jobs, reference
from salescrm.base.models import Job, Notification
from staff.calendar import Calendar
from staff.models import Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 16, 10, tzinfo=UTC)
YESTERDAY = TODAY - timedelta(days=1)


@dataclass
class World:
    """One client of one person, and a pipeline whose stages ask for nothing."""

    owner: Employee
    other: Employee
    client: Client
    pipeline: Pipeline
    reason: LossReason

    def deal(self, **fields: Any) -> Deal:
        return make.deal(self.client, self.owner, TODAY, **fields)

    def stage(self, n: int | str) -> Stage:
        return Stage.objects.get(code=f"shipment-{n}")

    def move(self, deal: Deal, n: int | str = 2, **told: Any) -> Deal:
        given: dict[str, Any] = {
            "to": self.stage(n),
            "acting_user": self.owner,
            "today": TODAY,
            "now": NOW,
            "seen": deal.version,
        } | told
        return actions.move(deal=deal, **given)

    def win(self, deal: Deal, **told: Any) -> Deal:
        given: dict[str, Any] = {
            "amount": Decimal(500),
            "closed_on": TODAY,
            "acting_user": self.owner,
            "today": TODAY,
            "now": NOW,
        }
        return actions.win(deal=deal, **(given | {"seen": deal.version} | told))

    def lose(self, deal: Deal, **told: Any) -> Deal:
        given: dict[str, Any] = {
            "reason": self.reason,
            "acting_user": self.owner,
            "today": TODAY,
            "now": NOW,
            "seen": deal.version,
        }
        return actions.lose(deal=deal, **(given | told))

    def open_ones(self) -> list[Deal]:
        return list(Deal.objects.open().filter(client=self.client).order_by("pk"))


@pytest.fixture
def world(people: dict[str, Employee]) -> World:
    client = make.client("Принт-Хаус", people["csm"], standing={"life_cycle": "active"})
    reason = LossReason.objects.create(code="price", name="Цена")
    return World(people["csm"], people["csh"], client, make.pipeline(), reason)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Say refusals in the language of the source."""
    with translation.override("en"):
        yield


# --- opening and moving -----------------------------------------------------------------------------------------------


def test_a_deal_opens_in_the_first_stage_with_its_task_and_its_way(world: World) -> None:
    Stage.objects.filter(code="shipment-1").update(task_kind="call", task_title="Узнать потребность", task_days=1)

    deal = world.deal()

    task = Task.objects.get(deal=deal)
    assert (deal.stage, deal.state, deal.currency) == (world.stage(1), "open", "RUB")
    assert (task.title, task.kind, task.assignee, task.client, task.author) == (
        "Узнать потребность", "call", world.owner, world.client, None,
    )  # fmt: skip
    assert task.due_on == deal.next_task_on == date(2026, 7, 17)
    assert list(deal.entries.values_list("stage", "left_at", "by")) == [(deal.stage_id, None, world.owner.pk)]
    assert Standing.objects.get(client=world.client).next_task_on == date(2026, 7, 17)


def test_the_same_form_sent_twice_opens_one(world: World) -> None:
    sent = uuid.uuid4()

    assert world.deal(submission=sent) == world.deal(submission=sent)
    assert (Deal.objects.count(), Task.objects.count()) == (1, 1)


def test_a_move_leaves_a_row_and_ends_the_stages_own_task(world: World) -> None:
    deal = world.deal()
    by_hand = tasks.create_task(
        title="Прайс", kind="letter", assignee=world.owner, due_on=TODAY, acting_user=world.owner, deal=deal
    )

    moved = world.move(deal, comment=" договорились ")

    way = [(one.stage.code, one.comment, one.left_at is None) for one in moved.entries.select_related("stage")]
    assert way == [("shipment-1", "", False), ("shipment-2", "договорились", True)]
    assert moved.next_task_on == TODAY
    assert list(Task.objects.open().filter(deal=deal)) == [by_hand]
    assert Task.objects.get(origin="deal-1").state == "done"


ASKED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {  # stage, what the mover says, what is said back
    "nothing asked": ({}, {}, ""),
    "a comment, none": ({"needs_comment": True}, {"comment": "  "}, "The stage “stage 1” ends with a comment."),
    "a comment": ({"needs_comment": True}, {"comment": "да"}, ""),
    "a field, none": ({"asks": ["expected_on"]}, {}, "The stage “stage 1” asks for: expected on."),
    "a field, given": ({"asks": ["expected_on"]}, {"given": {"expected_on": TODAY}}, ""),
    "goods, none": ({"asks": ["lines"]}, {}, "The stage “stage 1” asks for: goods."),
    "two fields": (
        {"asks": ["contact", "legal_entity"]}, {}, "The stage “stage 1” asks for: contact, legal entity.",
    ),
    "a result, none": ({"needs_result": True}, {}, "The stage “stage 1” ends with a result."),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_passing_asks_for_what_the_stage_says(world: World, name: str) -> None:
    stage, told, refusal = ASKED[name]
    StageResult.objects.create(code="agreed", stage=world.stage(1), name="Согласовано")
    Stage.objects.filter(code="shipment-1").update(**stage)
    deal = world.deal()

    if refusal:
        with pytest.raises(Refused, match=refusal.replace("(", r"\(")):
            world.move(deal, **told)
    else:
        world.move(deal, **told)

    deal.refresh_from_db()
    assert deal.stage == world.stage(1 if refusal else 2)
    assert StageEntry.objects.count() == (1 if refusal else 2)


def test_a_result_of_another_stage_is_refused(world: World) -> None:
    foreign = StageResult.objects.create(code="later", stage=world.stage(2), name="Позже")
    deal = world.deal()

    with pytest.raises(Refused, match="not one of the stage"):
        world.move(deal, result=foreign)


def test_one_goes_to_later_stages_only_or_to_those_named(world: World) -> None:
    third = Stage.objects.create(code="shipment-3", name="stage 3", pipeline=world.pipeline, order=3)
    world.stage(1).next_stages.set([third])
    deal = world.deal()

    with pytest.raises(Refused, match="does not go to"):
        world.move(deal, 2)
    moved = world.move(deal, 3)
    with pytest.raises(Refused, match="does not go to"):
        world.move(moved, 1)
    with pytest.raises(Refused, match="no stage a deal of this pipeline"):
        world.move(moved, "won")


def test_the_second_person_is_told_and_changes_nothing(world: World) -> None:
    deal = world.deal()
    seen = deal.version
    world.move(deal)

    with pytest.raises(Refused, match="stands in “stage 2” now"):
        actions.correct(deal=deal, fields={"title": "Другое"}, acting_user=world.other, seen=seen)
    with pytest.raises(Refused, match="changed the deal meanwhile"):
        world.lose(deal, seen=seen)

    deal.refresh_from_db()
    assert (deal.title, deal.state) == ("Поло на август", "open")


def test_the_last_move_is_taken_back_and_the_way_keeps_both(world: World) -> None:
    deal = world.move(world.deal())

    back = actions.undo_move(deal=deal, acting_user=world.owner, today=TODAY, now=NOW, seen=deal.version)

    assert back.stage == world.stage(1)
    assert list(back.entries.values_list("stage__code", "is_undo")) == [
        ("shipment-1", False), ("shipment-2", False), ("shipment-1", True),
    ]  # fmt: skip
    with pytest.raises(Refused, match="not been moved yet"):
        actions.undo_move(deal=back, acting_user=world.owner, today=TODAY, now=NOW, seen=back.version)


def test_lines_make_the_amount(world: World) -> None:
    deal = world.deal()
    lines = [Line("Поло", Decimal("3"), Decimal("100.50"), Decimal(10)), Line("Доставка", Decimal(1), Decimal(200))]

    deal = actions.change_lines(deal=deal, lines=lines, acting_user=world.owner, seen=deal.version, today=TODAY)

    assert list(deal.lines.values_list("total", flat=True)) == [Decimal("271.35"), Decimal("200.00")]
    deal.refresh_from_db()
    assert deal.amount == Decimal("471.35")
    assert world.win(deal, amount=Decimal(9)).amount == Decimal("471.35")


def test_a_changed_discount_is_kept_with_who_changed_it(world: World) -> None:
    deal = world.deal()
    polo = Line("Поло", Decimal(3), Decimal(100), Decimal(10))
    free = Line("Образец", Decimal(1), Decimal(0), Decimal(50))
    steps = [
        [polo, free],
        [replace(polo, quantity=Decimal(9)), free],
        [polo, replace(polo, discount=Decimal(0))],
        [free],
        [],
    ]
    for lines in steps:
        deal = actions.change_lines(deal=deal, lines=lines, acting_user=world.owner, seen=deal.version, today=TODAY)
    found = list(deal.discount_changes.values_list("day", "before", "after", "author"))
    assert found == [
        (TODAY, before, after, world.owner.pk)
        for before, after in ((Decimal(0), Decimal(10)), (Decimal(10), Decimal(5)), (Decimal(5), Decimal(0)))
    ]


def test_anothers_contact_or_entity_is_refused(world: World) -> None:
    stranger = make.client("Чужой", world.owner)
    deal = world.deal()

    for fields in ({"contact": make.contact(stranger, "Иванов")}, {"legal_entity": stranger.legal_entities.get()}):
        with pytest.raises(Refused, match="another client's"):
            actions.correct(deal=deal, fields=fields, acting_user=world.owner, seen=deal.version)
        with pytest.raises(Refused, match="another client's"):
            world.deal(**fields)
    assert Deal.objects.count() == 1


def test_a_deal_given_to_another_takes_its_tasks_and_tells(world: World) -> None:
    deal = world.deal()

    actions.correct(deal=deal, fields={"owner": world.other}, acting_user=world.owner, seen=deal.version)

    assert Task.objects.get(deal=deal).assignee == world.other
    assert Notification.objects.get(person=world.other).kind == "deal"


def test_open_deals_go_with_the_client_closed_ones_stay(world: World) -> None:
    lost, kept = world.lose(world.deal()), world.deal(title="Вторая")
    theirs = make.deal(world.client, world.other, TODAY, title="Чужая")

    tasks.change_owners({world.client.pk: world.other.pk}, starts_on=TODAY, reason=OwnershipReason.MANUAL)

    owners = dict(Deal.objects.values_list("pk", "owner"))
    assert (owners[lost.pk], owners[kept.pk], owners[theirs.pk]) == (world.owner.pk, world.other.pk, world.other.pk)
    assert set(Task.objects.open().filter(deal=kept).values_list("assignee", flat=True)) == {world.other.pk}


# --- what the database refuses ----------------------------------------------------------------------------------------

REFUSED: dict[str, Callable[[World, Deal], object]] = {
    "closed without a day": lambda w, d: Deal.objects.filter(pk=d.pk).update(stage=w.stage("won"), state="won"),
    "lost without a reason": lambda w, d: Deal.objects.filter(pk=d.pk).update(
        stage=w.stage("lost"), state="lost", closed_on=TODAY
    ),
    "a state that is not its stage's": lambda w, d: Deal.objects.filter(pk=d.pk).update(state="won", closed_on=TODAY),
    "a stage of another pipeline": lambda w, d: Deal.objects.filter(pk=d.pk).update(
        stage=make.pipeline("claim").stages.first()
    ),
    "two stages at once": lambda w, d: StageEntry.objects.create(deal=d, stage=w.stage(2), entered_at=NOW),
    "another word in its way": lambda w, d: d.entries.update(comment="иначе"),
    "its way deleted": lambda w, d: d.entries.all().delete(),
    "a discount above all": lambda w, d: d.lines.create(name="x", discount=101),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses(world: World, name: str) -> None:
    deal = world.deal()

    with pytest.raises(DatabaseError), transaction.atomic():
        REFUSED[name](world, deal)


def test_a_stage_is_left_once(world: World) -> None:
    deal = world.move(world.deal())

    with pytest.raises(DatabaseError), transaction.atomic():
        deal.entries.filter(left_at__isnull=False).update(left_at=NOW + timedelta(days=1))


def test_one_deal_follows_one(world: World) -> None:
    first = world.deal()
    world.deal(follows=first)

    with pytest.raises(IntegrityError), transaction.atomic():
        world.deal(follows=first)


# --- the next deal ----------------------------------------------------------------------------------------------------


def test_of_three_open_orders_the_third_closing_opens_exactly_one(world: World) -> None:
    one, two, three = world.deal(), world.deal(), world.deal()

    world.win(one)
    world.lose(two)
    assert world.open_ones() == [three]

    world.win(three)
    (opened,) = world.open_ones()
    assert (opened.follows, opened.owner, opened.stage, opened.source) == (three, world.owner, world.stage(1), "rule")
    assert Task.objects.open().filter(deal=opened).count() == 1


EXPECTED: dict[str, tuple[int | None, int | None, date]] = {  # days since the last shipment, rhythm → expected
    "its own rhythm": (10, 40, TODAY + timedelta(days=40)),  # won today: that is the last one
    "no rhythm yet": (None, None, TODAY + timedelta(days=following.USUAL_DAYS)),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_it_expects_the_next_by_the_clients_rhythm(world: World, name: str) -> None:
    ago, rhythm, expected = EXPECTED[name]
    Standing.objects.filter(client=world.client).update(rhythm_days=rhythm)
    if ago:
        make.shipment(world.client, TODAY - timedelta(days=ago), 100)

    world.win(world.deal())

    (opened,) = world.open_ones()
    assert opened.expected_on == expected
    assert opened.next_task_on is not None
    assert TODAY < opened.next_task_on <= expected


def test_how_long_a_client_without_a_rhythm_takes_and_when_it_is_called_are_figures(world: World) -> None:
    make.figure("usual-days", 60, TODAY)
    make.figure("lead-days", 20, TODAY)
    world.win(world.deal())
    (opened,) = world.open_ones()
    assert opened.expected_on == TODAY + timedelta(days=60)
    assert opened.next_task_on == Calendar(world.client.branch).on_or_before(TODAY + timedelta(days=40))


LOST: dict[str, tuple[int, int, date]] = {  # days since the last shipment, rhythm → expected
    "from the last shipment": (10, 40, TODAY + timedelta(days=30)),
    "overdue already": (50, 40, TODAY),
}


@pytest.mark.parametrize("name", LOST)
def test_after_a_lost_one_it_expects_from_the_last_shipment(world: World, name: str) -> None:
    ago, rhythm, expected = LOST[name]
    Standing.objects.filter(client=world.client).update(rhythm_days=rhythm)
    make.shipment(world.client, TODAY - timedelta(days=ago), 100)

    world.lose(world.deal())

    assert [deal.expected_on for deal in world.open_ones()] == [expected]


def switched_off(world: World) -> None:
    Pipeline.objects.update(opens_next=False)


def handed_over(world: World) -> None:
    Ownership.objects.filter(client=world.client).update(reason="zero")


def archived(world: World) -> None:
    Standing.objects.filter(client=world.client).update(life_cycle="archived")


@pytest.mark.parametrize("change", [switched_off, handed_over, archived])
def test_no_next_deal(world: World, change: Callable[[World], None]) -> None:
    deal = world.deal()
    change(world)

    world.win(deal)

    assert world.open_ones() == []


def test_by_legal_entity_each_has_its_own_group(world: World) -> None:
    Pipeline.objects.update(grouping="entity")
    first = world.client.legal_entities.get()
    second = make.client("Второе лицо", world.owner).legal_entities.get()
    second.client = world.client
    second.save()
    one, other = world.deal(legal_entity=first), world.deal(legal_entity=second)

    world.win(one)

    assert {deal.legal_entity for deal in world.open_ones()} == {first, second}
    assert other in world.open_ones()


def test_past_the_stage_the_pipeline_names_the_next_is_opened_once(world: World) -> None:
    Pipeline.objects.update(next_after=world.stage(1))
    deal = world.deal()

    moved = world.move(deal)
    assert len(world.open_ones()) == 2

    world.win(moved)
    assert len(world.open_ones()) == 1


def test_a_deal_won_and_taken_back_stands_where_it_was_and_nothing_is_doubled(world: World) -> None:
    won = world.win(world.move(world.deal()))
    (following_one,) = world.open_ones()

    back = actions.reopen(deal=won, acting_user=world.owner, today=TODAY, now=NOW, seen=won.version)
    assert (back.stage, back.state, back.closed_on) == (world.stage(2), "open", None)
    assert len(world.open_ones()) == 2

    world.win(back)
    assert world.open_ones() == [following_one]
    world.lose(following_one)
    assert len(world.open_ones()) == 1


# --- an open deal has a task ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("purpose", "expected_on", "has_shipment_deal", "opened"),
    [
        ("contract", TODAY + timedelta(days=9), False, TODAY + timedelta(days=9)),
        ("contract", None, False, TODAY + timedelta(days=following.USUAL_DAYS)),
        ("contract", YESTERDAY, False, TODAY + timedelta(days=following.USUAL_DAYS)),
        ("contract", None, True, None),
        ("development", None, False, None),
    ],
)
def test_a_contract_won_opens_the_first_shipment_deal_once(
    world: World, purpose: str, expected_on: date | None, has_shipment_deal: bool, opened: date | None
) -> None:
    contract = make.deal(
        world.client, world.owner, TODAY, pipeline=make.pipeline(purpose, opens_next=False), expected_on=expected_on
    )
    if has_shipment_deal:
        world.deal()
    before = Deal.objects.open().filter(pipeline=world.pipeline).count()
    world.win(contract)
    found = Deal.objects.open().filter(pipeline=world.pipeline)
    assert found.count() == before + (opened is not None)
    if opened:
        first = found.get()
        assert (first.expected_on, first.owner, first.follows, first.tasks.open().count()) == (
            opened,
            world.owner,
            contract,
            1,
        )
    world.win(Deal.objects.get(pk=contract.pk))
    assert Deal.objects.open().filter(pipeline=world.pipeline).count() == before + (opened is not None)


def test_the_first_shipment_may_go_out_on_the_day_of_the_contract(world: World) -> None:
    world.win(make.deal(world.client, world.owner, TODAY, pipeline=make.pipeline("contract", opens_next=False)))
    make.shipment(world.client, TODAY, 100)
    (first,) = world.open_ones()

    assert following.ship(today=TODAY, now=NOW) == 1

    first.refresh_from_db()
    assert (first.state, int(first.amount)) == ("won", 100)


def test_a_contract_lost_opens_nothing(world: World) -> None:
    contract = make.deal(world.client, world.owner, TODAY, pipeline=make.pipeline("contract", opens_next=False))
    world.lose(contract)
    assert not Deal.objects.open().exists()


def test_closing_the_last_task_of_a_deal_sets_the_next(world: World) -> None:
    deal = world.deal()

    tasks.finish(tasks=Task.objects.filter(deal=deal), result="готово", acting_user=world.owner, now=NOW)

    task = Task.objects.open().get(deal=deal)
    deal.refresh_from_db()
    assert (task.title, task.due_on) == ("Decide on the next step of the deal", deal.next_task_on)
    assert following.missing().deals == 0


def test_where_the_pipeline_asks_for_none_there_is_none(world: World) -> None:
    Pipeline.objects.update(asks_task=False)
    deal = world.deal()

    assert (Task.objects.count(), deal.next_task_on, following.missing().deals) == (0, None, 0)


# --- what is missing --------------------------------------------------------------------------------------------------

STATES: dict[str, tuple[str, str, str]] = {  # life cycle, reason of its owner, deal asked for
    "new": ("new", "first", "shipment"),
    "active": ("active", "first", "shipment"),
    "zero, its owner works it": ("zero", "first", "shipment"),
    "zero, handed over": ("zero", "zero", "recovery"),
    "lost": ("lost", "first", "recovery"),
    "potential": ("potential", "first", ""),
    "archived": ("archived", "first", ""),
}


@pytest.mark.parametrize("name", STATES)
def test_each_state_asks_for_its_deal_and_one_click_opens_it(world: World, name: str) -> None:
    life_cycle, reason, purpose = STATES[name]
    make.pipeline("recovery")
    Standing.objects.filter(client=world.client).update(life_cycle=life_cycle)
    Ownership.objects.filter(client=world.client).update(reason=reason)

    assert following.missing().clients == bool(purpose)
    assert following.cure(today=TODAY, now=NOW).clients == bool(purpose)
    assert [deal.pipeline.purpose for deal in world.open_ones()] == ([purpose] if purpose else [])
    assert following.missing() == following.Missing(0, 0)
    assert following.cure(today=TODAY, now=NOW) == following.Missing(0, 0)


def test_a_type_with_a_pipeline_of_its_own_gets_it(world: World) -> None:
    reference.load()
    own = make.pipeline(code="own", order=999)
    segment = own.segments.model._default_manager.get(code="horeca")
    own.segments.add(segment)
    Client.objects.filter(pk=world.client.pk).update(segment=segment)

    following.cure_clients([world.client.pk], today=TODAY, now=NOW)

    assert [deal.pipeline for deal in world.open_ones()] == [own]


def test_it_costs_the_same_number_of_statements_for_3_and_for_30(
    world: World, django_assert_max_num_queries: Any
) -> None:
    for count in (3, 30):
        made = [make.client(f"{count}-{n}", world.owner, standing={"life_cycle": "active"}) for n in range(count)]
        with django_assert_max_num_queries(21):
            assert following.cure_clients([one.pk for one in made], today=TODAY, now=NOW) == count


# --- shipments --------------------------------------------------------------------------------------------------------


def test_a_shipment_wins_the_oldest_deal_it_fits_and_one_follows(world: World) -> None:
    deal = make.deal(world.client, world.owner, YESTERDAY)
    shipped = make.shipment(world.client, TODAY, 777, number="А-1")

    assert following.ship(today=TODAY, now=NOW) == 1

    deal.refresh_from_db()
    assert (deal.state, deal.amount, deal.closed_on, deal.shipment) == ("won", Decimal(777), TODAY, shipped)
    assert "А-1" in deal.entries.get(left_at=None).comment
    (opened,) = world.open_ones()
    assert opened.follows == deal
    assert following.ship(today=TODAY, now=NOW) == 0


SHIPPED: dict[str, tuple[list[int], list[int], int]] = {  # deals opened, shipments (days ago) → won
    "before the deal": ([1], [2], 0),
    "the same day": ([1], [1], 1),
    "one document, two deals": ([3, 2], [1], 1),
    "two documents, two deals": ([3, 2], [1, 0], 2),
    "two documents, one deal": ([3], [2, 1], 1),
    "an old one": ([60], [40], 0),
}


@pytest.mark.parametrize("name", SHIPPED)
def test_shipments_and_deals(world: World, name: str) -> None:
    deals, shipments, won = SHIPPED[name]
    for ago in deals:
        make.deal(world.client, world.owner, TODAY - timedelta(days=ago))
    for ago in shipments:
        make.shipment(world.client, TODAY - timedelta(days=ago), 100)

    assert following.ship(today=TODAY, now=NOW) == won
    assert Deal.objects.filter(state="won").count() == won
    assert len(world.open_ones()) == (len(deals) - won or 1)


def test_a_return_wins_nothing_and_another_entity_neither(world: World) -> None:
    other = make.client("Другой", world.owner)
    world.deal(legal_entity=world.client.legal_entities.get())
    make.shipment(world.client, TODAY, -5)
    make.shipment(other, TODAY, 100)

    assert following.ship(today=TODAY, now=NOW) == 0


def test_the_daily_job_ships_tells_the_heads_once_and_says_what_is_missing(
    world: World, people: dict[str, Employee]
) -> None:
    Pipeline.objects.update(escalates_after=2)
    make.deal(world.client, world.owner, YESTERDAY)
    make.shipment(world.client, TODAY, 100)
    late = make.client("Долгий", world.owner, standing={"life_cycle": "active"})
    for ago in (6, 5):  # norm 3 + 2: the sixth day is too long, the fifth is not
        make.deal(late, world.owner, TODAY - timedelta(days=ago))
    make.client("Без сделки", world.owner, standing={"life_cycle": "active"})

    for _again in range(2):
        jobs.work(jobs.start("deals-by-rule", by=None, today=TODAY.isoformat()).pk)

    job = Job.objects.filter(kind="deals-by-rule").earliest("pk")
    assert job.result == {"won": 1, "told": 1, "clients_without_deal": 1, "deals_without_task": 0}
    told = Notification.objects.filter(kind="deal").values_list("person__role", "values")
    assert sorted(told) == [("branch_head", {"rows": 1}), ("csh", {"rows": 1}), ("hos", {"rows": 1})]


def test_a_poor_result_is_told_to_the_heads(world: World) -> None:
    poor = StageResult.objects.create(code="dear", stage=world.stage(1), name="Дорого", is_poor=True)
    fine = StageResult.objects.create(code="agreed", stage=world.stage(1), name="Согласовано")

    world.move(world.deal(), result=fine)
    assert not Notification.objects.exists()
    world.move(world.deal(), result=poor)
    assert set(Notification.objects.values_list("person__role", flat=True)) == {"branch_head", "csh", "hos"}


# --- the ready pipelines ----------------------------------------------------------------------------------------------


def test_the_ready_pipelines_are_whole() -> None:
    reference.load()

    found = Pipeline.objects.with_stages()
    assert [one.code for one in found] == ["shipment", "second_sale", "contract", "recovery", "development", "claim"]
    for pipeline in found:
        kinds = [stage.kind for stage in pipeline.stages.all()]
        assert kinds[-2:] == ["won", "lost"]
        assert set(kinds[:-2]) == {"open"}
        for stage in pipeline.stages.all()[: len(kinds) - 2]:
            said = (stage.norm_days, stage.goal, stage.script, stage.task_title, stage.items.count())
            assert all(said), stage.code
    assert set(Stage.objects.filter(is_past_offer=True).values_list("code", flat=True)) == {
        "shipment-invoice", "shipment-shipping",
    }  # fmt: skip
