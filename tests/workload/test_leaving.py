"""A person leaves: nothing stays in hand, everything goes where the page said, the log-in is closed; all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.forms import modelform_factory
from django.http import QueryDict
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Ownership, OwnershipReason, Participant
from deals import sharing
from deals.contracts.models import Contract
from deals.dealing.models import Deal
from deals.leads.models import Lead
from deals.models import Task
from kpi.change_plan.models import ChangeStep
from kpi.meetings.models import Meeting
from kpi.workload import leaving as actions
from salescrm.base.jobs import Refused
from segmentation.models import CaseState, ZeroCase
from staff.leaving import Leaving, in_hand
from staff.models import Absence, Employee
from tests import make
from tests.segmentation.world import case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = date(2026, 7, 16)
TOMORROW = TODAY + timedelta(days=1)
NOW = datetime.combine(TODAY, time(9), tzinfo=UTC)
People = dict[str, Employee]


@pytest.fixture
def anna(people: People) -> Employee:
    """A manager with a bit of everything in her hands."""
    anna, csm, hos = make.employee("anna"), people["csm"], people["hos"]
    make.rule_set()
    own = [make.client(f"own {n}", anna, standing={"life_cycle": "active"}) for n in range(5)]
    make.client("own archived", anna, standing={"life_cycle": "archived"})
    alien = make.client("alien", csm, standing={"life_cycle": "active"})
    promised = make.client("promised", csm, standing={"life_cycle": "active"})
    Ownership.objects.filter(client=promised).update(ends_on=TODAY + timedelta(days=9))
    Ownership.objects.create(
        client=promised, owner=anna, starts_on=TODAY + timedelta(days=9), reason=OwnershipReason.LEVELLING
    )
    make.deal(own[0], anna, TODAY)
    of_other = make.deal(alien, csm, TODAY)
    Deal.objects.filter(pk=of_other.pk).update(owner=anna)
    make.deal(own[1], csm, TODAY).participants.add(anna)
    Participant.objects.create(client=alien, employee=anna, starts_on=TODAY - timedelta(days=3))
    make.task("own client", anna, due_on=TODAY, client=own[0])
    make.task("other's client", anna, due_on=TODAY, client=alien)
    make.task("no client", anna, due_on=TODAY)
    lead = make.lead("ООО Росток", responsible=anna)
    make.task("lead", anna, due_on=TODAY, lead=lead)
    Contract.objects.create(
        period=2026, kind="supply", client=own[2], legal_entity=own[2].legal_entities.get(), responsible=anna,
        subject="Поставка", submission=uuid4(),
    )  # fmt: skip
    case(own[3], CaseState.HANDED_OVER, csm, anna)
    make.programme(own[4], anna)
    led = make.employee("led", administrative_head=anna, functional_head=hos)
    Absence.objects.create(employee=led, starts_on=TODAY, ends_on=TOMORROW, substitute=anna)
    ChangeStep.objects.create(code="step", name="step", block="base", number=900, responsible=anna)
    Meeting.objects.create(kind="planning", starts_at=NOW, chair=anna, submission=uuid4())
    return anna


def planned(anna: Employee, *to: Employee, by: Employee, norm: str = "no") -> Any:
    """Return the plan of the clients and its mark."""
    asked = actions.asked_for(anna, [one.pk for one in to], QueryDict(f"norm={norm}"), by, TODAY)
    return asked, sharing.preview(asked, TODAY).mark


def let_go(people: People, anna: Employee, **told: Any) -> int:
    """Let a person go to the given ones, by default to the manager of the team."""
    hos = people["hos"]
    given: dict[str, Any] = {
        "receiver": people["csm"],
        "head": hos,
        "acting_user": hos,
        "today": TODAY,
        "now": NOW,
    } | told
    to = given.pop("to", (people["csm"],))
    asked, mark = planned(anna, *to, by=hos, norm=given.pop("norm", "no"))
    seen = given.pop("seen", mark)
    return actions.let_go(leaving=Leaving(anna, **given), asked=asked, seen=seen, note="уходит")


def test_nothing_stays_and_everything_goes_where_it_was_said(people: People, anna: Employee) -> None:
    csm, key, hos = people["csm"], people["bdm_key"], people["hos"]
    kinds = {line.label for line in in_hand(anna, TODAY)}
    assert len(kinds) == 14, kinds

    moved = let_go(people, anna, receiver=key, to=(csm, key))

    anna.refresh_from_db()
    assert in_hand(anna, TODAY) == []
    assert (anna.is_active, anna.portfolio_successor, anna.left_on) == (False, key, TODAY)
    now_of = dict(Ownership.objects.filter(ends_on=None).values_list("client__name", "owner__username"))
    assert moved == 5
    assert sorted(now_of[f"own {n}"] for n in range(5)) == ["bdm_key"] * 3 + ["csm"] * 2
    assert (now_of["own archived"], now_of["promised"], now_of["alien"]) == ("bdm_key", "bdm_key", "csm")
    for row in Ownership.objects.filter(client__name__startswith="own", ends_on=None):
        assert (row.starts_on, row.reason, row.author) == (TOMORROW, OwnershipReason.DISMISSAL, hos)
    assert Ownership.objects.get(client__name="promised", ends_on=None).starts_on == TODAY + timedelta(days=9)

    for of_client in (*Deal.objects.open(), *Task.objects.open().filter(client__isnull=False, lead=None)):
        if of_client.client.name != "own 1":  # the deal of a colleague with her client stays the colleague's
            owner = of_client.owner if isinstance(of_client, Deal) else of_client.assignee
            assert owner.username == now_of[of_client.client.name], of_client
    assert Task.objects.get(title="no client").assignee == key
    assert (Lead.objects.get().responsible, Task.objects.get(title="lead").assignee) == (key, key)
    assert Contract.objects.get().responsible.username == now_of["own 2"]
    recovered = ZeroCase.objects.get()
    by_key = now_of["own 3"] == "bdm_key"
    assert (recovered.state, recovered.to_owner) == (("handed_over", key) if by_key else ("closed", anna))
    assert not Participant.objects.not_over(TODAY).exists()
    led = Employee.objects.get(username="led")
    assert (led.administrative_head, led.functional_head) == (hos, hos)
    assert Absence.objects.get().substitute == key
    assert ChangeStep.objects.get(code="step").responsible == key
    meeting = Meeting.objects.get()
    assert (meeting.chair, meeting.people()) == (key, [key.pk])
    assert authenticate(username="anna", password=make.PASSWORD) is None


def test_what_finds_no_place_within_the_norm_goes_to_the_receiver(people: People, anna: Employee) -> None:
    csm = people["csm"]
    csm.branch.norm_tops, csm.branch.norm_others = 0, 3
    csm.branch.save()

    assert let_go(people, anna, receiver=people["bdm_key"], norm="yes") == 2  # beside one of his own

    owners = Ownership.objects.filter(ends_on=None, client__name__startswith="own").values_list("owner__username")
    assert sorted(name for (name,) in owners) == ["bdm_key"] * 4 + ["csm"] * 2


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (lambda people, anna: {"receiver": anna}, "Никто не увольняет"),
        (lambda people, anna: {"acting_user": anna}, "403"),
        (lambda people, anna: {"head": None}, "кто руководит"),
        (lambda people, anna: {"head": anna}, "Никто не увольняет"),
        (lambda people, anna: {"receiver": make.employee("gone", is_active=False)}, "уже не работает"),
        (lambda people, anna: {"seen": "another"}, "изменилась"),
        (lambda people, anna: {"acting_user": people["csh"]}, "403"),
    ],
    ids=["to herself", "by herself", "nobody leads", "leads on", "to who left", "another plan", "by a head of service"],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    people: People, anna: Employee, told: Callable[[People, Employee], dict[str, Any]], words: str
) -> None:
    before = [(line.label, line.rows) for line in in_hand(anna, TODAY)]
    given = told(people, anna)
    if words == "403":
        from django.core.exceptions import PermissionDenied  # only here

        with pytest.raises(PermissionDenied):
            let_go(people, anna, **given)
    else:
        with pytest.raises(Refused, match=words):
            let_go(people, anna, **given)
    anna.refresh_from_db()
    assert anna.is_active
    assert [(line.label, line.rows) for line in in_hand(anna, TODAY)] == before


def test_who_stood_below_and_leads_now_comes_to_where_the_person_stood(people: People) -> None:
    hos, top = people["hos"], people["director"]
    head = make.employee("head", "csh", administrative_head=top)
    middle = make.employee("middle", "csh", administrative_head=head)
    low = make.employee("low", "branch_head", administrative_head=middle)
    let_go(people, head, head=low)
    heads = dict(Employee.objects.values_list("username", "administrative_head__username"))
    assert (heads["low"], heads["middle"]) == ("director", "low")
    assert hos.is_active


def test_the_page_shows_the_plan_and_does_it(
    people: People, anna: Employee, browser_of: Callable[[str], Browser]
) -> None:
    hos, csm = browser_of("hos"), people["csm"]
    url = reverse("kpi:leaving", args=[anna.pk])
    assert url in hos.get(reverse("staff:person", args=[anna.pk])).content.decode()
    assert url not in browser_of("csh").get(reverse("staff:person", args=[anna.pk])).content.decode()
    bare = hos.get(url)
    assert bare.context["found"] is None
    query = f"?receiver={csm.pk}&head={people['hos'].pk}&norm=no"
    page = hos.get(url + query)
    assert page.context["count"] == 5
    form = {"seen": page.context["form"]["seen"].value(), "note": "  ушла   сама "}
    assert hos.post(url + query, form).status_code == 422  # not ticked
    make.client("newcomer", anna, standing={"life_cycle": "active"})
    moved_on = hos.post(url + query, form | {"is_sure": "on"})
    assert moved_on.status_code == 422
    assert "The base has changed" in moved_on.content.decode()
    form["seen"] = moved_on.context["form"]["seen"].value()
    done = hos.post(url + query, form | {"is_sure": "on"}, follow=True)
    assert done.status_code == 200
    assert "everything was passed on" in done.content.decode()
    assert not Employee.objects.get(pk=anna.pk).is_active
    assert Ownership.objects.filter(note="ушла сама").count() == 6
    assert hos.get(url).status_code == 404  # a second click finds nobody to let go


def test_the_page_costs_the_same_with_3_and_30_clients(
    people: People, browser_of: Callable[[str], Browser], django_assert_max_num_queries: Any
) -> None:
    anna, hos, costs = make.employee("anna"), browser_of("hos"), []
    url = f"{reverse('kpi:leaving', args=[anna.pk])}?receiver={people['csm'].pk}"
    hos.get(url)
    for n in range(30):
        client = make.client(f"own {n}", anna, standing={"life_cycle": "active"})
        make.task(f"{n}", anna, due_on=TODAY, client=client)
        if n in (2, 29):
            with django_assert_max_num_queries(45) as counted:
                hos.get(url)
            costs.append(len(counted))
    assert costs[0] == costs[1]


def test_the_administrator_cannot_close_a_log_in_with_work_in_hand(people: People, anna: Employee) -> None:
    from staff.admin import EmployeeForm  # after the sites are loaded

    def closing(person: Employee) -> Any:
        fields: dict[str, Any] = {**EmployeeForm(instance=person).initial, "is_active": False}
        return EmployeeForm(fields, instance=person).errors.get("is_active")

    assert "задачи" in str(closing(anna))
    assert closing(make.employee("free")) is None


@pytest.mark.parametrize(
    ("was", "told", "kept"),
    [
        (True, {"is_active": False}, TODAY),
        (True, {"is_active": False, "left_on": date(2026, 7, 10)}, date(2026, 7, 10)),
        (False, {"is_active": True}, None),
        (False, {"is_active": False}, date(2026, 7, 1)),
    ],
)
def test_the_administrator_notes_the_last_day(
    people: People, was: bool, told: dict[str, Any], kept: date | None
) -> None:
    from staff.admin import EmployeeForm  # after the sites are loaded

    person = make.employee("free", is_active=was, left_on=None if was else date(2026, 7, 1))
    made = modelform_factory(Employee, form=EmployeeForm, fields=["is_active", "left_on"])  # as the site makes it
    form = made({"left_on": person.left_on, **told}, instance=person)
    assert form.is_valid()
    assert form.save().left_on == kept


ANSWERS = {  # who answers for something that is still to be done: passed on
    "staff.Employee.administrative_head", "staff.Employee.functional_head", "staff.Absence.substitute",
    "staff.Article.owner", "staff.Adaptation.mentor", "staff.Training.trainer",
    "clients.Ownership.owner", "clients.Participant.employee", "clients.DevelopmentNeed.owner",
    "deals.Deal.owner", "deals.Deal.participants", "deals.Contract.responsible", "deals.Lead.responsible",
    "deals.Task.assignee", "segmentation.Programme.owner", "segmentation.ZeroCase.to_owner",
    "kpi.ChangeStep.responsible", "kpi.Meeting.chair", "kpi.MeetingMember.person",
}  # fmt: skip
THEIR_OWN = {  # what is the person's, closed with the log-in: settings, letters, figures, what was told and done
    "staff.Employee.portfolio_successor", "staff.Absence.employee", "staff.Acknowledgement.person",
    "staff.QuizTry.person", "base.Notification.person", "base.NotificationChoice.person", "base.DailyLetter.person",
    "base.SavedView.owner", "base.AccessLog.person", "deals.CalendarFeed.person", "deals.Offer.manager",
    "deals.Invoice.responsible", "deals.LeadRules.single_receiver", "clients.Shipment.salesperson",
    "clients.Tally.owner", "clients.Tallied.owner", "clients.TallyNow.owner", "segmentation.FocusList.owner",
    "segmentation.Preparation.person", "segmentation.ZeroCase.from_owner", "segmentation.ZeroCase.returned_to",
    "kpi.ReportLetter.person", "kpi.OwnReport.owner", "kpi.OwnReport.person", "kpi.OwnReport.people",
    "kpi.ReportDelivery.person", "kpi.AgendaLine.person",
}  # fmt: skip
OF_THE_PAST = ("author", "employee", "by")  # the last word of what says who did something, or whose figure it is


def test_every_bond_to_a_person_is_said() -> None:
    found = set()
    for model in apps.get_models():
        if model._meta.app_label not in {"base", "staff", "clients", "deals", "segmentation", "kpi"}:
            continue
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            if field.remote_field and field.remote_field.model is Employee and not model.__name__.endswith("Event"):
                found.add(f"{model._meta.label}.{field.name}")
    unsaid = {name for name in found - ANSWERS - THEIR_OWN if name.rsplit(".", 1)[1].split("_")[-1] not in OF_THE_PAST}
    assert unsaid == set()
    assert found >= ANSWERS | THEIR_OWN
