"""The zero board: lanes, counts, who may decide what, and that a refusal changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import Http404
from django.test import Client as Browser

from clients.models import Client, Ownership
from segmentation import board
from segmentation.models import CaseState, Exclusion, ZeroCase
from segmentation.querysets import OPEN
from segmentation.views.taking_back import packed, unpacked
from staff.models import Employee
from tests import make
from tests.needs import ROOT
from tests.segmentation.world import NIGHT, case, classed, nights, silent

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
URL = "/segmentation/zero/"
SQL = ROOT / "segmentation" / "sql"


@pytest.fixture
def base(people: dict[str, Employee], today: date) -> dict[str, Client]:
    """One client per lane, all owned by the csm or taken from him."""
    nights()
    csm, recovery = people["csm"], people["bdm_recovery"]
    made = {name: make.client(name, csm) for name in ("owner", "soon", "due", "waiting", "lost", "active")}
    made |= {name: make.client(name, recovery) for name in ("handed", "handed lost")}
    made["returned"] = make.client("returned", csm)
    for name, one in made.items():
        classed(one, "AX", 100 * (len(name)))
    silent(made["owner"], days=40, left=30)
    silent(made["soon"], days=50, left=6, rule="top")
    silent(made["due"], days=100, left=-1)
    silent(made["waiting"], days=100, left=-1)
    silent(made["lost"], days=300, life="lost")
    silent(made["active"], days=3, life="active")
    silent(made["handed"], days=150)
    silent(made["handed lost"], days=290, life="lost")
    silent(made["returned"], days=5, life="active")
    case(made["due"], CaseState.PROPOSED, csm, recovery, rule="top")
    case(made["waiting"], CaseState.WAITING, csm)
    case(made["handed"], CaseState.HANDED_OVER, csm, recovery)
    case(made["handed lost"], CaseState.HANDED_OVER, csm, recovery, handed_on=date(2026, 3, 1))
    bought = date(2026, 7, 10)
    case(
        made["returned"], CaseState.RETURNED, csm, recovery, handed_on=date(2026, 6, 1), bought_on=bought,
        returned_to=csm, returned_on=date(2026, 7, 11), recovered_until=date(2026, 10, 10),
    )  # fmt: skip
    for day, amount in ((date(2026, 7, 9), 1), (bought, 70), (date(2026, 7, 12), 30), (date(2026, 10, 10), 5)):
        make.shipment(made["returned"], day, amount)
    return made


def lanes(page: object) -> dict[str, list[str]]:
    """Return the names on the cards by lane."""
    return {lane.name: sorted(card["name"] for card in lane.cards) for lane, _t, _n in page.context["lanes"]}  # type: ignore[attr-defined] # of Django's test client


def test_every_client_stands_in_its_one_lane(base: dict[str, Client], browser_of: BrowserOf) -> None:
    page = browser_of("hos").get(URL)
    assert lanes(page) == {
        "owner": ["owner"],
        "soon": ["soon"],
        "due": ["due", "waiting"],
        "handed": ["handed"],
        "returned": ["returned"],
        "lost": ["handed lost", "lost"],
    }


def test_lanes_have_exact_counts_and_sums(base: dict[str, Client], browser_of: BrowserOf) -> None:
    found = {lane.name: (lane.count, lane.money) for lane, _t, _n in browser_of("hos").get(URL).context["lanes"]}
    assert found == {
        "owner": (1, Decimal(500)),
        "soon": (1, Decimal(400)),
        "due": (2, Decimal(2000)),
        "handed": (1, Decimal(1000)),
        "returned": (1, Decimal(100)),
        "lost": (2, Decimal(1400)),
    }


def test_a_returned_client_shows_what_it_brought_while_it_counts(base: dict[str, Client]) -> None:
    """Turnover before the returning purchase and from the last day on is not the recovery's."""
    found = board.with_recovered(ZeroCase.objects.filter(client=base["returned"])).get()
    assert found.recovered == Decimal(100)  # type: ignore[attr-defined] # annotated


