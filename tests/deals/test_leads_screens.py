"""Leads on screen: the list, the page, entry, exhibition mode, acts, report, rules; who sees and may what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, Question, Segment, Sphere
from deals.leads.models import Enquiry, Lead, LeadForm, LeadRules, LeadTouch
from deals.models import Task
from salescrm.base import clock
from staff.access import Role
from staff.models import Absence, Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db
Browsers = Callable[[str], Browser]
People = dict[str, Employee]
NOW = datetime(2026, 7, 16, 12, 0, tzinfo=ZoneInfo("Europe/Moscow"))
PHONE = "+79210000001"


@pytest.fixture(autouse=True)
def noon(today: date, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def url(name: str, *args: Any) -> str:
    return reverse(f"leads:{name}", args=args)


def names(browser: Browser, query: str = "") -> list[str]:
    rows = browser.get(f"{url('lead-list')}?{query}").context["rows"]
    return [row.lead.company for row in rows]


# --- the list ---------------------------------------------------------------------------------------------------------


def test_those_nobody_has_come_first(browser_of: Browsers, people: People) -> None:
    make.lead("Закрыт", state="closed", close_reason="spam", closed_at=NOW)
    make.lead("Ничей")
    make.lead("В работе", responsible=people[Role.CSM])
    make.lead("Ничей новее")
    browser = browser_of(Role.CSH)
    assert names(browser) == ["Ничей новее", "Ничей", "В работе"]
    assert names(browser, "view=0") == ["Ничей новее", "Ничей", "В работе", "Закрыт"]
    assert names(browser, "state=closed") == ["Закрыт"]
    assert names(browser, "responsible=none&open=yes") == ["Ничей новее", "Ничей"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("score=50..", ["Второй"]),
        ("type=none", ["Второй", "Первый"]),
        ("channel=form", ["Второй"]),
        ("late=contact", ["Первый"]),
        ("q=gthdsq", ["Первый"]),
        ("q=921 000-00-01", ["Второй"]),
        ("created=%2B0d..%2B0d", []),
        ("responsible=me", []),
        ("branch=1&score=x", None),
    ],
)
def test_it_filters(browser_of: Browsers, people: People, query: str, found: list[str] | None) -> None:
    make.lead("Первый")
    make.lead("Второй", score=60, channel="form", phone=PHONE, first_contact_due_at=NOW + timedelta(hours=1))
    got = names(browser_of(Role.CSH), query)
    assert found is None or got == found


SEEN = {
    "csh": {Role.LEAD_MANAGER, Role.CSH, Role.HOS, Role.BRANCH_HEAD, Role.MARKETER, Role.DIRECTOR, Role.DEPUTY_IT,
            Role.DEPUTY_DIRECTOR},
}  # fmt: skip
SEEN["csm"] = SEEN["csh"] | {Role.CSM}
SEEN["single"] = SEEN["csh"] | {Role.OPERATOR}


@pytest.mark.parametrize("receiver", SEEN)
def test_who_sees_a_lead_nobody_has(browser_of: Browsers, people: People, receiver: str) -> None:
    make.lead_rules(receiver=receiver, single_receiver=people[Role.OPERATOR])
    lead = make.lead("Ничей")
    roles = [role for role in people if role != Role.NONE]
    seen = {role for role in roles if browser_of(role).get(url("lead-card", lead.pk)).status_code == 200}
    assert seen == SEEN[receiver]
    assert {role for role in roles if names(browser_of(role))} == seen


def test_a_manager_sees_own_leads_and_of_whom_he_stands_in_for(browser_of: Browsers, people: People) -> None:
    make.lead("Свой", responsible=people[Role.CSM])
    make.lead("Чужой", responsible=people[Role.BDM_KEY])
    assert names(browser_of(Role.CSM)) == ["Свой"]
    Absence.objects.create(
        employee=people[Role.BDM_KEY], starts_on=TODAY, ends_on=TODAY + timedelta(days=2), substitute=people[Role.CSM]
    )
    assert names(browser_of(Role.CSM)) == ["Чужой", "Свой"]


def test_the_branch_head_sees_the_own_branch(browser_of: Browsers, people: People) -> None:
    make.lead("Наш")
    make.lead("Москва", branch=make.branch("msk"))
    assert names(browser_of(Role.BRANCH_HEAD)) == ["Наш"]


@pytest.mark.parametrize("role", [Role.CSH, Role.CSM])
def test_the_queries_do_not_grow_with_the_leads(
    browser_of: Browsers, people: People, django_assert_max_num_queries: Any, role: str
) -> None:
    counts = []
    for count in (3, 27):
        for n in range(count):
            lead = make.lead(f"Лид {count}-{n}", responsible=people[Role.CSM])
            Task.objects.create(title="Позвонить", lead=lead, assignee=people[Role.CSM], due_on=TODAY)
        browser = browser_of(role)
        browser.get(url("lead-list"))
        with django_assert_max_num_queries(12) as made:
            browser.get(url("lead-list"))
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_totals_and_counts(browser_of: Browsers, people: People) -> None:
    make.lead("Первый")
    make.lead("Второй", responsible=people[Role.CSM], first_contact_due_at=NOW + timedelta(hours=1))
    browser = browser_of(Role.CSH)
    assert browser.get(url("lead-totals") + "?open=yes").context["totals"] == {"leads": 2, "free": 1, "late": 1}
    assert browser.get(url("lead-counts")).context["counts"][:2] == [2, 1]


def test_an_export_has_no_phones(browser_of: Browsers, people: People) -> None:
    make.lead("Первый", phone=PHONE, email="a@b.ru")
    answer = browser_of(Role.MARKETER).post(url("lead-export"), {"form": "csv"})
    text = b"".join(answer).decode("utf-8-sig")
    assert "Первый" in text
    assert PHONE not in text
    assert "a@b.ru" not in text


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_next_step_and_hides_phones_from_who_has_no_contacts(
    browser_of: Browsers, people: People
) -> None:
    lead = make.lead("Первый", "Анна", phone=PHONE, responsible=people[Role.CSM])
    page = browser_of(Role.CSM).get(url("lead-card", lead.pk)).content.decode()
    assert PHONE in page
    assert url("lead-qualify", lead.pk) in page
    page = browser_of(Role.MARKETER).get(url("lead-card", lead.pk)).content.decode()
    assert PHONE not in page
    assert url("lead-qualify", lead.pk) not in page


def test_the_history_tells_who_did_what(browser_of: Browsers, people: People) -> None:
    lead = make.lead("Первый")
    browser = browser_of(Role.CSM)
    make.lead_rules(receiver="csm")
    browser.post(url("lead-take", lead.pk))
    browser.post(url("lead-log", lead.pk), {"kind": "call", "text": "Просили каталог", "submission": uuid4()})
    history = browser.get(url("lead-card", lead.pk)).context["history"]
    said = {(one.title, one.who) for one in history}
    me = people[Role.CSM].short_name
    assert said == {(f"Responsible: {me}", me), ("State: in work", me), ("call", me)}


# --- entering ---------------------------------------------------------------------------------------------------------


def entered(**fields: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"person": "Анна", "phone": "8 921 000-00-01", "source": make.lead_source().pk}
    return given | {"branch": make.branch().pk, "submission": uuid4(), "takes": "on"} | fields


def test_a_lead_is_entered_and_the_person_works_with_it(browser_of: Browsers, people: People) -> None:
    sent = entered()
    for _time in range(2):
        answer = browser_of(Role.CSM).post(url("lead-new"), sent)
    lead = Lead.objects.get()
    assert answer["Location"] == url("lead-card", lead.pk)
    assert (lead.phone_key, lead.responsible, lead.created_by) == (PHONE, people[Role.CSM], people[Role.CSM])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"person": " "}, "person"),
        ({"phone": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"email": "x"}, "email"),
        ({"inn": "123"}, "inn"),
        ({"source": ""}, "source"),
    ],
)
def test_bad_input_makes_no_lead(browser_of: Browsers, people: People, fields: dict[str, Any], field: str) -> None:
    answer = browser_of(Role.CSM).post(url("lead-new"), entered(**fields))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Lead.objects.exists()


def test_a_known_client_is_told_instead_of_a_second_one(browser_of: Browsers, people: People) -> None:
    client = make.client("Принт-Хаус", people[Role.BDM_KEY])
    make.point(client, PHONE)
    answer = browser_of(Role.CSM).post(url("lead-new"), entered(), follow=True)
    assert "Принт-Хаус is a client already" in answer.content.decode()
    assert (Lead.objects.count(), Enquiry.objects.get().client) == (0, client)


def test_the_exhibition_mode_takes_three_fields_and_stays_open(browser_of: Browsers, people: People) -> None:
    make.lead_source("exhibition")
    browser = browser_of(Role.CSM)
    sent = {"person": "Анна, Текстиль Дом", "reach": "8 921 000-00-01", "text": "каталог", "exhibition": "Хеймтекстиль"}
    answer = browser.post(url("lead-quick"), sent | {"submission": uuid4()}, follow=True)
    lead = Lead.objects.get()
    assert (lead.person, lead.company, lead.phone_key, lead.source.code) == (
        "Анна",
        "Текстиль Дом",
        PHONE,
        "exhibition",
    )
    assert (lead.exhibition, lead.responsible) == ("Хеймтекстиль", people[Role.CSM])
    form = answer.context["form"]
    assert (form["exhibition"].value(), form["person"].value()) == ("Хеймтекстиль", None)
    assert answer.context["last"] == [lead]


# --- acts -------------------------------------------------------------------------------------------------------------


def test_leads_are_given_as_the_rule_proposes(browser_of: Browsers, people: People) -> None:
    second = make.employee("second")
    leads = [make.lead("Первый"), make.lead("Второй"), make.lead("Третий", responsible=people[Role.BDM_KEY])]
    query = f"?ids={leads[0].pk}&ids={leads[1].pk}"
    browser = browser_of(Role.CSH)
    moves = browser.get(url("lead-assign") + query).context["moves"]
    assert [(lead.company, person) for lead, person in moves] == [("Первый", people[Role.CSM]), ("Второй", second)]
    browser.post(url("lead-assign") + query, {"to": "rule"})
    assert dict(Lead.objects.values_list("company", "responsible")) == {
        "Первый": people[Role.CSM].pk, "Второй": second.pk, "Третий": people[Role.BDM_KEY].pk,
    }  # fmt: skip


def test_a_manager_gives_nobody_leads(browser_of: Browsers, people: People) -> None:
    lead = make.lead("Первый", responsible=people[Role.CSM])
    answer = browser_of(Role.CSM).post(f"{url('lead-assign')}?ids={lead.pk}", {"to": people[Role.CSH].pk})
    lead.refresh_from_db()
    assert (answer.status_code, lead.responsible) == (403, people[Role.CSM])


def test_who_comes_second_to_a_lead_is_told(browser_of: Browsers, people: People) -> None:
    lead = make.lead("Первый", responsible=people[Role.CSM])
    answer = browser_of(Role.LEAD_MANAGER).post(url("lead-take", lead.pk), follow=True)
    assert f"{people[Role.CSM].short_name} took this lead already." in answer.content.decode()


def test_the_way_of_a_lead_to_a_client(browser_of: Browsers, people: People) -> None:
    sphere = Sphere.objects.create(code="home", name="Дом")
    segment = Segment.objects.create(sphere=sphere, code="shop", name="Магазин", priority=1)
    question = Question.objects.create(segment=segment, text="Сколько магазинов?")
    lead = make.lead("Текстиль Дом", "Анна", phone=PHONE, responsible=people[Role.CSM], segment=segment)
    browser = browser_of(Role.CSM)
    facts = {"segment": segment.pk, "has_stock": "yes", f"question-{question.pk}": "пять"}
    assert browser.post(url("lead-facts", lead.pk), facts).status_code == 302
    lead.refresh_from_db()
    assert (lead.state, lead.score) == ("new", 45)
    assert browser.post(url("lead-qualify", lead.pk), facts).status_code == 302
    assert browser.post(url("lead-offer", lead.pk)).status_code == 302
    dialog = browser.get(url("lead-convert", lead.pk))
    assert dialog.context["likely"] == []
    browser.post(url("lead-convert", lead.pk), {"into": "new", "name": "Текстиль Дом"})
    client = Client.objects.get()
    lead.refresh_from_db()
    assert (lead.client, client.name, client.segment) == (lead.client, "Текстиль Дом", segment)
    assert browser.get(reverse("clients:client-card", args=[client.pk])).status_code == 200
    again = browser.post(url("lead-log", lead.pk), {"kind": "call", "text": "x", "submission": uuid4()})
    assert (again.status_code, LeadTouch.objects.count()) == (422, 0)


def test_a_likely_client_of_another_is_joined_and_stays_unseen(browser_of: Browsers, people: People) -> None:
    client = make.client("Текстиль Дом", people[Role.BDM_KEY])
    lead = make.lead("Текстиль-Дом", "Анна", responsible=people[Role.CSM])
    browser = browser_of(Role.CSM)
    page = browser.get(url("lead-convert", lead.pk)).content.decode()
    assert reverse("clients:client-card", args=[client.pk]) not in page
    assert browser.post(url("lead-convert", lead.pk), {"name": "Текстиль-Дом"}).status_code == 422  # nothing chosen
    browser.post(url("lead-convert", lead.pk), {"into": client.pk})
    lead.refresh_from_db()
    assert (lead.client, Client.objects.count()) == (client, 1)
    assert browser.get(reverse("clients:client-card", args=[client.pk])).status_code == 404


def test_closing_asks_for_what_is_missing_and_changes_nothing_until_then(browser_of: Browsers, people: People) -> None:
    lead = make.lead("Первый", responsible=people[Role.CSM])
    browser = browser_of(Role.CSM)
    assert browser.post(url("lead-close", lead.pk), {"reason": "price", "comment": "дорого"}).status_code == 422
    lead.refresh_from_db()
    assert lead.state == "new"
    sent = {"reason": "price", "comment": "дорого", "need": "полотенца", "type_unknown": "не сказали"}
    assert browser.post(url("lead-close", lead.pk), sent).status_code == 302
    browser.post(url("lead-reopen", lead.pk))
    lead.refresh_from_db()
    assert (lead.state, lead.need) == ("new", "полотенца")


# --- my day, tasks, report, rules -------------------------------------------------------------------------------------


def test_my_day_and_the_menu_show_what_waits(browser_of: Browsers, people: People) -> None:
    lead = make.lead("Первый")
    page = browser_of(Role.CSH).get("/").content.decode()
    assert url("lead-card", lead.pk) in page
    assert url("lead-card", lead.pk) not in browser_of(Role.CSM).get("/").content.decode()


def test_a_task_of_a_lead_leads_to_it(browser_of: Browsers, people: People) -> None:
    lead = make.lead("Первый", responsible=people[Role.CSM])
    Task.objects.create(title="Позвонить", lead=lead, assignee=people[Role.CSM], due_on=TODAY)
    page = browser_of(Role.CSM).get(reverse("deals:task-list")).content.decode()
    assert url("lead-card", lead.pk) in page


def test_the_report_counts_conversion_and_traffic(browser_of: Browsers, people: People) -> None:
    client = make.client("Клиент", people[Role.CSM], standing={"first_purchase_on": TODAY})
    won: dict[str, Any] = {"state": "converted", "client": client, "converted_at": NOW, "first_contacted_at": NOW}
    make.lead("Стал", responsible=people[Role.CSM], **won)
    make.lead("Второй", source=make.lead_source("phone"))
    make.lead("Спам", state="closed", close_reason="spam", closed_at=NOW)
    browser = browser_of(Role.CSH)
    browser.post(url("lead-new"), entered(phone="+7 921 000-00-09"))
    context = browser.get(url("report")).context
    by_source = {line.name: (line.received, line.contacted, line.in_time, line.converted, line.ordered)
                 for line in context["tables"][0][1]}  # fmt: skip
    assert by_source == {"site": (2, 1, 0, 1, 1), "phone": (1, 0, 0, 0, 0)}
    assert (context["total"].received, context["total"].closed) == (3, 0)
    assert [lines for _title, _most, lines in context["traffic"]] == [
        [("by hand", 1)], [("Thursday", 1)], [("12:00", 1)],
    ]  # fmt: skip
    assert browser.get(url("report") + "?from=2020-01-01&to=x").status_code == 200


def rules(**fields: Any) -> dict[str, Any]:
    known = LeadRules()
    names_ = ("receiver", "first_contact_hours", "opens_at", "closes_at", "offer_days", "close_days", "weight_type",
              "weight_stock", "weight_need", "weight_region", "weight_stores", "weight_decider", "full_need",
              "full_stores")  # fmt: skip
    return {name: getattr(known, name) for name in names_} | fields


def test_rules_are_kept_as_a_new_version(browser_of: Browsers, people: People) -> None:
    browser = browser_of(Role.CSH)
    assert browser.post(url("settings"), rules(receiver="csm", close_days=7)).status_code == 302
    assert browser.post(url("settings"), rules(receiver="single")).status_code == 422
    assert browser.post(url("settings"), rules(closes_at="08:00")).status_code == 422
    assert [(one.receiver, one.close_days, one.author) for one in LeadRules.objects.all()] == [
        ("csm", 7, people[Role.CSH])
    ]


@pytest.mark.parametrize(
    ("sites", "kept"),
    [
        ("https://shop.example/\nhttp://b.ru:8080", "https://shop.example\nhttp://b.ru:8080"),
        ("https://shop.example; script-src *", None),
        ("shop.example", None),
        ("https://shop.example/page", None),
        ("*", None),
    ],
)
def test_a_form_names_the_sites_that_may_show_it(
    browser_of: Browsers, people: People, sites: str, kept: str | None
) -> None:
    browser = browser_of(Role.HOS)
    sent = {"title": "Заявка", "thanks": "Спасибо", "consent": "Согласен", "source": make.lead_source().pk}
    sent |= {"branch": make.branch().pk, "sites": sites, "is_active": "on"}
    answer = browser.post(url("form-new"), sent)
    assert [one.sites for one in LeadForm.objects.all()] == ([kept] if kept else [])
    if kept:
        page = browser.get(answer["Location"]).content.decode()
        assert f"/forms/{LeadForm.objects.get().slug}/" in page
