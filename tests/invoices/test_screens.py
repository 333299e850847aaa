"""Screens of invoices: the list and its filters, acts through forms, the card, My day, figures, rules, the calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, Communication
from deals.invoices import daily
from deals.invoices.models import Deferral, Invoice, InvoiceContact, InvoiceRules, Payment
from staff.access import Role
from staff.models import CalendarDay, Employee
from tests import make
from tests.conftest import TODAY
from tests.invoices.scene import approve, ask, issue, pay, speak

pytestmark = pytest.mark.django_db
Browsers = Callable[[str], Browser]
People = dict[str, Employee]
HTMX = {"HX-Request": "true"}
LIST = "/invoices/"


@pytest.fixture
def client(people: People, today: date) -> Client:
    return make.client("Принт-Хаус", people[Role.CSM])


@pytest.fixture
def csm(people: People) -> Employee:
    return people[Role.CSM]


def numbers(browser: Browser, query: str = "") -> list[str]:
    return [row.invoice.number for row in browser.get(LIST + query).context["rows"]]


def url(name: str, *invoices: Invoice) -> str:
    return reverse(f"deals:{name}") + "?" + "&".join(f"ids={one.pk}" for one in invoices)


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_keeps_what_filters_say(browser_of: Browsers, client: Client, csm: Employee, people: People) -> None:
    other = make.client("Альфа", people[Role.BDM_KEY])
    fifteenth, sixteenth = date(2026, 7, 15), date(2026, 7, 16)
    issue(client, csm, "today", 10, issued_on=sixteenth)
    issue(client, csm, "second", 20, issued_on=fifteenth)
    issue(other, people[Role.BDM_KEY], "third", 30)
    issue(client, csm, "late", 40, issued_on=date(2026, 7, 1))
    paid = issue(client, csm, "paid", 50)
    pay(client, csm, 50, "paid")
    gone = issue(client, csm, "gone", 60)
    hos = browser_of(Role.HOS)
    hos.post(url("invoice-cancel", gone), {"reason": "refused", "comment": "Передумал"})
    speak(list(Invoice.objects.filter(number="second")), csm, "no_answer")
    assert paid.pk
    every = ["today", "second", "gone", "paid", "third", "late"]
    for query, expected in {
        "": ["today", "second", "third", "late"],
        "?view=0": every,
        "?state=paid": ["paid"],
        "?state=cancelled": ["gone"],
        "?state=overdue": ["late"],
        "?state=issued": ["today", "second", "third"],
        "?work=1": ["today"],
        "?work=2": ["second"],
        "?work=3": ["third"],
        "?work=2%2B": ["second", "third", "late"],
        "?work=2%2B&answer=open": ["second", "third", "late"],
        "?answer=no_answer&state=open": ["second"],
        "?answer=silent&state=open": ["today", "third", "late"],
        f"?owner={people[Role.BDM_KEY].pk}": ["third"],
        "?issued=%2B0d..%2B0d": ["today"],
        "?amount=30..40": ["third", "late"],
        "?q=Альфа": ["third"],
        "?q=seco": ["second"],
        "?sort=amount&state=open": ["today", "second", "third", "late"],
        "?reason=refused": ["gone"],
        "?state=x&work=99": every,
    }.items():
        assert numbers(hos, query) == expected, query
    assert numbers(browser_of(Role.CSM), "?view=0") == [one for one in every if one != "third"]
    totals = hos.get("/invoices/totals/?state=open").context["totals"]
    assert (totals["invoices"], totals["issued"], totals["unpaid"], totals["overdue"]) == (4, 100, 100, 40)


def test_the_control_of_the_head_is_a_tab(browser_of: Browsers, client: Client, csm: Employee) -> None:
    agreed, silent = issue(client, csm, "agreed"), issue(client, csm, "silent")
    speak([agreed], csm, "will_pay")
    tabs = browser_of(Role.CSH).get(LIST).context["tabs"]
    (control,) = [tab for tab in tabs if "Control" in str(tab["label"])]
    assert numbers(browser_of(Role.CSH), control["url"]) == [silent.number]
    assert not [tab for tab in browser_of(Role.CSM).get(LIST).context["tabs"] if "Control" in str(tab["label"])]


@pytest.mark.parametrize("path", [LIST, "/invoices/?work=2%2B", "/invoices/totals/", "/invoices/report/", "card", "/"])
def test_the_queries_do_not_grow_with_the_rows(
    browser_of: Browsers, people: People, today: date, django_assert_max_num_queries: Any, path: str
) -> None:
    csm, browser = people[Role.CSM], browser_of(Role.CSM)
    first = make.client("Клиент", csm)
    asked_url = reverse("deals:client-invoices", args=[first.pk]) if path == "card" else path
    browser.get("/healthz")
    browser.get(asked_url)
    counts = []
    few = 14 if path == "/" else 3  # a block of the day counts only what it does not show
    for upto in (range(few), range(few, 30)):
        for n in upto:
            one = first if path == "card" else make.client(f"Клиент {n}", csm)
            made = issue(one, csm, str(n))
            if n % 3:
                speak([made], csm)
        with django_assert_max_num_queries(40) as asked:
            assert browser.get(asked_url).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_export_has_what_is_filtered(browser_of: Browsers, client: Client, csm: Employee) -> None:
    issue(client, csm, "1")
    issue(client, csm, "2", issued_on=TODAY)
    asked = f"/invoices/export/?issued={TODAY}..{TODAY}"
    lines = b"".join(browser_of(Role.CSM).post(asked, {"form": "csv"})).decode("utf-8-sig").splitlines()
    assert (len(lines), "Принт-Хаус" in lines[1]) == (2, True)


# --- acts -------------------------------------------------------------------------------------------------------------


def test_a_form_sent_twice_issues_one_invoice(browser_of: Browsers, client: Client) -> None:
    data = {
        "client": client.pk, "number": " 15 ", "issued_on": "2026-07-16", "amount": "1 250,50", "subject": "Баннеры",
        "submission": str(uuid4()),
    }  # fmt: skip
    browser = browser_of(Role.CSM)
    for _n in range(2):
        assert browser.post(reverse("deals:invoice-new"), data).status_code == 302
    made = Invoice.objects.get()
    assert (made.number, str(made.amount), made.client, made.subject) == ("15", "1250.50", client, "Баннеры")
    assert browser.get(reverse("deals:invoice-new")).context["form"].initial["number"] == "16"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"number": " "}, {"number"}),
        ({"issued_on": "2026-07-17"}, {"issued_on"}),
        ({"issued_on": "31.02.2026"}, {"issued_on"}),
        ({"amount": "0"}, {"amount"}),
        ({"amount": "-5"}, {"amount"}),
        ({"amount": "NaN"}, {"amount"}),
        ({"amount": "1e30"}, {"amount"}),
        ({"client": "999"}, {"client"}),
        ({"submission": "x"}, {"submission"}),
    ],
)
def test_bad_input_issues_nothing(
    browser_of: Browsers, client: Client, fields: dict[str, str], wrong: set[str]
) -> None:
    data = {"client": client.pk, "number": "15", "issued_on": "2026-07-16", "amount": "10", "submission": str(uuid4())}
    response = browser_of(Role.CSM).post(reverse("deals:invoice-new"), data | fields)
    assert (response.status_code, set(response.context["form"].errors)) == (422, wrong)
    assert Invoice.objects.count() == 0


def test_a_taken_number_is_said_in_the_form(browser_of: Browsers, client: Client, csm: Employee) -> None:
    issue(client, csm, "15")
    data = {"client": client.pk, "number": "15", "issued_on": "2026-07-16", "amount": "10", "submission": str(uuid4())}
    response = browser_of(Role.CSM).post(reverse("deals:invoice-new"), data)
    assert response.status_code == 422
    assert "number" in response.content.decode()
    assert Invoice.objects.count() == 1


def test_a_selection_is_spoken_about_at_once(browser_of: Browsers, client: Client, csm: Employee) -> None:
    other = make.client("Альфа", csm)
    made = [issue(client, csm, "1"), issue(client, csm, "2"), issue(other, csm, "3")]
    browser = browser_of(Role.CSM)
    asked = browser.get(url("invoice-contact", *made))
    assert (asked.context["count"], len(asked.context["invoices"])) == (3, 3)
    data = {"result": "will_pay", "promised_on": "2026-07-17", "kind": "call", "submission": str(uuid4())}
    refused = browser.post(url("invoice-contact", *made), data | {"promised_on": ""})
    assert (refused.status_code, InvoiceContact.objects.count()) == (422, 0)
    response = browser.post(url("invoice-contact", *made), data, headers=HTMX)
    assert response.status_code == 204
    assert "invoices-changed" in response.headers["HX-Trigger"]
    assert (InvoiceContact.objects.count(), Communication.objects.count()) == (3, 2)


def test_cancelling_asks_for_reason_and_comment_and_tells_the_second(
    browser_of: Browsers, client: Client, csm: Employee
) -> None:
    made = issue(client, csm)
    browser = browser_of(Role.CSM)
    for data in (
        {"reason": "refused", "comment": " "},
        {"reason": "", "comment": "Нет"},
        {"reason": "corrected", "comment": "x"},
    ):
        assert browser.post(url("invoice-cancel", made), data).status_code == 422
    assert Invoice.objects.get().cancelled_at is None
    data = {"reason": "refused", "comment": "Передумал"}
    assert "is cancelled" in browser.post(url("invoice-cancel", made), data, headers=HTMX).headers["HX-Trigger"]
    second = browser_of(Role.HOS).post(url("invoice-cancel", made), data, headers=HTMX).headers["HX-Trigger"]
    assert "cancelled it already" in second
    assert Invoice.objects.get().cancelled_by == csm


def test_what_one_does_not_see_one_does_not_cancel(browser_of: Browsers, client: Client, csm: Employee) -> None:
    made = issue(client, csm)
    data = {"reason": "refused", "comment": "Передумал"}
    assert browser_of(Role.BDM_KEY).post(url("invoice-cancel", made), data).status_code == 404
    assert browser_of(Role.MARKETER).post(url("invoice-cancel", made), data).status_code == 403
    assert Invoice.objects.get().cancelled_at is None


def test_a_payment_says_what_it_pays(browser_of: Browsers, client: Client, csm: Employee) -> None:
    made = issue(client, csm, "15", 100)
    browser = browser_of(Role.CSM)
    asked = browser.get(f"{reverse('deals:payment-new')}?client={client.pk}&number=15")
    assert asked.context["form"]["invoice_number"].value() == "15"
    entity = client.legal_entities.get().pk
    data = {"legal_entity": entity, "day": "2026-07-16", "amount": "120", "invoice_number": "15"}
    data |= {"submission": str(uuid4())}
    answer = browser.post(f"{reverse('deals:payment-new')}?client={client.pk}", data, headers=HTMX)
    assert "It pays: 15" in answer.headers["HX-Trigger"]
    made.refresh_from_db()
    assert (int(made.paid), Payment.objects.count()) == (100, 1)


def test_the_page_of_an_invoice_tells_its_story(browser_of: Browsers, client: Client, csm: Employee) -> None:
    made = issue(client, csm, "15", 100)
    speak([made], csm, "changes", comment="Меньше метров")
    browser = browser_of(Role.CSM)
    data = {"number": "15-2", "amount": "80", "comment": "Меньше метров", "submission": str(uuid4())}
    assert browser.post(reverse("deals:invoice-correct", args=[made.pk]), data).status_code == 302
    page = browser.get(reverse("deals:invoice-card", args=[made.pk])).content.decode()
    assert "15-2" in page
    assert "Меньше метров" in page
    new = Invoice.objects.get(number="15-2")
    assert browser.get(reverse("deals:invoice-card", args=[new.pk])).context["former"] == made


def test_the_card_of_the_client_shows_its_debt(
    browser_of: Browsers, client: Client, csm: Employee, people: People
) -> None:
    browser = browser_of(Role.CSM)
    card = reverse("clients:client-card", args=[client.pk])
    assert "Debt" not in [fact["label"] for fact in browser.get(card).context["facts"]]
    issue(client, csm, "late", 40, issued_on=date(2026, 7, 1))
    issue(client, csm, "1", 100)
    pay(client, csm, 30, "1")
    assert "Debt" in [str(fact["label"]) for fact in browser.get(card).context["facts"]]
    approve(ask(client, csm, days=30), people[Role.HOS])
    context = browser.get(reverse("deals:client-invoices", args=[client.pk])).context
    assert (int(context["sums"]["debt"]), int(context["sums"]["overdue"])) == (110, 0)
    assert int(context["used"]) == 110


def test_my_day_has_invoices_from_day_two(browser_of: Browsers, client: Client, csm: Employee) -> None:
    issue(client, csm, "1", issued_on=TODAY)
    browser = browser_of(Role.CSM)
    assert "invoices" not in [block.id for block in browser.get("/").context["blocks"]]
    issue(client, csm, "2")
    (block,) = [block for block in browser.get("/").context["blocks"] if block.id == "invoices"]
    assert [(row.name, row.left, row.why) for row in block.rows] == [("Принт-Хаус", 4, "No. 2 · day 3")]
    assert browser.get(reverse("deals:invoice-day")).status_code == 200
    daily.run(TODAY)
    assert browser_of(Role.CSH).get("/tasks/?assignee=me&state=open").context["rows"]


def test_the_search_finds_an_invoice_by_a_part_of_its_number(
    browser_of: Browsers, client: Client, csm: Employee
) -> None:
    made = issue(client, csm, "СЧ-2026/15")

    def found(role: str) -> list[str]:
        groups = browser_of(role).get(reverse("search"), {"q": "2026/15"}).context["groups"]
        return [item.url for group in groups if str(group.title) == "Invoices" for item in group.items]

    assert found(Role.CSM) == [reverse("deals:invoice-card", args=[made.pk])]
    assert found(Role.BDM_KEY) == []


# --- deferrals, figures, rules, the calendar --------------------------------------------------------------------------


def test_a_deferral_goes_from_the_card_to_the_head(browser_of: Browsers, client: Client) -> None:
    data = {
        "why": "Бюджет", "days": 14, "limit": "5000", "starts_on": "2026-07-16", "ends_on": "2026-12-31",
        "submission": str(uuid4()),
    }  # fmt: skip
    ask_url = reverse("deals:deferral-ask", args=[client.pk])
    assert browser_of(Role.CSM).post(ask_url, data | {"ends_on": "2026-07-01"}).status_code == 422
    assert browser_of(Role.CSM).post(ask_url, data).status_code == 302
    made = Deferral.objects.get()
    hos = browser_of(Role.HOS)
    assert hos.get(reverse("deals:deferral-list")).context["deferrals"] == [made]
    approved = {"days": 10, "limit": "3000", "ends_on": "2026-09-30", "comment": ""}
    approve_url = reverse("deals:deferral-approve", args=[made.pk])
    assert browser_of(Role.CSH).post(approve_url, approved).status_code == 403
    assert hos.post(approve_url, approved).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.days, int(made.limit), made.ends_on) == ("approved", 10, 3000, date(2026, 9, 30))
    assert hos.post(approve_url, approved).status_code == 422
    assert hos.get(reverse("deals:deferral-list")).context["deferrals"] == []


def test_the_figures_are_sums_of_what_one_sees(browser_of: Browsers, client: Client, people: People) -> None:
    csm, other = people[Role.CSM], people[Role.BDM_KEY]
    far = make.client("Альфа", other)
    issue(client, csm, "1", 100)
    issue(client, csm, "2", 50, issued_on=date(2026, 7, 1))
    issue(client, csm, "3", 60)
    issue(far, other, "4", 1000)
    issue(client, csm, "old", 7, issued_on=date(2026, 6, 30))
    pay(client, csm, 100, "1")
    pay(far, other, 1000, "4", day=date(2026, 7, 16))
    browser_of(Role.CSM).post(
        url("invoice-cancel", Invoice.objects.get(number="3")), {"reason": "other", "comment": "x"}
    )
    context = browser_of(Role.HOS).get("/invoices/report/?since=2026-07-01&until=2026-07-16").context
    told = {line.name: line for line in [*context["lines"], context["total"]]}
    own, total = told["Testov C."], told["Total"]
    assert (own.issued, int(own.amount), own.paid, int(own.paid_amount)) == (3, 210, 1, 100)
    assert (own.overdue, int(own.overdue_amount), own.cancelled, own.days) == (1, 50, 1, 1.0)
    assert (total.issued, int(total.amount), total.paid, total.days, total.conversion) == (4, 1210, 2, 1.5, 0.5)
    mine = browser_of(Role.CSM).get("/invoices/report/?since=2026-07-01&until=2026-07-16").context
    assert int(mine["total"].amount) == 210
    for by in ("branch", "type", "new", "x"):
        page = browser_of(Role.HOS).get(f"/invoices/report/?by={by}&since=x&until=2026-02-31")
        assert (page.status_code, int(page.context["total"].amount)) == (200, 1210)


def test_rules_are_versions_and_the_second_is_told(browser_of: Browsers, today: date) -> None:
    hos = browser_of(Role.HOS)
    new = reverse("deals:invoice-rules-new")
    data = {
        "valid_days": 7, "contact_days_new": "3,2,2", "contact_days_other": "2", "escalation_day": 3,
        "hand_over_day": 4, "seen": 0, "comment": "Дольше",
    }  # fmt: skip
    assert hos.post(new, data).status_code == 302
    made = InvoiceRules.objects.get()
    assert (made.valid_days, made.contact_days_new, made.contact_days_other) == (7, [2, 3], [2])
    assert hos.post(new, data | {"valid_days": 9}).status_code == 422
    assert hos.post(new, data | {"seen": made.pk, "contact_days_new": "1"}).status_code == 422
    assert InvoiceRules.objects.count() == 1
    assert hos.get(reverse("deals:invoice-rules")).context["history"]


def test_the_calendar_shows_the_year_and_keeps_days_of_the_branch(
    browser_of: Browsers, people: People, today: date
) -> None:
    branch = people[Role.HOS].branch
    page = f"{reverse('staff:calendar')}?year=2025"
    hos = browser_of(Role.HOS)
    assert hos.get(page).context["total"] == 247
    data = {"day": "2025-12-30", "is_working": "no", "note": "Склад закрыт"}
    for note in ("Склад закрыт", "Переучёт"):
        assert hos.post(reverse("staff:calendar-day", args=[branch.pk]), data | {"note": note}).status_code == 302
    made = CalendarDay.objects.get()
    assert (made.note, hos.get(page).context["total"]) == ("Переучёт", 246)
    assert hos.post(reverse("staff:calendar-day", args=[branch.pk]), data | {"day": "x"}).status_code == 422
    assert hos.post(reverse("staff:calendar-day-remove", args=[made.pk])).status_code == 302
    assert CalendarDay.objects.count() == 0


def test_a_year_without_known_transfers_is_said(browser_of: Browsers, today: date) -> None:
    text = "not known yet"
    hos = browser_of(Role.HOS)
    assert text not in hos.get(f"{reverse('staff:calendar')}?year=2026").content.decode()
    assert text in hos.get(f"{reverse('staff:calendar')}?year=2040").content.decode()