def test_a_manager_sees_only_the_own_clients(base: dict[str, Client], browser_of: BrowserOf) -> None:
    mine = lanes(browser_of("csm").get(URL))
    assert mine["handed"] == []
    assert mine["owner"] == ["owner"]
    theirs = lanes(browser_of("bdm_recovery").get(URL))
    assert (theirs["handed"], theirs["owner"], theirs["returned"]) == (["handed"], [], [])


def test_the_board_is_narrowed_by_rule_age_branch_and_name(base: dict[str, Client], browser_of: BrowserOf) -> None:
    browser = browser_of("hos")
    by_rule = lanes(browser.get(URL, {"rule": "top"}))
    assert (by_rule["soon"], by_rule["due"], by_rule["owner"]) == (["soon"], ["due"], [])
    by_age = lanes(browser.get(URL, {"age": "more"}))
    assert (by_age["lost"], by_age["handed"]) == (["handed lost", "lost"], [])
    other = make.branch("msk")
    assert sum(len(names) for names in lanes(browser.get(URL, {"branch": other.pk})).values()) == 0
    assert lanes(browser.get(URL, {"q": "handed l"}))["lost"] == ["handed lost"]


def test_a_lane_goes_on_where_the_page_ended(people: dict[str, Employee], browser_of: BrowserOf, today: date) -> None:
    nights()
    for n in range(25):
        client = make.client(f"c{n:02}", people["csm"])
        classed(client, "AX", 1000 - n)
        silent(client, days=40, left=30)
    browser = browser_of("hos")
    first = next(lane for lane, _t, _n in browser.get(URL).context["lanes"] if lane.name == "owner")
    assert (first.count, len(first.cards), first.left) == (25, 8, 17)
    second = browser.get(f"{URL}lane/owner/", {"from": 8}, headers={"HX-Request": "true"})
    third = browser.get(f"{URL}lane/owner/", {"from": 16})
    fourth = browser.get(f"{URL}lane/owner/", {"from": 24})
    cards = [card["name"] for part in (second, third, fourth) for card in part.context["lane"].cards]
    assert [card["name"] for card in first.cards] + cards == [f"c{n:02}" for n in range(25)]
    assert fourth.context["lane"].left == 0


def test_the_number_of_queries_does_not_grow_with_the_cards(
    people: dict[str, Employee], browser_of: BrowserOf, today: date, django_assert_max_num_queries: Any
) -> None:
    nights()
    csm, recovery = people["csm"], people["bdm_recovery"]
    browser = browser_of("hos")
    browser.get(URL)
    counts = []
    for first, last in ((0, 3), (3, 30)):
        for n in range(first, last):
            for kind, state in (("z", None), ("p", CaseState.PROPOSED), ("h", CaseState.HANDED_OVER)):
                client = make.client(f"{kind}{n}", csm)
                classed(client, "AX", 100)
                silent(client, days=40, left=30)
                if state:
                    case(client, state, csm, recovery)
        with django_assert_max_num_queries(25) as captured:
            browser.get(URL)
        counts.append(len(captured))
    assert counts[1] <= counts[0] + 1, "one more query only for a lane that was empty"


