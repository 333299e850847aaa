"""The page of distribution: its plan, what is carried out, what is refused, and its undo (R208, R210)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client, Ownership, OwnershipReason
from deals import sharing
from deals.actions import change_owners
from deals.models import Task
from deals.views import sharing as screen
from salescrm.base import jobs
from salescrm.base.lists import export
from salescrm.base.models import Job, Notification, SavedView
from staff.access import Role
from staff.models import Absence, Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
PAGE = "deals:distribution"
ACT = "deals:distribution-carry-out"
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def team(people: People, today: date) -> list[Employee]:
    """Three managers; the first has left and had nine clients, the second has one, the third none."""
    gone, busy, free = (make.employee(name, Role.CSM) for name in ("ushla", "boris", "vera"))
    for n in range(9):
        standing = {"life_cycle": "active", "turnover": 1000 * (n + 1), "top": n == 8}
        made = make.client(f"Клиент {n}", gone, standing=standing)
        make.task(f"звонок {n}", gone, client=made, due_on=TODAY)
    make.client("Свой", busy, standing={"life_cycle": "active"})
    make.client("Архив", gone, standing={"life_cycle": "archived"})
    Employee.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()
    return [gone, busy, free]


def address(team: list[Employee], **more: Any) -> str:
    gone, *others = team
    said = {"owner": gone.pk, "to": [one.pk for one in others], **more}
    return urlencode(said, doseq=True)


def mark(query: str, person: Employee) -> str:
    return sharing.preview(sharing.asked_of(QueryDict(query), person, TODAY), TODAY).mark


def posted(**more: Any) -> dict[str, Any]:
    return {"starts_on": TOMORROW, "reason": "dismissal", "note": "Уволилась", **more}


def owned() -> dict[int, int]:
    """How many clients each person owns."""
    return dict(Counter(Ownership.objects.filter(ends_on=None).values_list("owner_id", flat=True)))


def carry_out(browser: Browser, query: str, seen: str, **more: Any) -> Any:
    return browser.post(f"{reverse(ACT)}?{query}", posted(seen=seen, **more))


def test_it_begins_with_branches_to_level_and_people_to_replace(
    browser_of: Browsers, people: People, team: list[Employee]
) -> None:
    Absence.objects.create(employee=team[1], starts_on=TODAY, ends_on=TODAY + timedelta(days=3))
    page = browser_of(Role.CSH).get(reverse(PAGE))
    presets = page.context["presets"]
    assert [one["title"] for one in presets] == [
        "Level the loads: SPB",
        "Share out the clients of Boris Testov",
        "Share out the clients of Ushla Testov",
    ]
    assert [one["note"] for one in presets] == ["3 managers", "1 client · away", "9 clients · has left"]
    plan = browser_of(Role.CSH).get(f"{reverse(PAGE)}{presets[2]['url']}")
    assert [side.person.username for side in plan.context["found"].receivers] == ["csm", "vera"]
    assert plan.context["count"] == 9


def test_it_shows_before_and_after_and_writes_nothing(browser_of: Browsers, team: list[Employee]) -> None:
    before = owned()
    page = browser_of(Role.HOS).get(f"{reverse(PAGE)}?{address(team)}")
    found = page.context["found"]
    assert [(s.person.username, s.gets, s.before.clients, s.after.clients) for s in found.receivers] == [
        ("boris", 4, 1, 5),
        ("vera", 5, 0, 5),
    ]
    assert [(s.person.username, s.gives, s.after.clients) for s in found.givers] == [("ushla", 9, 0)]
    assert {row["why"] for row in page.context["rows"]} == {"its owner gives all clients"}
    assert owned() == before


def test_it_carries_out_what_was_shown_and_takes_it_back(
    browser_of: Browsers, people: People, team: list[Employee]
) -> None:
    gone, busy, free = team
    before, hos = owned(), browser_of(Role.HOS)
    plan = {
        row["client"].client.pk: row["receiver"].pk
        for row in hos.get(f"{reverse(PAGE)}?{address(team)}").context["rows"]
    }
    assert carry_out(hos, address(team), mark(address(team), people[Role.HOS])).status_code == 302
    now = Ownership.objects.filter(ends_on=None, client__in=plan)
    assert {one.client_id: one.owner_id for one in now} == plan
    assert {(one.starts_on, one.reason, one.note, one.author_id) for one in now} == {
        (TOMORROW, "dismissal", "Уволилась", people[Role.HOS].pk)
    }
    assert dict(Task.objects.values_list("client_id", "assignee_id")) == plan
    told = {one.person_id: one.values["rows"] for one in Notification.objects.all()}
    assert told == {busy.pk: 4, free.pk: 5, gone.pk: 9}
    page = hos.get(reverse(PAGE)).content.decode()
    hos.post(page.split('data-undo="')[1].split('"')[0])
    assert owned() == before
    assert set(Task.objects.values_list("assignee_id", flat=True)) == {gone.pk}
    assert Ownership.objects.filter(starts_on=TOMORROW).count() == 0


def test_a_plan_that_is_no_longer_true_is_not_carried_out(
    browser_of: Browsers, people: People, team: list[Employee]
) -> None:
    query = address(team)
    seen = mark(query, people[Role.HOS])
    moved = Client.objects.get(name="Клиент 3")
    change_owners({moved.pk: team[1].pk}, starts_on=TODAY, reason="manual")  # type: ignore[arg-type]
    before = owned()
    answer = carry_out(browser_of(Role.HOS), query, seen)
    assert answer.status_code == 422
    assert "The base has changed since this plan was made." in answer.content.decode()
    assert f"{reverse(PAGE)}?owner={team[0].pk}" in answer.content.decode()
    assert owned() == before


def test_the_same_form_sent_twice_moves_once(browser_of: Browsers, people: People, team: list[Employee]) -> None:
    query, hos = address(team), browser_of(Role.HOS)
    seen = mark(query, people[Role.HOS])
    assert [carry_out(hos, query, seen).status_code for _n in range(2)] == [302, 422]
    assert Ownership.objects.filter(reason="dismissal").count() == 9


def test_a_client_moved_under_the_hand_takes_everything_back(
    people: People, team: list[Employee], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the plan and the locks somebody else moves one: nobody moves."""
    asked = sharing.asked_of(QueryDict(address(team)), people[Role.HOS], TODAY)
    found = sharing.preview(asked, TODAY)
    change_owners({found.moves[0].item.client: people[Role.CSM].pk}, starts_on=TODAY, reason="manual")  # type: ignore[arg-type]
    monkeypatch.setattr(sharing, "preview", lambda asked, today: found)
    before = owned()
    with pytest.raises(sharing.Changed):
        sharing.carry_out(
            asked=asked, seen=found.mark, starts_on=TOMORROW, reason="levelling",  # type: ignore[arg-type]
            acting_user=people[Role.HOS], today=TODAY, note="x",
        )  # fmt: skip
    assert owned() == before


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"starts_on": TODAY}, "A day from tomorrow on, within a month."),
        ({"starts_on": TODAY + timedelta(days=32)}, "A day from tomorrow on, within a month."),
        ({"note": "  "}, "This field is required."),
        ({"reason": "zero"}, "Select a valid choice"),
        ({"left_alone_until": TODAY}, "The date lies after today."),
    ],
)
def test_bad_input_changes_nothing(
    browser_of: Browsers, people: People, team: list[Employee], form: dict[str, Any], fault: str
) -> None:
    before = owned()
    answer = carry_out(browser_of(Role.HOS), address(team), mark(address(team), people[Role.HOS]), **form)
    assert answer.status_code == 422
    assert fault in answer.content.decode()
    assert owned() == before


