"""The contact norm on screens: overdue, coverage and load, the editor, My day, the card, the list (R89-R100)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from clients.models import Client, Ownership, Participant, Standing
from deals.models import Task
from salescrm.base.models import StepRun
from segmentation import coverage
from segmentation.contact_norm import ContactNorm
from segmentation.forms import NormForm
from segmentation.models import ClientState
from staff.access import Role
from staff.models import Absence, Employee
from tests import make
from tests.conftest import TODAY
from tests.segmentation.world import NIGHT, nights

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
People = dict[str, Employee]
PAGE, LIST, RULES, EDITOR = (
    "/segmentation/contacts/", "/clients/", "/segmentation/rules/", "/segmentation/rules/contacts/",
)  # fmt: skip


def under(
    name: str, owner: Employee, left: int | None, *, abc: str = "A", months: int | None = 1, **standing: Any
) -> Client:
    """Make a client whose term ends in so many days; None: no norm holds for it."""
    due = TODAY + timedelta(days=left) if left is not None else None
    fields = {
        "abc": abc, "contact_months": months, "contact_due_on": due, "contact_from": due and due - timedelta(days=30),
        "life_cycle": "active",
    }  # fmt: skip
    return make.client(name, owner, standing=fields | standing)


@pytest.fixture
def base(people: People, today: date) -> dict[str, Client]:
    """Clients of two managers: overdue, due today, due later, zero, and one no norm holds for."""
    make.contact_norm()
    csm, other = people[Role.CSM], people[Role.BDM_KEY]
    return {
        "long overdue": under("long overdue", csm, -10),
        "overdue": under("overdue", csm, -1, abc="B", months=3),
        "today": under("today", csm, 0),
        "later": under("later", csm, 30, abc="", months=3),
        "zero": under("zero", csm, 5, abc="C", months=None, contact_days=14, life_cycle="zero"),
        "none": under("none", csm, None, months=None),
        "of another": under("of another", other, -3),
    }


def listed(browser: Browser, address: str) -> set[str]:
    return {row.client.name for row in browser.get(address).context["rows"]}


def blocks_of(browser: Browser) -> dict[str, Any]:
    answer = browser.get(reverse("home"))
    return {block.id: block for block in [*answer.context["blocks"], *answer.context["side"]]}


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_report_adds_up_and_every_number_opens_its_clients(base: dict[str, Client], browser_of: BrowserOf) -> None:
    browser = browser_of(Role.HOS)
    report = browser.get(PAGE).context["report"]
    assert [(line.person.username, line.total.clients, line.total.overdue) for line in report.lines] == [
        (Role.CSM, 5, 2), (Role.BDM_KEY, 1, 1),
    ]  # fmt: skip
    csm = report.lines[0]
    assert [(figure.clients, figure.overdue) for figure in csm.figures] == [(2, 1), (1, 1), (1, 0), (1, 0)]
    assert [figure.covered for figure in csm.figures] == [Decimal("0.5"), Decimal(0), Decimal(1), Decimal(1)]
    assert csm.total.covered == Decimal("0.6")
    assert csm.total.oldest == TODAY - timedelta(days=10)
    assert (report.total.clients, report.total.overdue) == (6, 3)
    by_class = [(figure.contacts, hours) for figure, hours in report.by_class]
    assert by_class == [(3, 2), (0, 0), (2, 1), (0, 0)], "3 × 1, 1/3, 26/12, 1/3 contacts of half an hour"
    for figure in [*csm.figures, csm.total, *report.sums, report.total]:
        assert len(listed(browser, figure.url)) == figure.clients
        assert len(listed(browser, figure.overdue_url)) == figure.overdue


def test_the_overdue_are_listed_the_longest_first_and_logged_in_place(
    base: dict[str, Client], browser_of: BrowserOf
) -> None:
    page = browser_of(Role.CSM).get(PAGE)
    assert [(row["client"].name, row["left"]) for row in page.context["rows"]] == [
        ("long overdue", -10),
        ("overdue", -1),
    ]
    assert f"/clients/{base['overdue'].pk}/log/?kind=call" in page.content.decode()


def test_a_manager_opens_the_overdue_of_that_person(
    base: dict[str, Client], people: People, browser_of: BrowserOf
) -> None:
    browser, other = browser_of(Role.HOS), people[Role.BDM_KEY]
    page = browser.get(PAGE, {"owner": other.pk})
    assert [row["client"].name for row in page.context["rows"]] == ["of another"]
    assert [row["owner"] for row in page.context["rows"]] == [other]
    unknown = browser.get(PAGE, {"owner": 999_999})
    assert len(unknown.context["rows"]) == 3, "whoever has no clients narrows nothing"
    assert browser.get(PAGE, {"owner": "x"}).status_code == 404


def test_a_person_sees_the_figures_of_own_rows_only(base: dict[str, Client], browser_of: BrowserOf) -> None:
    report = browser_of(Role.BDM_KEY).get(PAGE).context["report"]
    assert [(line.person.username, line.total.clients) for line in report.lines] == [(Role.BDM_KEY, 1)]


def test_who_only_reads_logs_nothing(base: dict[str, Client], browser_of: BrowserOf) -> None:
    page = browser_of(Role.MARKETER).get(PAGE)
    assert page.status_code == 200
    assert all(not row["acts"] for row in page.context["rows"])


def test_the_load_is_what_the_norms_ask_for_a_month() -> None:
    figure = coverage.Figure()
    figure.add(40, 0, 40 * coverage.monthly(1, None), None)
    figure.add(193, 0, 193 * coverage.monthly(3, None), None)
    assert figure.contacts == 104
    assert coverage.hours(figure, 30) == 52
    assert round(coverage.monthly(None, 14), 2) == Decimal("2.17")
    assert coverage.monthly(None, None) == 0


@pytest.mark.parametrize(("most", "warned"), [(3, True), (4, False)])
def test_a_portfolio_that_cannot_be_served_is_named(
    people: People, today: date, browser_of: BrowserOf, most: int, warned: bool
) -> None:
    make.contact_norm(most_a_month=most)
    for n in range(4):
        under(f"c{n}", people[Role.CSM], 10)
    page = browser_of(Role.CSH).get(PAGE)
    assert [line.person.username for line in page.context["report"].too_many] == ([Role.CSM] if warned else [])
    assert ("1 manager cannot keep the norm" in page.content.decode()) == warned


def test_a_base_without_a_norm_says_so(people: People, today: date, browser_of: BrowserOf) -> None:
    assert "Nobody is under the norm yet" in browser_of(Role.HOS).get(PAGE).content.decode()


@pytest.mark.parametrize("role", [Role.HOS, Role.CSM])
def test_the_page_asks_as_often_however_many_clients(
    people: People, today: date, browser_of: BrowserOf, django_assert_max_num_queries: DjangoAssertNumQueries, role: str
) -> None:
    make.contact_norm()
    browser, counts = browser_of(role), []
    browser.get(PAGE)
    for upto in (3, 30):
        for n in range(Client.objects.count(), upto):
            under(f"c{n}", people[Role.CSM], n - 10)
        with django_assert_max_num_queries(15) as captured:
            browser.get(PAGE)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- the editor -------------------------------------------------------------------------------------------------------


def typed(**changes: Any) -> dict[str, Any]:
    """Return what the browser sends for the latest norm with changes."""
    form = NormForm(instance=ContactNorm.objects.latest("effective_from"), earliest=date.min)
    sent = {field.name: field.value() for field in form if field.value() not in (None, False)}
    return sent | {"effective_from": "2026-07-16", "comment": "stricter"} | changes


def test_saving_makes_a_new_version_and_keeps_the_old_one(people: People, today: date, browser_of: BrowserOf) -> None:
    nights()
    old = make.contact_norm()
    assert browser_of(Role.HOS).post(EDITOR, typed(other_months="2", mode="calendar")).status_code == 302
    saved = ContactNorm.objects.latest("effective_from")
    assert (saved.other_months, saved.mode, saved.author, saved.comment) == (
        2, "calendar", people[Role.HOS], "stricter",
    )  # fmt: skip
    old.refresh_from_db()
    assert (old.other_months, old.mode) == (3, "rolling")
    page = browser_of(Role.CSM).get(RULES)
    assert page.context["norm"] == saved
    changed = {one.label: (one.before, one.after) for one in page.context["norm_history"][0]["differences"]}
    assert changed["others, once in months"] == ("3", "2")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"effective_from": NIGHT.isoformat()}, "already used"),
        ({"other_months": "5"}, "5"),
        ({"zero_attempts": "15"}, "at most 14"),
        ({"ahead_monthly": "0"}, "ahead"),
        ({"comment": ""}, ""),
        ({"most_a_month": "0"}, "positive"),
    ],
)
def test_a_fault_is_said_and_changes_nothing(
    people: People, today: date, browser_of: BrowserOf, changes: dict[str, str], said: str
) -> None:
    nights()
    make.contact_norm()
    page = browser_of(Role.HOS).post(EDITOR, typed(**changes))
    assert page.status_code == 422
    assert said in page.content.decode()
    assert ContactNorm.objects.count() == 1


def test_a_double_submit_is_one_version(people: People, today: date, browser_of: BrowserOf) -> None:
    nights()
    make.contact_norm()
    sent = typed()
    browser_of(Role.HOS).post(EDITOR, sent)
    assert browser_of(Role.HOS).post(EDITOR, sent).status_code == 422
    assert ContactNorm.objects.count() == 2


@pytest.mark.parametrize("role", [Role.CSM, Role.CSH, Role.DIRECTOR])
def test_others_do_not_change_the_norm(people: People, today: date, browser_of: BrowserOf, role: str) -> None:
    make.contact_norm()
    assert browser_of(role).post(EDITOR, typed()).status_code == 403
    assert ContactNorm.objects.count() == 1


# --- my day -----------------------------------------------------------------------------------------------------------


def test_my_day_has_the_contacts_due_nearest_first(base: dict[str, Client], browser_of: BrowserOf) -> None:
    block = blocks_of(browser_of(Role.CSM))["contacts"]
    assert [(row.name, row.left) for row in block.rows] == [
        ("long overdue", -10), ("overdue", -1), ("today", 0), ("zero", 5),
    ]  # fmt: skip
    assert block.tone == "bad"
    assert all(row.acts for row in block.rows)


def test_a_head_has_no_contacts_of_others_on_the_day(base: dict[str, Client], browser_of: BrowserOf) -> None:
    assert "contacts" not in blocks_of(browser_of(Role.HOS))


def test_who_stands_in_has_them_too(base: dict[str, Client], people: People, browser_of: BrowserOf) -> None:
    key = people[Role.BDM_KEY]
    week = TODAY + timedelta(days=7)
    Absence.objects.create(employee=people[Role.CSM], substitute=key, starts_on=TODAY, ends_on=week)
    names = [row.name for row in blocks_of(browser_of(Role.BDM_KEY))["contacts"].rows]
    assert names == ["long overdue", "of another", "overdue", "today", "zero"]


@pytest.mark.parametrize("role", [Role.CSM, Role.BDM_KEY, Role.BDM_RECOVERY, Role.BRANCH_HEAD, Role.HOS])
def test_the_figure_of_contacts_due_is_the_total_of_the_list_behind_it(
    base: dict[str, Client], people: People, browser_of: BrowserOf, role: str
) -> None:
    """A manager of own clients; one who stands in and has own ones; one who takes part; heads who stand in."""
    under("в работе", people[Role.CSM], 2)
    person, week = people[role], TODAY + timedelta(days=7)
    if role == Role.BDM_RECOVERY:
        for client in (base["today"], base["later"]):
            Participant.objects.create(client=client, employee=person, starts_on=TODAY)
    elif role != Role.CSM:
        Absence.objects.create(employee=people[Role.CSM], substitute=person, starts_on=TODAY, ends_on=week)
    browser = browser_of(role)
    block = blocks_of(browser)["contacts"]
    assert block.count == (6 if role == Role.BDM_KEY else 1 if role == Role.BDM_RECOVERY else 5)
    assert listed(browser, block.url) == {row.name for row in block.rows}
    query = block.url.partition("?")[2]
    totals = browser.get(f"{reverse('clients:client-totals')}?{query}").context["totals"]
    assert totals["clients"] == block.count
    others = browser_of(Role.DIRECTOR).get(f"{reverse('clients:client-totals')}?{query}").context["totals"]
    assert others["clients"] == 0, "kept totals are the person's own"


def test_logging_in_place_takes_the_client_out_of_the_block(base: dict[str, Client], browser_of: BrowserOf) -> None:
    browser, one = browser_of(Role.CSM), base["overdue"]
    sent = {
        "kind": "call", "result": make.result().pk, "text": "Ждут образцы", "way": "out", "day": TODAY.isoformat(),
        "submission": str(uuid4()), "next_kind": "call",
    }  # fmt: skip
    answer = browser.post(reverse("deals:log-client", args=[one.pk]), sent, headers={"HX-Request": "true"})
    assert answer.status_code in (200, 204)
    assert "tasks-changed" in answer.headers["HX-Trigger"]
    drawn = browser.get(reverse("segmentation:contacts-day"))
    assert [row.name for row in drawn.context["block"].rows] == ["long overdue", "today", "zero"]
    assert Standing.objects.get(client=one).contact_due_on == date(2026, 10, 16)


def test_clients_about_to_become_zero_stand_on_the_day(people: People, today: date, browser_of: BrowserOf) -> None:
    rules = make.rule_set()
    for name, life, left in (("soon", "active", 3), ("late", "active", 30), ("is zero", "zero", -3), ("new", "new", 1)):
        client = make.client(name, people[Role.CSM], standing={"life_cycle": life})
        zero_on = TODAY + timedelta(days=left)
        ClientState.objects.create(
            client=client, status=life, since=NIGHT, term_class="other", zero_on=zero_on, rule_set=rules
        )
    browser = browser_of(Role.CSM)
    block = blocks_of(browser)["turning"]
    assert [(row.name, row.left) for row in block.rows] == [("new", 1), ("soon", 3)]
    behind = browser.get(block.url)
    assert {row.client.name for row in behind.context["rows"]} == {"new", "soon"}
    assert "within two weeks" in behind.content.decode()


# --- the card and the list --------------------------------------------------------------------------------------------


def test_the_card_says_when_and_why(base: dict[str, Client], browser_of: BrowserOf) -> None:
    browser = browser_of(Role.CSM)
    facts = {fact["label"]: fact for fact in browser.get(f"/clients/{base['overdue'].pk}/").context["facts"]}
    fact = facts["Contact due"]
    assert (fact["note"], fact["tone"]) == ("1 day ago", "bad")
    why = browser.get(fact["why"], headers={"HX-Request": "true"})
    assert why.status_code == 200
    assert "at least once in 3 months" in why.content.decode()


@pytest.mark.parametrize("label", ["Hand-over", "Contact due"])
def test_every_why_of_the_facts_opens(base: dict[str, Client], browser_of: BrowserOf, label: str) -> None:
    browser = browser_of(Role.CSM)
    facts = {fact["label"]: fact for fact in browser.get(f"/clients/{base['zero'].pk}/").context["facts"]}
    assert browser.get(facts[label]["why"]).status_code == 200


def test_a_client_without_a_norm_says_so(base: dict[str, Client], browser_of: BrowserOf) -> None:
    browser = browser_of(Role.CSM)
    facts = {fact["label"]: fact for fact in browser.get(f"/clients/{base['none'].pk}/").context["facts"]}
    assert facts["Contact due"]["value"] == "no norm"
    assert "No norm of contacts holds" in browser.get(facts["Contact due"]["why"]).content.decode()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("..-1d", {"long overdue", "overdue", "of another"}),
        ("..+0d", {"long overdue", "overdue", "of another", "today"}),
        ("..+7d", {"long overdue", "overdue", "of another", "today", "zero"}),
        ("+0d..", {"today", "zero", "later"}),
        ("none", {"none"}),
    ],
)
def test_the_list_is_narrowed_by_the_day(
    base: dict[str, Client], browser_of: BrowserOf, asked: str, expected: set[str]
) -> None:
    assert listed(browser_of(Role.HOS), f"{LIST}?contact_due={asked.replace('+', '%2B')}") == expected


def test_the_list_shows_and_sorts_by_the_columns(base: dict[str, Client], browser_of: BrowserOf) -> None:
    page = browser_of(Role.CSM).get(f"{LIST}?sort=contact_due&cols=name,contact_due,last_contact,next_task")
    assert page.status_code == 200
    names = [row.client.name for row in page.context["rows"]]
    assert [name for name in names if name != "none"] == ["long overdue", "overdue", "today", "zero", "later"]


def test_totals_of_the_list_follow_a_contact(base: dict[str, Client], browser_of: BrowserOf) -> None:
    browser = browser_of(Role.HOS)

    def count(query: str) -> int:
        return int(browser.get(f"{LIST}totals/?{query}").context["totals"]["clients"])

    assert (count("contact_due=..-1d"), count("next_task=none")) == (3, 7)
    sent = {
        "kind": "call", "result": make.result().pk, "text": "Говорили", "way": "out", "day": TODAY.isoformat(),
        "submission": str(uuid4()), "has_next": "on", "next_kind": "call", "next_on": "2026-08-14",
    }  # fmt: skip
    browser.post(reverse("deals:log-client", args=[base["overdue"].pk]), sent)
    assert (count("contact_due=..-1d"), count("next_task=none")) == (2, 6)


def test_a_joined_client_counts_nowhere(base: dict[str, Client], browser_of: BrowserOf) -> None:
    Client.objects.filter(pk=base["overdue"].pk).update(merged_into=base["today"])
    assert browser_of(Role.HOS).get(PAGE).context["report"].total.overdue == 2


def test_nothing_here_writes(base: dict[str, Client], browser_of: BrowserOf) -> None:
    before = list(Standing.objects.order_by("pk").values())
    browser = browser_of(Role.HOS)
    for address in (PAGE, RULES, EDITOR, reverse("segmentation:contacts-day")):
        assert browser.get(address).status_code == 200
    assert list(Standing.objects.order_by("pk").values()) == before
    assert not Task.objects.exists()
    assert not StepRun.objects.exists()
    assert Ownership.objects.count() == len(base)