def test_proposals_stand_in_the_work_order(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    csm, recovery = people["csm"], people["bdm_recovery"]
    for name, rule, turnover, was_lost in (
        ("a", "other", 9000, False),
        ("b", "top", 5000, False),
        ("c", "top", 9000, True),
    ):
        case(make.client(name, csm), CaseState.PROPOSED, csm, recovery, rule=rule, turnover=turnover, was_lost=was_lost)
    page = browser_of("hos").get(f"{URL}proposals/")
    assert [row["client"].name for row in page.context["rows"]] == ["b", "due", "a", "c"]


DECISIONS = [
    "approve/", "refuse/", "exclude/{client}/", "{case}/undo/", "approve/undo/?cases={case}",
    "refuse/undo/?cases={case}", "exclude/{client}/end/",
]  # fmt: skip


@pytest.mark.parametrize("what", DECISIONS)
@pytest.mark.parametrize("role", ["csm", "bdm_recovery", "marketer", "director", "deputy_it"])
def test_who_may_not_decide_changes_nothing(
    base: dict[str, Client], browser_of: BrowserOf, what: str, role: str
) -> None:
    handed = ZeroCase.objects.get(client=base["handed"])
    due = ZeroCase.objects.get(client=base["due"])
    before = (list(ZeroCase.objects.order_by("pk").values()), list(Ownership.objects.order_by("pk").values()))
    url = URL + what.format(client=base["owner"].pk, case=handed.pk)
    sent = {"ids": [due.pk], "all": "1", "confirmed": "1", "reason": "no", "hold": "purchase"}
    assert browser_of(role).post(url, sent).status_code == 403
    assert (list(ZeroCase.objects.order_by("pk").values()), list(Ownership.objects.order_by("pk").values())) == before
    assert not Exclusion.objects.exists()


def test_a_branch_head_cannot_decide_for_another_branch(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    head = people["branch_head"]
    head.branch = make.branch("msk")
    head.save()
    browser = browser_of("branch_head")
    due = ZeroCase.objects.get(client=base["due"])
    assert browser.get(f"{URL}approve/", {"ids": due.pk}).context["count"] == 0
    handed = ZeroCase.objects.get(client=base["handed"])
    assert browser.post(f"{URL}{handed.pk}/undo/", {"hold": "purchase"}).status_code == 404
    assert browser.post(f"{URL}exclude/{base['owner'].pk}/", {"reason": "x"}).status_code == 404
    assert not Exclusion.objects.exists()


def test_the_dialog_says_how_many_and_how_much(base: dict[str, Client], browser_of: BrowserOf) -> None:
    page = browser_of("hos").get(f"{URL}approve/", {"all": "1"})
    assert (page.context["count"], page.context["money"]) == (1, Decimal(1000))
    assert "Hand over 1 client?" in page.content.decode()


def test_a_list_that_changed_meanwhile_is_shown_again(base: dict[str, Client], browser_of: BrowserOf) -> None:
    page = browser_of("hos").post(f"{URL}approve/", {"all": "1", "confirmed": "2"})
    assert page.status_code == 422
    assert ZeroCase.objects.filter(state=CaseState.PROPOSED).count() == 1


@pytest.mark.parametrize(
    "sent", [{}, {"reason": "they called", "until": "2026-07-16"}, {"reason": "x", "until": "soon"}]
)
def test_an_exclusion_asks_for_a_reason_and_a_day_ahead(
    base: dict[str, Client], browser_of: BrowserOf, sent: dict[str, str]
) -> None:
    page = browser_of("hos").post(f"{URL}exclude/{base['owner'].pk}/", sent)
    assert page.status_code == 422
    assert not Exclusion.objects.exists()


def test_an_excluded_client_says_so_until_its_day_or_its_next_purchase(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    last = base["owner"].standing.last_purchase_on or NIGHT
    rows = [
        (base["owner"], {"until": NIGHT + timedelta(days=9)}, True),
        (base["soon"], {"until": NIGHT}, False),
        (base["waiting"], {"last_purchase_on": date(2020, 1, 1)}, False),
    ]
    for client, fields, _holds in rows:
        Exclusion.objects.create(client=client, starts_on=last, reason="talks go on", author=people["hos"], **fields)
    page = browser_of("hos").get(URL)
    cards = {
        card["pk"]: card["excluded"]
        for lane, _t, _n in page.context["lanes"]
        if lane.name != "returned"
        for card in lane.cards
    }
    assert {client.pk: cards[client.pk] for client, _f, _h in rows} == {client.pk: holds for client, _f, holds in rows}


def test_an_exclusion_ended_by_a_purchase_is_shown_nowhere(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    """What is shown is what the night obeys: the date or the next purchase, whichever is first."""
    client, hos = base["owner"], people["hos"]
    bought = client.standing.last_purchase_on or NIGHT
    kept = Exclusion.objects.create(
        client=client, starts_on=bought, until=date(2026, 12, 1), last_purchase_on=bought, reason="wait", author=hos
    )
    url = f"/segmentation/why/{client.pk}/hand_over/"
    assert Exclusion.objects.ids_holding(NIGHT) == [client.pk]
    assert "talks" not in browser_of("hos").get(url).content.decode()
    Exclusion.objects.filter(pk=kept.pk).update(last_purchase_on=bought - timedelta(days=60), reason="talks go on")
    assert Exclusion.objects.ids_holding(NIGHT) == []
    assert "talks go on" not in browser_of("hos").get(URL).content.decode()
    assert "talks go on" not in browser_of("hos").get(url).content.decode()


def standing_owner(client: Client) -> Employee:
    """Return the owner of the open interval."""
    return Ownership.objects.get(client=client, ends_on__isnull=True).owner


def test_approval_moves_the_owner_from_tomorrow(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    due = ZeroCase.objects.get(client=base["due"])
    answer = browser_of("csh").post(f"{URL}approve/", {"ids": [due.pk], "confirmed": "1"})
    assert answer["Location"] == URL
    due.refresh_from_db()
    assert (due.state, due.handed_on, due.approved_by) == (CaseState.HANDED_OVER, date(2026, 7, 17), people["csh"])
    assert standing_owner(base["due"]) == people["bdm_recovery"]
    assert standing_owner(base["waiting"]) == people["csm"]


def test_a_refusal_keeps_the_owner_and_excludes_the_client(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    due = ZeroCase.objects.get(client=base["due"])
    sent = {"ids": [due.pk], "reason": "talks go on", "until": "2026-09-01"}
    browser_of("hos").post(f"{URL}refuse/", sent)
    due.refresh_from_db()
    kept = Exclusion.objects.get()
    assert (due.state, standing_owner(base["due"])) == (CaseState.REFUSED, people["csm"])
    assert (kept.client, kept.reason, kept.until) == (base["due"], "talks go on", date(2026, 9, 1))


def test_undo_gives_the_client_back_and_a_second_one_says_why_not(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    browser = browser_of("hos")
    due = ZeroCase.objects.get(client=base["due"])
    browser.post(f"{URL}approve/", {"ids": [due.pk], "confirmed": "1"})
    assert browser.post(f"{URL}{due.pk}/undo/", {"hold": "days"}).status_code == 302
    due.refresh_from_db()
    assert (due.state, standing_owner(base["due"])) == (CaseState.UNDONE, people["csm"])
    old = ZeroCase.objects.get(client=base["handed lost"])
    page = browser.post(f"{URL}{old.pk}/undo/", {"hold": "days"})
    assert page.status_code == 422
    assert "Not undone." in page.content.decode()


def test_an_exclusion_is_written_with_its_reason(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    browser_of("hos").post(f"{URL}exclude/{base['owner'].pk}/", {"reason": "season", "until": "2026-10-01"})
    kept = Exclusion.objects.get()
    assert (kept.client, kept.reason, kept.until, kept.author) == (
        base["owner"],
        "season",
        date(2026, 10, 1),
        people["hos"],
    )


def test_the_undo_of_the_toast_asks_nothing(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    browser = browser_of("hos")
    due = ZeroCase.objects.get(client=base["due"])
    browser.post(f"{URL}approve/", {"ids": [due.pk], "confirmed": "1"})
    assert f"{URL}{due.pk}/undo/" in browser.get(URL).content.decode()
    browser.post(f"{URL}{due.pk}/undo/")
    assert standing_owner(base["due"]) == people["csm"]
    assert Exclusion.objects.get().until is None


def test_an_approval_of_many_is_undone_together(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    browser, csm, recovery = browser_of("hos"), people["csm"], people["bdm_recovery"]
    other = make.client("other", csm)
    silent(other, days=100, left=-1)
    ids = [ZeroCase.objects.get(client=base["due"]).pk, case(other, CaseState.PROPOSED, csm, recovery).pk]
    browser.post(f"{URL}approve/", {"ids": ids, "confirmed": "2"})
    assert (standing_owner(base["due"]), standing_owner(other)) == (recovery, recovery)
    undo = f"{URL}approve/undo/?cases={packed(ids)}"
    assert undo in browser.get(URL).content.decode()
    assert browser.get(undo).status_code == 405
    browser.post(undo)
    assert (standing_owner(base["due"]), standing_owner(other)) == (csm, csm)
    assert set(ZeroCase.objects.filter(pk__in=ids).values_list("state", flat=True)) == {CaseState.UNDONE}


@pytest.mark.parametrize("bought_since", [False, True])
def test_a_refusal_is_taken_back_unless_the_client_has_bought(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf, bought_since: bool
) -> None:
    browser, due = browser_of("hos"), ZeroCase.objects.get(client=base["due"])
    state = base["due"].state
    ZeroCase.objects.filter(pk=due.pk).update(silent_since=state.last_purchase_on)
    browser.post(f"{URL}refuse/", {"ids": [due.pk], "reason": "talks", "until": "2026-12-01"})
    undo = f"{URL}refuse/undo/?cases={due.pk}"
    assert undo in browser.get(f"{URL}proposals/").content.decode()
    if bought_since:
        state.last_purchase_on = NIGHT
        state.save()
    browser.post(undo)
    due.refresh_from_db()
    expected = (CaseState.REFUSED, people["hos"]) if bought_since else (CaseState.PROPOSED, None)
    assert (due.state, due.closed_by) == expected
    assert Exclusion.objects.ids_holding(NIGHT + timedelta(days=1)) == []


@pytest.mark.parametrize("lane", ["owner", "lost", "waiting"])
def test_an_exclusion_is_ended_from_the_toast_and_from_the_board(
    base: dict[str, Client], browser_of: BrowserOf, lane: str
) -> None:
    browser, client = browser_of("csh"), base[lane]
    assert f"{URL}exclude/{client.pk}/" in browser.get(URL).content.decode(), "offered in each lane"
    browser.post(f"{URL}exclude/{client.pk}/", {"reason": "season", "until": "2026-12-01"})
    end = f"{URL}exclude/{client.pk}/end/"
    assert browser.get(URL).content.decode().count(end) == 2, "in the toast and on the card"
    assert "season" in browser.get(end).content.decode()
    browser.post(end)
    assert Exclusion.objects.ids_holding(NIGHT + timedelta(days=1)) == []
    said = browser.get(URL).content.decode()
    assert f"{client.name} may be handed over again" in said


def test_giving_back_what_had_bought_is_undone_too(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf
) -> None:
    given = case(
        base["active"], CaseState.HAD_BOUGHT, people["csm"], people["bdm_recovery"], returned_to=people["csm"],
        returned_on=NIGHT, bought_on=NIGHT,
    )  # fmt: skip
    assert browser_of("hos").get(f"{URL}{given.pk}/undo/").status_code == 200


@pytest.mark.parametrize(("numbers", "text"), [([], ""), ([5], "5"), ([7, 5, 6, 9], "5-7.9"), ([1, 3, 4], "1.3-4")])
def test_many_cases_are_named_in_a_short_address(numbers: list[int], text: str) -> None:
    assert packed(numbers) == text
    assert unpacked(text) == sorted(numbers)


@pytest.mark.parametrize("text", ["a", "5-", "-5", "1..2", "1-99999999", "5-7-9"])
def test_other_addresses_name_no_cases(text: str) -> None:
    with pytest.raises(Http404):
        unpacked(text)


@pytest.fixture
def for_head(base: dict[str, Client], people: dict[str, Employee]) -> dict[str, Client]:
    """What only the head can give away: with development, without a receiver, lost so, and back without an owner."""
    hos, recovery, csm = people["hos"], people["bdm_recovery"], people["csm"]
    made = {"development": make.client("development", recovery)}
    made |= {name: make.client(name, hos) for name in ("no receiver", "lost there", "back", "given away")}
    for name, one in made.items():
        classed(one, "AX", 10)
        life = {"back": "active", "given away": "active", "lost there": "lost"}.get(name, "zero")
        silent(one, days=200, left=-1, life=life)
    case(made["development"], CaseState.HEAD_LIST, recovery, why={"head_list": "development"})
    for name in ("no receiver", "lost there"):
        case(made[name], CaseState.HANDED_OVER, csm, hos, why={"head_list": "no_receiver"})
    for name in ("back", "given away"):
        case(
            made[name], CaseState.RETURNED, csm, recovery, returned_to=hos, returned_on=NIGHT, bought_on=NIGHT,
            recovered_until=NIGHT + timedelta(days=90), why={"head_list": "no_owner"},
        )  # fmt: skip
    Ownership.objects.filter(client=made["back"]).update(starts_on=NIGHT)
    Client.objects.filter(pk=made["back"].pk).update(owned_from=NIGHT)
    return made


def test_the_heads_list_is_a_lane_with_reasons_in_words(for_head: dict[str, Client], browser_of: BrowserOf) -> None:
    page = browser_of("hos").get(URL)
    found = lanes(page)
    assert found["head"] == ["back", "development", "lost there", "no receiver"]
    assert (found["handed"], found["lost"], found["owner"]) == (["handed"], ["handed lost", "lost"], ["owner"])
    said = page.content.decode()
    for words in (
        "with a development manager already, not by a hand-over",
        "no development manager for its branch",
        "its owner owns no clients any more, nobody has the portfolio",
    ):
        assert words in said
    assert browser_of("hos").get(f"{URL}lane/head/").context["lane"].count == 4
    assert [lane.name for lane, _t, _n in browser_of("csm").get(URL).context["lanes"]].count("head") == 0


@pytest.mark.parametrize(("limit", "moved"), [(2, False), (3, True)])  # two clients are with the person already
def test_a_swinging_client_finds_its_place_when_it_is_approved(
    base: dict[str, Client], people: dict[str, Employee], browser_of: BrowserOf, limit: int, moved: bool
) -> None:
    csm, recovery, browser = people["csm"], people["bdm_recovery"], browser_of("hos")
    Employee.objects.filter(pk=recovery.pk).update(recovery_limit=limit)
    client = make.client("swings", csm)
    classed(client, "AX", 10)
    silent(client, days=100, left=-1)
    swings = case(client, CaseState.PROPOSED, csm, why={"swinging": True, "approval": "swinging"})
    dialog = browser.get(f"{URL}approve/", {"ids": swings.pk})
    assert (dialog.context["count"], dialog.context["placed"]) == (1, int(moved))
    assert ("No development manager has a place" in dialog.content.decode()) != moved
    browser.post(f"{URL}approve/", {"ids": [swings.pk], "confirmed": "1"})
    swings.refresh_from_db()
    assert (swings.state, swings.to_owner) == ((CaseState.HANDED_OVER, recovery) if moved else ("proposed", None))
    assert standing_owner(client) == (recovery if moved else csm)
    refusal = "Nobody is handed over: no development manager of the branch has a place"
    assert (refusal in browser.get(URL).content.decode()) != moved


def test_statements_name_the_same_open_states_as_the_program() -> None:
    undecided = set(OPEN) - {CaseState.HANDED_OVER}
    named = [
        (path.name, set(re.findall(r"'(\w+)'", states)))
        for path in SQL.glob("*.sql")
        for states in re.findall(r"state IN \(('waiting'[^)]*)\)", path.read_text(encoding="utf-8"))
    ]
    assert [(name, states) for name, states in named if states not in (set(OPEN), undecided)] == []
    assert len(named) == 5