@pytest.mark.parametrize("role", [Role.CSM, Role.LEAD_MANAGER, Role.DIRECTOR, Role.MARKETER])
def test_others_may_not_share_out(browser_of: Browsers, people: People, team: list[Employee], role: str) -> None:
    before = owned()
    query = address(team)
    assert carry_out(browser_of(role), query, mark(query, people[Role.HOS])).status_code == 403
    assert owned() == before


def test_a_head_of_a_branch_shares_out_among_and_from_the_own_branch(
    browser_of: Browsers, people: People, team: list[Employee]
) -> None:
    msk = make.branch("msk")
    far = make.employee("far", Role.CSM, branch=msk)
    make.client("Дальний", far, standing={"life_cycle": "active"})
    query = urlencode({"owner": [team[0].pk, far.pk], "to": [team[1].pk, far.pk]}, doseq=True)
    found = browser_of(Role.BRANCH_HEAD).get(f"{reverse(PAGE)}?{query}").context["found"]
    assert [side.person.username for side in found.receivers] == ["boris"]
    assert {side.person.username for side in found.givers} == {"ushla"}


def test_a_client_taken_out_stays(browser_of: Browsers, people: People, team: list[Employee]) -> None:
    kept = Client.objects.get(name="Клиент 8")
    query, hos = address(team, out=kept.pk), browser_of(Role.HOS)
    page = hos.get(f"{reverse(PAGE)}?{query}")
    assert (page.context["count"], [one.name for one, _url in page.context["out"]]) == (8, ["Клиент 8"])
    carry_out(hos, query, mark(query, people[Role.HOS]))
    assert Ownership.objects.get(client=kept, ends_on=None).owner_id == team[0].pk
    assert Ownership.objects.filter(starts_on=TOMORROW).count() == 8


