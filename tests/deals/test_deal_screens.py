"""The screens of deals: the board, the page, the dialogs, the list, the panel."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, LossReason
from deals.dealing.models import Deal
from deals.models import Task
from deals.pipelines.models import Stage, StageResult
from staff.models import Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def csm(browser_of: Callable[[str], Browser], today: date) -> Browser:
    return browser_of("csm")


@pytest.fixture
def client(people: dict[str, Employee]) -> Client:
    return make.client("Принт-Хаус", people["csm"], standing={"life_cycle": "active"})


@pytest.fixture
def deal(client: Client, people: dict[str, Employee]) -> Deal:
    return make.deal(client, people["csm"], TODAY)


def stage(n: int) -> Stage:
    return Stage.objects.get(code=f"shipment-{n}")


def url(name: str, *args: Any) -> str:
    return reverse(f"deals:{name}", args=args)


# --- the board --------------------------------------------------------------------------------------------------------


def test_the_board_counts_and_sums_everything_not_the_cards_shown(
    csm: Browser, client: Client, people: dict[str, Employee]
) -> None:
    for n in range(15):
        make.deal(client, people["csm"], TODAY, f"Заказ {n}", amount=Decimal(1000))

    page = csm.get(url("deal-board"))
    lane = page.context["lanes"][0]

    assert (lane.count, lane.amount, len(lane.cards), lane.left) == (15, Decimal(15000), 12, 3)
    assert page.context["figures"].weighted == Decimal(7500)
    rest = csm.get(url("deal-lane", lane.stage.pk), {"after": lane.after}, headers=HTMX)
    shown = {card.deal.pk for card in lane.cards} | {card.deal.pk for card in rest.context["cards"]}
    assert len(shown) == 15
    assert rest.context["after"] == ""


SIGNS: dict[str, tuple[int | None, str, str]] = {  # the next task is due in days → drawing, words
    "none": (None, "alert-triangle", "no task"),
    "overdue": (-2, "clock-exclamation", "Узнать, 2 d overdue"),
    "today": (0, "circle-dot", "Узнать, today"),
    "later": (4, "calendar", "Узнать, 20 Jul"),
}


@pytest.mark.parametrize("name", SIGNS)
def test_a_card_says_when_the_next_task_is_due(csm: Browser, deal: Deal, name: str) -> None:
    days, icon, text = SIGNS[name]
    if days is None:
        Task.objects.all().delete()
    else:
        Task.objects.update(title="Узнать", due_on=TODAY + timedelta(days=days))

    (card,) = csm.get(url("deal-board")).context["lanes"][0].cards

    assert (card.sign.icon, card.sign.text) == (icon, text)


def test_cards_without_a_task_stand_first_then_by_day(
    csm: Browser, client: Client, people: dict[str, Employee]
) -> None:
    days = {"later": TODAY + timedelta(days=9), "late": TODAY - timedelta(days=1), "none": None, "today": TODAY}
    for title, day in days.items():
        made = make.deal(client, people["csm"], TODAY, title)
        Deal.objects.filter(pk=made.pk).update(next_task_on=day)

    cards = csm.get(url("deal-board")).context["lanes"][0].cards

    assert [card.deal.title for card in cards] == ["none", "late", "today", "later"]


def test_over_the_norm_is_marked(csm: Browser, deal: Deal) -> None:
    Deal.objects.update(opened_on=TODAY - timedelta(days=4), entered_stage_on=TODAY - timedelta(days=4))
    (card,) = csm.get(url("deal-board")).context["lanes"][0].cards
    assert (card.days, card.is_late) == (4, True)

    Deal.objects.update(entered_stage_on=TODAY - timedelta(days=3))
    (card,) = csm.get(url("deal-board")).context["lanes"][0].cards
    assert (card.days, card.is_late) == (3, False)


def test_the_pipeline_looked_at_last_is_kept(csm: Browser, deal: Deal) -> None:
    make.pipeline("claim", order=5)

    assert csm.get(url("deal-board"), {"pipeline": "claim"}).context["pipeline"].code == "claim"
    assert csm.get(url("deal-board")).context["pipeline"].code == "claim"


def test_a_manager_sees_own_deals_first_and_a_head_filters_by_person(
    csm: Browser, browser_of: Callable[[str], Browser], client: Client, people: dict[str, Employee], deal: Deal
) -> None:
    other = make.employee("other")
    make.deal(make.client("Чужой", other), other, TODAY, "Чужая")
    head = browser_of("hos")

    def found(browser: Browser, **asked: Any) -> int:
        return int(browser.get(url("deal-board"), asked).context["figures"].count)

    assert (found(csm), found(csm, owner="all")) == (1, 1)
    assert (found(head), found(head, owner=other.pk), found(head, q="чужой")) == (2, 1, 1)


def test_the_board_costs_the_same_for_3_and_for_30(
    csm: Browser, client: Client, people: dict[str, Employee], django_assert_max_num_queries: Any
) -> None:
    csm.get(url("deal-board"))
    for n in range(30):
        make.deal(client, people["csm"], TODAY, f"Заказ {n}")
        if n in (2, 29):
            with django_assert_max_num_queries(12) as counted:
                csm.get(url("deal-board"))
            cost = len(counted)
            if n == 2:
                first = cost
    assert cost == first


# --- one deal ---------------------------------------------------------------------------------------------------------


def test_the_page_says_what_there_is(csm: Browser, deal: Deal) -> None:
    Stage.objects.filter(pk=deal.stage_id).update(script="Здравствуйте!\nСпросить срок", goal="Узнать")
    deal.stage.items.create(code="i", name="Матрица")

    page = csm.get(url("deal", deal.pk))

    assert page.context["script"] == ["Здравствуйте!", "Спросить срок"]
    assert [(str(item), done) for item, done, _waits in page.context["items"]] == [("Матрица", False)]
    assert [place for _stage, place in page.context["stages"]] == ["current", ""]
    for said in ("Поло на август", "Принт-Хаус", "Спросить срок", "Определить следующий шаг по сделке"):
        assert said in page.content.decode()


def test_the_page_costs_the_same_with_3_and_30_tasks(
    csm: Browser, deal: Deal, people: dict[str, Employee], django_assert_max_num_queries: Any
) -> None:
    costs = []
    csm.get(url("deal", deal.pk))
    for n in range(30):
        make.task(f"{n}", people["csm"], due_on=TODAY, client=deal.client, deal=deal)
        if n in (2, 29):
            with django_assert_max_num_queries(26) as counted:
                csm.get(url("deal", deal.pk))
            costs.append(len(counted))
    assert costs[0] == costs[1]


def test_a_move_asks_only_for_what_is_lacking(csm: Browser, deal: Deal) -> None:
    Stage.objects.filter(pk=deal.stage_id).update(asks=["amount", "expected_on"], needs_result=True, needs_comment=True)
    result = StageResult.objects.create(code="r", stage=deal.stage, name="Согласовано")

    form = csm.get(url("deal-move", deal.pk), {"to": stage(2).pk}).context["form"]
    assert list(form.fields) == ["to", "seen", "expected_on", "result", "comment"]

    sent = {"to": stage(2).pk, "seen": deal.version, "comment": "да", "result": result.pk}
    assert csm.post(url("deal-move", deal.pk), sent).status_code == 422
    assert csm.post(url("deal-move", deal.pk), sent | {"expected_on": "2026-08-10"}).status_code == 302
    deal.refresh_from_db()
    assert (deal.stage, deal.expected_on) == (stage(2), date(2026, 8, 10))


def test_a_drag_moves_at_once_and_says_so(csm: Browser, deal: Deal) -> None:
    answer = csm.post(f"{url('deal-move', deal.pk)}?to={stage(2).pk}", {"seen": deal.version}, headers=HTMX)

    assert answer.status_code == 204
    assert "deals-changed" in answer.headers["HX-Trigger"]
    deal.refresh_from_db()
    assert deal.stage == stage(2)


def test_who_saw_an_older_deal_is_told(csm: Browser, deal: Deal) -> None:
    sent = {"to": stage(2).pk, "seen": deal.version}
    Deal.objects.update(version=7)

    answer = csm.post(url("deal-move", deal.pk), sent)

    assert answer.status_code == 422
    assert "Somebody has changed the deal meanwhile" in answer.content.decode()
    deal.refresh_from_db()
    assert deal.stage == stage(1)


def test_winning_opens_the_next_and_taking_it_back_keeps_one(csm: Browser, deal: Deal) -> None:
    sent = {"seen": deal.version, "amount": "240000", "closed_on": "2026-07-16"}
    assert csm.post(url("deal-win", deal.pk), sent).status_code == 302

    deal.refresh_from_db()
    assert (deal.state, deal.amount, Deal.objects.open().count()) == ("won", Decimal(240000), 1)
    csm.post(url("deal-back", deal.pk), {"seen": deal.version})
    deal.refresh_from_db()
    assert (deal.state, Deal.objects.open().count()) == ("open", 2)


def test_losing_asks_for_a_reason(csm: Browser, deal: Deal) -> None:
    reason = LossReason.objects.create(code="price", name="Цена")

    assert csm.post(url("deal-lose", deal.pk), {"seen": deal.version}).status_code == 422
    assert csm.post(url("deal-lose", deal.pk), {"seen": deal.version, "reason": reason.pk}).status_code == 302
    deal.refresh_from_db()
    assert (deal.state, deal.loss_reason) == ("lost", reason)


def test_a_new_deal_from_the_card_is_sent_once(csm: Browser, client: Client) -> None:
    make.pipeline()
    sent = {"pipeline": "shipment", "title": "Новая", "amount": "", "submission": uuid.uuid4(), "source": "phone"}

    for _again in range(2):
        assert csm.post(f"{url('deal-new')}?client={client.pk}", sent).status_code == 302
    made = Deal.objects.get()
    assert (made.client, made.title, made.source, made.owner.username) == (client, "Новая", "phone", "csm")


BAD: dict[str, dict[str, Any]] = {
    "no words": {"title": " "},
    "an amount below zero": {"amount": "-1"},
    "another day": {"expected_on": "вчера"},
    "no such pipeline": {"pipeline": "none"},
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_opens_nothing(csm: Browser, client: Client, name: str) -> None:
    make.pipeline()
    sent = {"pipeline": "shipment", "title": "Новая", "submission": uuid.uuid4()} | BAD[name]

    assert csm.post(f"{url('deal-new')}?client={client.pk}", sent).status_code == 422
    assert not Deal.objects.exists()


def test_goods_make_the_amount(csm: Browser, deal: Deal) -> None:
    head = {"seen": deal.version, "lines-TOTAL_FORMS": 2, "lines-INITIAL_FORMS": 0}
    lines = {"lines-0-name": "Поло", "lines-0-quantity": "3", "lines-0-price": "100", "lines-0-discount": "10"}

    assert csm.post(url("deal-lines", deal.pk), head | lines | {"lines-0-quantity": "0"}).status_code == 422
    assert csm.post(url("deal-lines", deal.pk), head | lines).status_code == 302
    deal.refresh_from_db()
    assert (deal.amount, deal.lines.count()) == (Decimal(270), 1)


def test_a_line_of_the_checklist_is_ticked_and_unticked(csm: Browser, deal: Deal) -> None:
    item = deal.stage.items.create(code="i", name="Матрица")

    csm.post(url("deal-tick", deal.pk, item.pk), {"done": "on"}, headers=HTMX)
    assert deal.ticks.count() == 1
    csm.post(url("deal-tick", deal.pk, item.pk), {}, headers=HTMX)
    assert deal.ticks.count() == 0


def test_a_task_is_set_in_the_deal(csm: Browser, deal: Deal) -> None:
    sent = {"title": "Прайс", "kind": "letter", "due_on": TODAY, "priority": 2, "submission": uuid.uuid4()}

    csm.post(f"{url('task-new')}?deal={deal.pk}", sent)

    task = Task.objects.get(title="Прайс")
    assert (task.deal, task.client) == (deal, deal.client)
    deal.refresh_from_db()
    assert deal.next_task_on == TODAY


def test_others_see_and_change_nothing_of_it(browser_of: Callable[[str], Browser], deal: Deal, today: date) -> None:
    stranger, reader = browser_of("bdm_key"), browser_of("director")
    sent = {"to": stage(2).pk, "seen": deal.version}

    assert stranger.get(url("deal", deal.pk)).status_code == 404
    assert stranger.post(url("deal-move", deal.pk), sent).status_code == 404
    assert reader.get(url("deal", deal.pk)).status_code == 200
    assert reader.post(url("deal-move", deal.pk), sent).status_code == 403
    deal.refresh_from_db()
    assert deal.stage == stage(1)


def test_a_participant_sees_the_deal(
    browser_of: Callable[[str], Browser], deal: Deal, people: dict[str, Employee], today: date
) -> None:
    deal.participants.add(people["bdm_key"])

    assert browser_of("bdm_key").get(url("deal", deal.pk)).status_code == 200


# --- the list, the card, search, the timeline -------------------------------------------------------------------------


def test_the_list_costs_the_same_for_3_and_for_30(
    csm: Browser, client: Client, people: dict[str, Employee], django_assert_max_num_queries: Any
) -> None:
    costs = []
    csm.get(url("deal-list"))
    for n in range(30):
        make.deal(client, people["csm"], TODAY, f"Заказ {n}")
        if n in (2, 29):
            with django_assert_max_num_queries(12) as counted:
                page = csm.get(url("deal-list"))
            costs.append(len(counted))
            assert len(page.context["rows"]) == n + 1
    assert costs[0] == costs[1]


def test_the_export_has_what_the_list_has(csm: Browser, deal: Deal) -> None:
    answer: Any = csm.post(f"{url('deal-export')}?owner=me", {"form": "csv"})

    assert "Поло на август" in b"".join(answer.streaming_content).decode("utf-8-sig")


def test_the_card_shows_the_deals_of_the_client(csm: Browser, deal: Deal) -> None:
    page = csm.get(url("client-deals", deal.client.pk)).content.decode()

    assert "Поло на август" in page
    assert "Определить следующий шаг по сделке" in page


FOUND = {"by its words": "август", "in the other layout": "gjkj", "by number": ""}


@pytest.mark.parametrize("name", FOUND)
def test_search_finds_a_deal(csm: Browser, deal: Deal, name: str) -> None:
    page = csm.get(reverse("search"), {"q": FOUND[name] or deal.pk}).content.decode()

    assert url("deal", deal.pk) in page


def test_the_timeline_tells_of_a_won_deal(csm: Browser, deal: Deal) -> None:
    csm.post(url("deal-win", deal.pk), {"seen": deal.version, "amount": "1", "closed_on": "2026-07-16"})

    page = csm.get(reverse("client-timeline", args=[deal.client.pk])).content.decode()

    assert "Deal won: Поло на август" in page


def test_a_head_sets_what_is_missing_with_one_click(browser_of: Callable[[str], Browser], client: Client) -> None:
    make.pipeline()
    head = browser_of("hos")

    assert head.get(url("deal-missing")).context["found"].clients == 1
    assert head.post(url("deal-missing")).status_code == 302
    assert Deal.objects.open().filter(client=client).count() == 1
    assert head.get(url("deal-missing")).context["found"].clients == 0
