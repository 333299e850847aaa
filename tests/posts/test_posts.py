"""What holds for one's post: shown whole, read once, asked again when it changes (R206)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client as Browser
from django.urls import reverse

from kpi.indicators.models import Indicator
from kpi.indicators.reading import in_force
from kpi.pay.models import Part, PayComponent, PayScheme, SchemeState
from kpi.pay.rules import Way
from kpi.posts import actions, terms
from kpi.posts.models import TermsReading
from salescrm.base.jobs import Refused
from salescrm.base.models import Notification
from staff.access import Role
from staff.models import Employee, Position
from tests import make
from tests.kpi.held import hold

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
JULY = date(2026, 7, 1)
TODAY = date(2026, 7, 16)
NOW = datetime(2026, 7, 16, 9, tzinfo=UTC)
People = dict[str, Employee]
BrowserOf = Callable[[str], Browser]


def scheme(position: Position, by: Employee, month: date, fixed: int, indicator: Indicator) -> PayScheme:
    made = PayScheme.objects.create(
        position=position, month=month, fixed_salary=fixed, soft_salary=10_000, author=by, created_at=NOW
    )
    PayComponent.objects.create(
        scheme=made, indicator=indicator, part=Part.VARIABLE, way=Way.PERCENT, rate=Decimal("1.5"), is_permanent=True
    )
    PayScheme.objects.filter(pk=made.pk).update(state=SchemeState.APPROVED, approved_by=by, approved_at=NOW)
    return made


@pytest.fixture
def post(people: People) -> Position:
    """A manager's position with functions, an indicator and a pay scheme; the csm holds it."""
    made = Position.objects.create(code="manager", name="Менеджер", role=Role.CSM, functions=["приём заказов"])
    indicator = Indicator.objects.create(code="own-turnover", name="Оборот", measure="turnover", roles=[Role.CSM])
    hold(made, JULY, indicator, 60, people["hos"])
    scheme(made, people["hos"], JULY, 50_000, indicator)
    Employee.objects.filter(pk=people["csm"].pk).update(position=made)
    people["csm"].refresh_from_db()
    return made


def mark(position: Position) -> str:
    return terms.of_positions([position], JULY)[position.pk].mark


def waiting() -> list[str]:
    return [person.username for person, _mark in terms.unread(JULY)]


def test_reading_holds_until_something_changes(people: People, post: Position) -> None:
    csm = people["csm"]
    assert waiting() == ["csm"]
    first = actions.read(person=csm, mark=mark(post), now=NOW)
    assert actions.read(person=csm, mark=mark(post), now=NOW) == first  # the second click
    assert waiting() == []
    changes: list[Callable[[], Any]] = [
        lambda: Position.objects.filter(pk=post.pk).update(functions=["приём заказов", "звонки"]),
        lambda: in_force(post, JULY).lines.update(weight=70),  # type: ignore[union-attr]
        lambda: in_force(post, JULY).lines.update(target=5),  # type: ignore[union-attr]
        lambda: scheme(post, people["hos"], date(2026, 6, 1), 1, Indicator.objects.get()),  # an earlier one: no change
    ]
    for change, asked in zip(changes, (True, True, True, False), strict=True):
        seen = mark(post)
        change()
        post.refresh_from_db()
        assert (waiting() == ["csm"]) is asked
        if asked:
            with pytest.raises(Refused):  # of the page as it was
                actions.read(person=csm, mark=seen, now=NOW)
            actions.read(person=csm, mark=mark(post), now=NOW)
    assert TermsReading.objects.count() == 4
    assert first.kept["functions"] == ["приём заказов"]


def test_a_scheme_from_a_later_month_is_asked_for_then(people: People, post: Position) -> None:
    actions.read(person=people["csm"], mark=mark(post), now=NOW)
    scheme(post, people["hos"], date(2026, 8, 1), 60_000, Indicator.objects.get())
    assert terms.unread(JULY) == []
    assert [one.username for one, _mark in terms.unread(date(2026, 8, 1))] == ["csm"]


def test_people_are_told_once_of_a_change(people: People, post: Position) -> None:
    def told() -> list[str]:
        return list(Notification.objects.filter(kind="post").values_list("person__username", flat=True))

    assert (actions.ask(TODAY), actions.ask(TODAY), told()) == (1, 1, ["csm"])
    actions.read(person=people["csm"], mark=mark(post), now=NOW)
    assert (actions.ask(TODAY), told()) == (0, ["csm"])
    Position.objects.filter(pk=post.pk).update(functions=["другое"])
    assert (actions.ask(TODAY), told()) == (1, ["csm", "csm"])


def test_nothing_to_read_asks_nobody(people: People) -> None:
    empty = Position.objects.create(code="empty", name="Пустая", role=Role.CSM)
    Employee.objects.filter(pk=people["csm"].pk).update(position=empty)
    assert waiting() == []
    with pytest.raises(Refused):
        actions.read(person=people["operator"], mark="", now=NOW)  # no position


def test_a_reading_is_never_changed(people: People, post: Position) -> None:
    actions.read(person=people["csm"], mark=mark(post), now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE kpi_termsreading SET mark = ''")


def test_the_page_shows_all_of_it_and_keeps_the_reading(people: People, post: Position, browser_of: BrowserOf) -> None:
    browser, url = browser_of("csm"), reverse("kpi:post")
    page = browser.get(url).content.decode()
    for said in ("Приём заказов", "60", "50 000", "1.5", "not read yet", "I have read it"):
        assert said in page.replace("\xa0", " ").replace("\u202f", " ").replace(",", " "), said
    browser.post(url, {"mark": "other"})
    assert not TermsReading.objects.exists()
    browser.post(url, {"mark": mark(post)})
    page = browser.get(url).content.decode()
    assert "read on" in page
    assert "I have read it" not in page


def test_heads_see_who_has_read_and_no_pay(people: People, post: Position, browser_of: BrowserOf) -> None:
    stranger = make.employee("stranger", branch=make.branch("msk"), position=post)
    url = reverse("kpi:post-readers")
    seen = {role: {one.person.username for one in browser_of(role).get(url).context["readers"]}
            for role in ("hos", "branch_head", "deputy_director")}  # fmt: skip
    assert seen == {"hos": {"csm", "stranger"}, "branch_head": {"csm"}, "deputy_director": {"csm", "stranger"}}
    actions.read(person=stranger, mark=mark(post), now=NOW)
    answer = browser_of("deputy_director").get(url)
    assert (answer.context["waiting"], "50" in answer.content.decode().split("<main")[1]) == (1, False)


def test_who_has_no_pay_in_the_program_sees_no_scheme(people: People, post: Position, browser_of: BrowserOf) -> None:
    Employee.objects.filter(username="deputy_director").update(position=post)
    answer = browser_of("deputy_director").get(reverse("kpi:post"))
    assert (answer.context["scheme"], answer.context["parts"]) == (None, [])


def test_the_list_asks_the_same_with_3_and_30_people(
    people: People, browser_of: BrowserOf, django_assert_max_num_queries: Any
) -> None:
    browser, costs = browser_of("hos"), []
    browser.get(reverse("kpi:post-readers"))
    for n in range(30):
        position = Position.objects.create(code=f"post{n}", name=f"Пост {n}", role=Role.CSM, functions=[str(uuid4())])
        make.employee(f"more{n}", position=position)
        if n in (2, 29):
            with django_assert_max_num_queries(15) as counted:
                browser.get(reverse("kpi:post-readers"))
            costs.append(len(counted))
    assert costs[0] == costs[1]