def test_the_norm_of_the_branch_and_the_share_of_the_person_hold(
    browser_of: Browsers, branch: Any, team: list[Employee]
) -> None:
    _gone, busy, free = team
    type(branch).objects.update(norm_tops=0, norm_others=6)
    Employee.objects.filter(pk=free.pk).update(norm_share=50)
    found = browser_of(Role.HOS).get(f"{reverse(PAGE)}?{address(team)}").context["found"]
    assert [(side.person.pk, side.gets, side.most_clients) for side in found.receivers] == [
        (busy.pk, 5, 6),
        (free.pk, 3, 3),
    ]
    assert list(found.plan.unplaced.values()) == ["top"]
    loose = browser_of(Role.HOS).get(f"{reverse(PAGE)}?{address(team, norm='no')}").context["found"]
    assert [side.is_over for side in loose.receivers] == [False, True]
    assert not loose.plan.unplaced


def test_a_type_stays_in_one_hand(browser_of: Browsers, team: list[Employee]) -> None:
    Client.objects.filter(name__in=["Клиент 0", "Клиент 1", "Клиент 2", "Свой"]).update(region="Карелия")
    rows = browser_of(Role.HOS).get(f"{reverse(PAGE)}?{address(team, keep='place')}").context["rows"]
    given = {row["client"].client.name: row["receiver"].username for row in rows}
    assert {given[f"Клиент {n}"] for n in range(3)} == {"boris"}


def test_a_saved_view_and_a_selection_of_the_list_are_portfolios(
    browser_of: Browsers, people: People, team: list[Employee]
) -> None:
    hos = browser_of(Role.HOS)
    view = SavedView.objects.create(owner=people[Role.HOS], list_name="clients", name="ТОП", query="top=yes")
    to = f"to={team[2].pk}"
    assert hos.get(f"{reverse(PAGE)}?view={view.pk}&{to}").context["count"] == 1
    ids = list(Client.objects.filter(name__in=["Клиент 1", "Клиент 2"]).values_list("pk", flat=True))
    sent = hos.get(f"{reverse('deals:distribution-of')}?ids={ids[0]}&ids={ids[1]}", headers={"HX-Request": "true"})
    assert hos.get(f"{sent.headers['HX-Redirect']}&{to}").context["count"] == 2
    whole = hos.get(f"{reverse('deals:distribution-of')}?all=1")
    assert hos.get(f"{whole.url}&{to}").context["count"] == 10  # type: ignore[attr-defined]


def test_a_plan_has_pages(browser_of: Browsers, team: list[Employee], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "SIZE", 4)
    hos = browser_of(Role.HOS)
    pages = [hos.get(f"{reverse(PAGE)}?{address(team)}&p={n}").context["rows"] for n in (1, 2, 3, 99)]
    assert [len(page) for page in pages] == [4, 4, 1, 1]
    assert [row["client"].client.name for row in pages[0]] == ["Клиент 8", "Клиент 7", "Клиент 6", "Клиент 5"]


def test_htmx_gets_the_plan_alone(browser_of: Browsers, team: list[Employee]) -> None:
    answer = browser_of(Role.HOS).get(f"{reverse(PAGE)}?{address(team)}", headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "h-sides" in answer.content.decode()


def test_a_long_one_is_a_background_work_that_moves_once(
    browser_of: Browsers, people: People, team: list[Employee], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "AT_ONCE", 5)
    before, hos = owned(), browser_of(Role.HOS)
    answer = carry_out(hos, address(team), mark(address(team), people[Role.HOS]))
    job = Job.objects.get(kind="distribution")
    assert (answer.url, job.total, owned()) == (reverse("deals:distribution-job", args=[job.pk]), 9, before)
    jobs.load_kinds()
    function = jobs._kinds["distribution"]
    results = [function(jobs.Progress(job), **job.arguments) for _n in range(2)]
    assert results[0] == results[1]
    assert owned() != before
    Job.objects.filter(pk=job.pk).update(state="done", result=results[0])
    page = hos.get(answer.url)
    assert "9 clients have new owners" in page.content.decode()
    hos.post(page.context["undo_url"])
    assert owned() == before
    assert hos.get(answer.url).context["undo_url"] == "", "once only"


def test_the_queries_do_not_grow(browser_of: Browsers, people: People, team: list[Employee]) -> None:
    hos, counts = browser_of(Role.HOS), []
    hos.get(reverse(PAGE))
    for upto in (range(3), range(3, 30)):
        for n in upto:
            make.client(f"Новый {n}", team[1], standing={"life_cycle": "active"})
        asked = []
        for query in ("", f"?{address(team)}&owner={team[1].pk}&keep=type"):
            with CaptureQueriesContext(connection) as found:
                hos.get(reverse(PAGE) + query)
            asked.append(len(found))
        query = address(team, owner=[team[0].pk, team[1].pk])
        seen = mark(query, people[Role.HOS])
        with transaction.atomic(), CaptureQueriesContext(connection) as found:
            assert carry_out(hos, query, seen).status_code == 302
            transaction.set_rollback(True)
        asked.append(len(found))
        counts.append(asked)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 40


def test_a_branch_head_is_told_of_no_other_branches_clients(
    browser_of: Browsers, people: People, team: list[Employee]
) -> None:
    gone, busy, _free = team
    far = make.employee("dalnij", Role.CSM, branch=make.branch("msk"))
    strange = make.client("Чужой дальний", far, standing={"life_cycle": "active", "turnover": 5000})
    near = make.client("Наш у дальнего", far, branch=people[Role.CSM].branch, standing={"life_cycle": "active"})
    query = urlencode({"owner": [gone.pk, far.pk], "to": [busy.pk], "out": [strange.pk]}, doseq=True)
    page = browser_of(Role.BRANCH_HEAD).get(f"{reverse(PAGE)}?{query}")
    assert "Чужой дальний" not in page.content.decode()
    given = {side.person.username: side.before.clients for side in page.context["found"].givers}
    assert given["dalnij"] == 1, "of the branch only"
    assert near.pk in page.context["found"].items


def test_clients_in_recovery_are_shared_out_only_by_name_of_their_owner(
    browser_of: Browsers, people: People, team: list[Employee]
) -> None:
    recovery = people[Role.BDM_RECOVERY]
    client = make.client("В возврате", people[Role.CSM], standing={"life_cycle": "zero"})
    change_owners({client.pk: recovery.pk}, starts_on=TODAY, reason=OwnershipReason.ZERO, night=TODAY)
    to = {"to": [one.pk for one in team[1:]]}
    for named, is_shared in (({"state": "zero"}, False), ({"owner": recovery.pk}, True)):
        query = urlencode(named | to, doseq=True)
        found = browser_of(Role.HOS).get(f"{reverse(PAGE)}?{query}").context["found"]
        assert (client.pk in found.items) is is_shared
