"""Pipelines as people edit them: who may, what a change means for open deals, the log, two editors (R130-R144)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client, LossReason
from deals.dealing import actions as dealing
from deals.dealing.models import Deal
from deals.pipelines import moving
from deals.pipelines.models import Pipeline, PipelineChange, Stage, StageScript
from salescrm.base import jobs
from salescrm.base.models import Job
from staff.models import Employee
from tests import make
from tests.conftest import TODAY
from tests.deals.test_dealing import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def hos(browser_of: Callable[[str], Browser], today: Any) -> Browser:
    return browser_of("hos")


@pytest.fixture
def client(people: dict[str, Employee]) -> Client:
    return make.client("Принт-Хаус", people["csm"], standing={"life_cycle": "active"})


@pytest.fixture
def pipeline(client: Client) -> Pipeline:
    return make.pipeline(stages=3)


@pytest.fixture
def deal(client: Client, people: dict[str, Employee], pipeline: Pipeline) -> Deal:
    return make.deal(client, people["csm"], TODAY, pipeline=pipeline)


def stage(n: int | str) -> Stage:
    return Stage.objects.get(code=f"shipment-{n}")


def url(name: str, *args: Any) -> str:
    return reverse(f"deals:{name}", args=args)


def form_of(page: Any) -> dict[str, Any]:
    """Fill a form as the page shows it."""
    found: dict[str, Any] = {}
    forms = [page.context["form"]]
    for part in page.context.get("parts", {}).values():
        forms += [part.management_form, *part.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is False or value in (None, "", []):
                continue
            value = [getattr(one, "pk", one) for one in value] if isinstance(value, list) else value
            found[bound.html_name] = "on" if value is True else value
    return found


def change(browser: Browser, at: str, **said: Any) -> Any:
    """Send the form of a page with other values; what was shown is confirmed."""
    page = browser.get(at)
    filled = {name: value for name, value in (form_of(page) | said).items() if value is not None}
    answer = browser.post(at, filled)
    mark = answer.context.get("mark") if answer.status_code == 422 and answer.context["is_asked"] else ""
    return browser.post(at, filled | {"shown": mark}) if mark else answer


def world(people: dict[str, Employee], client: Client, count: int, **fields: Any) -> list[Deal]:
    made = [make.deal(client, people["csm"], TODAY, f"Заказ {n}") for n in range(count)]
    if fields:
        Deal.objects.filter(pk__in=[one.pk for one in made]).update(**fields)
    return made


# --- what is shown and changed ----------------------------------------------------------------------------------------


def test_the_list_counts_the_open_deals_of_each(hos: Browser, deal: Deal, people: dict[str, Employee]) -> None:
    make.pipeline("claim", order=5)
    found = {one.code: (one.open_deals, stages) for one, stages in hos.get(url("pipeline-list")).context["rows"]}
    assert found == {"shipment": (1, 3), "claim": (0, 2)}


def test_a_stage_is_changed_and_what_changed_is_noted(hos: Browser, pipeline: Pipeline, people: Any) -> None:
    said = {
        "name": "Потребность", "norm_days": 5, "asks": ["amount"], "next_stages": [stage(3).pk],
        "task_kind": "call", "task_title": "Узнать", "script": "Здравствуйте", "results-0-name": "Дорого",
        "results-0-is_poor": "on", "items-0-name": "Матрица", "items-0-is_required": "on",
    }  # fmt: skip

    assert change(hos, url("stage", stage(1).pk), **said).status_code == 302

    found = stage(1)
    assert (found.name, found.norm_days, found.asks, found.script) == ("Потребность", 5, ["amount"], "Здравствуйте")
    assert list(found.next_stages.all()) == [stage(3)]
    assert list(found.results.values_list("name", "is_poor")) == [("Дорого", True)]
    assert list(found.items.values_list("name", "is_required")) == [("Матрица", True)]
    log = PipelineChange.objects.get()
    assert (log.stage, log.by, log.pipeline.version) == (found, people["hos"], 2)
    assert ["name", "stage 1", "Потребность"] in [[row[0].lower(), *row[1:]] for row in log.what]
    assert ["norm, days", "3", "5"] in [[row[0].lower(), *row[1:]] for row in log.what]
    assert apps.get_model("deals.StageEvent").objects.filter(pgh_obj=found).count() >= 2


def test_nothing_changed_leaves_no_row(hos: Browser, pipeline: Pipeline) -> None:
    assert change(hos, url("stage", stage(1).pk)).status_code == 302
    assert (PipelineChange.objects.count(), Pipeline.objects.get().version) == (0, 1)


WRONG: dict[str, dict[str, Any]] = {
    "no name": {"name": None},
    "a probability over 100": {"probability": 101},
    "a first task without words": {"task_kind": "call"},
    "a field nobody knows": {"asks": ["colour"]},
    "a stage of another pipeline": {"next_stages": ["claim"]},
    "a script for nobody": {"scripts-0-text": "Здравствуйте"},
    "a result without a name": {"results-0-is_poor": "on"},
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_changes_nothing(hos: Browser, pipeline: Pipeline, name: str) -> None:
    said = dict(WRONG[name])
    if said.get("next_stages"):
        make.pipeline("claim")
        said["next_stages"] = [Stage.objects.get(code="claim-1").pk]

    assert change(hos, url("stage", stage(1).pk), **({"norm_days": 9} | said)).status_code == 422
    assert (stage(1).norm_days, PipelineChange.objects.count()) == (3, 0)


def test_the_second_editor_is_told_and_changes_nothing(hos: Browser, pipeline: Pipeline) -> None:
    mine = form_of(hos.get(url("stage", stage(1).pk))) | {"goal": "Моя"}
    assert change(hos, url("stage", stage(2).pk), goal="Чужая").status_code == 302

    answer = hos.post(url("stage", stage(1).pk), mine)

    assert answer.status_code == 422
    assert "has changed the pipeline meanwhile" in answer.content.decode()
    assert (stage(1).goal, stage(2).goal) == ("", "Чужая")


def test_the_log_is_kept(hos: Browser, pipeline: Pipeline) -> None:
    change(hos, url("stage", stage(1).pk), goal="Узнать")
    for act in (lambda: PipelineChange.objects.all().delete(), lambda: PipelineChange.objects.update(what=[])):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_the_whole_pipeline_is_changed(hos: Browser, pipeline: Pipeline, client: Client) -> None:
    reason = LossReason.objects.create(code="dear", name="Дорого")
    said = {"escalates_after": 4, "next_after": stage(2).pk, "loss_reasons": [reason.pk], "sets_tasks": None}

    assert change(hos, url("pipeline-edit", pipeline.pk), **said).status_code == 302

    found = Pipeline.objects.get()
    assert (found.escalates_after, found.next_after, found.sets_tasks, found.version) == (4, stage(2), False, 2)
    assert list(found.loss_reasons.all()) == [reason]


def test_a_deal_is_lost_for_a_reason_of_its_pipeline(hos: Browser, deal: Deal) -> None:
    dear, far = (LossReason.objects.create(code=code, name=code) for code in ("dear", "far"))
    deal.pipeline.loss_reasons.set([dear])

    answer = hos.post(url("deal-lose", deal.pk), {"seen": deal.version, "reason": far.pk})
    assert answer.status_code == 422
    assert hos.post(url("deal-lose", deal.pk), {"seen": deal.version, "reason": dear.pk}).status_code == 302


# --- what it means for open deals -------------------------------------------------------------------------------------

# what is said, of two deals three days in the stage, its norm three, no contact → (late then, lacking, undone, asked)
EFFECTS: dict[str, tuple[dict[str, Any], int, list[int], int, bool]] = {
    "words alone": ({"goal": "Узнать"}, 0, [], 0, False),
    "a longer norm": ({"norm_days": 9}, 0, [], 0, False),
    "the day of the norm is within it": ({"norm_days": 3}, 0, [], 0, False),
    "a shorter norm": ({"norm_days": 2}, 2, [], 0, True),
    "no norm": ({"norm_days": None}, 0, [], 0, False),
    "a field they have": ({"asks": ["amount"]}, 0, [0], 0, False),
    "a field they have not": ({"asks": ["amount", "contact"]}, 0, [0, 2], 0, True),
    "goods": ({"asks": ["lines"]}, 0, [2], 0, True),
}


@pytest.mark.parametrize("name", EFFECTS)
def test_what_a_change_means_is_shown_before_it_is_saved(
    hos: Browser, client: Client, pipeline: Pipeline, people: dict[str, Employee], name: str
) -> None:
    said, late, lacking, undone, is_asked = EFFECTS[name]
    world(people, client, 2, opened_on=TODAY - timedelta(days=3), entered_stage_on=TODAY - timedelta(days=3))
    at = url("stage", stage(1).pk)
    filled = {key: value for key, value in (form_of(hos.get(at)) | said).items() if value is not None}

    shown = hos.post(f"{at}?preview=1", filled)
    effect = shown.context["effect"]
    first = hos.post(at, filled)

    assert (effect.deals, effect.late_now, effect.late_then, effect.undone) == (2, 0, late, undone)
    assert [count for _asked, count in effect.lacking] == lacking
    assert first.status_code == (422 if is_asked else 302)
    if is_asked:
        assert not PipelineChange.objects.exists()
        other = hos.post(at, filled | {"shown": first.context["mark"], "goal": "Другое"})
        assert other.status_code == 422  # what was shown was shown of something else
        assert hos.post(at, filled | {"shown": first.context["mark"]}).status_code == 302


def test_a_line_that_must_be_done_from_now_on_counts_who_has_not(
    hos: Browser, client: Client, pipeline: Pipeline, people: dict[str, Employee]
) -> None:
    item = stage(1).items.create(code="i", name="Матрица")
    first, _second = world(people, client, 2)
    dealing.tick(deal=first, item=item, is_done=True, acting_user=people["csm"], now=NOW)
    at = url("stage", stage(1).pk)
    filled = form_of(hos.get(at)) | {"items-0-is_required": "on"}

    assert hos.post(f"{at}?preview=1", filled).context["effect"].undone == 1


# --- order, stages, switching off -------------------------------------------------------------------------------------


def order() -> list[str]:
    return list(Stage.objects.filter(kind="open", is_active=True).order_by("order").values_list("code", flat=True))


PLACES: dict[str, tuple[Callable[[], dict[str, Any]], list[int]]] = {
    "up": (lambda: {"stage": stage(2).pk, "by": "up"}, [2, 1, 3]),
    "down": (lambda: {"stage": stage(2).pk, "by": "down"}, [1, 3, 2]),
    "the first stays first": (lambda: {"stage": stage(1).pk, "by": "up"}, [1, 2, 3]),
    "dragged": (lambda: {"order": [stage(3).pk, stage(1).pk, stage(2).pk]}, [3, 1, 2]),
    "one forgotten": (lambda: {"order": [stage(3).pk, stage(1).pk]}, [1, 2, 3]),
    "one twice": (lambda: {"order": [stage(3).pk, stage(3).pk, stage(1).pk]}, [1, 2, 3]),
    "seen too early": (lambda: {"stage": stage(2).pk, "by": "up", "seen": 7}, [1, 2, 3]),
}


@pytest.mark.parametrize("name", PLACES)
def test_stages_change_places(hos: Browser, pipeline: Pipeline, name: str) -> None:
    said, expected = PLACES[name]

    assert hos.post(url("stage-place", pipeline.pk), {"seen": 1} | said()).status_code == 302

    assert order() == [f"shipment-{n}" for n in expected]
    closing = Stage.objects.exclude(kind="open").order_by("order").values_list("order", flat=True)
    assert min(closing) > max(Stage.objects.filter(kind="open").values_list("order", flat=True))


def test_a_new_stage_stands_last_and_deals_go_to_it(hos: Browser, deal: Deal) -> None:
    hos.post(url("stage-new", deal.pipeline_id), {"seen": 1, "name": "Отзыв", "norm_days": 4})

    made = Stage.objects.get(name="Отзыв")
    assert order()[-1] == made.code
    assert hos.post(url("deal-move", deal.pk), {"seen": deal.version, "to": made.pk}).status_code == 302


def off(browser: Browser, of: Stage, to: Stage | None) -> Any:
    said = {"seen": of.pipeline.version} | ({"to": to.pk} if to else {})
    return browser.post(url("stage-off", of.pk), said)


def result() -> dict[str, Any]:
    """What the only job came to."""
    return dict(Job.objects.get().result or {})


def run_jobs() -> None:
    for job in Job.objects.filter(state="waiting"):
        jobs.work(job.pk)


def test_the_deals_of_a_stage_switched_off_go_to_another_with_their_way(
    hos: Browser, client: Client, pipeline: Pipeline, people: dict[str, Employee]
) -> None:
    made = world(people, client, 3)

    assert off(hos, stage(1), None).status_code == 422  # where they go is asked
    assert stage(1).is_active
    assert off(hos, stage(1), stage(2)).status_code == 302
    run_jobs()

    assert list(Deal.objects.values_list("stage__code", flat=True)) == ["shipment-2"] * 3
    last = made[0].entries.order_by("-pk")[0]
    assert (last.stage, last.by, "switched off" in last.comment) == (stage(2), people["hos"], True)
    assert not stage(1).is_active
    job = Job.objects.get()
    assert (job.state, result()["moved"]) == ("done", 3)
    assert hos.get(url("pipeline-job", job.pk)).context["undo_url"]


def test_what_was_moved_comes_back_but_what_went_on_stays(
    hos: Browser, client: Client, pipeline: Pipeline, people: dict[str, Employee]
) -> None:
    made = world(people, client, 3)
    off(hos, stage(1), stage(2))
    run_jobs()
    fresh = Deal.objects.get(pk=made[0].pk)
    dealing.move(
        deal=fresh, to=stage(3), acting_user=people["csm"], today=TODAY, now=NOW, seen=fresh.version
    )  # fmt: skip

    undo = result()["undo"]
    assert hos.post(undo).status_code == 302
    assert hos.post(undo).status_code == 404  # once

    assert sorted(Deal.objects.values_list("stage__code", flat=True)) == ["shipment-1", "shipment-1", "shipment-3"]
    assert stage(1).is_active


def test_moving_costs_the_same_statements_for_3_and_for_30(
    hos: Browser, client: Client, pipeline: Pipeline, people: dict[str, Employee]
) -> None:
    class Quiet:
        def tell(self, *said: Any) -> None:
            """Say nothing."""

    costs = []
    for count, here, to in ((3, 1, 2), (30, 1, 3)):
        world(people, client, count)
        with CaptureQueriesContext(connection) as found:
            moving.move(
                Quiet(), pipeline=pipeline.pk, stage=stage(here).pk, to=stage(to).pk, today=TODAY, now=NOW,  # type: ignore[arg-type]
                by=people["hos"],
            )  # fmt: skip
        costs.append(len(found))
    assert costs[0] == costs[1]


REFUSED: dict[str, tuple[Callable[[Pipeline], object], str]] = {
    "the last one": (
        lambda p: p.stages.filter(order__in=[2, 3]).update(is_active=False), "has a stage deals are worked in",
    ),
    "the next deal waits for it": (
        lambda p: Pipeline.objects.update(next_after=stage(1)), "opened after this stage",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_stage_that_is_needed_is_not_switched_off(hos: Browser, pipeline: Pipeline, name: str) -> None:
    prepare, why = REFUSED[name]
    prepare(pipeline)

    answer = off(hos, stage(1), None)

    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert stage(1).is_active


def test_a_pipeline_is_switched_off_with_its_deals_going_to_another(
    hos: Browser, deal: Deal, people: dict[str, Employee]
) -> None:
    other = make.pipeline("recovery")
    to = other.stages.get(code="recovery-1")
    at = url("pipeline-off", deal.pipeline_id)

    assert hos.post(at, {"seen": 1}).status_code == 422
    assert hos.post(at, {"seen": 1, "to": to.pk}).status_code == 302
    run_jobs()

    deal.refresh_from_db()
    assert (deal.pipeline, deal.stage) == (other, to)
    assert not Pipeline.objects.get(code="shipment").is_active
    hos.post(result()["undo"])
    deal.refresh_from_db()
    assert (deal.pipeline.code, deal.stage, deal.pipeline.is_active) == ("shipment", stage(1), True)


def test_what_was_switched_off_is_offered_again(hos: Browser, pipeline: Pipeline) -> None:
    off(hos, stage(2), None)
    assert not stage(2).is_active
    hos.post(url("stage-on", stage(2).pk), {"seen": 2})
    assert stage(2).is_active
    assert PipelineChange.objects.count() == 2


def test_a_copy_takes_over_all_a_stage_has(hos: Browser, deal: Deal) -> None:
    one = stage(1)
    one.next_stages.set([stage(3), stage("won")])
    one.results.create(code="r", name="Дорого", is_poor=True)
    one.items.create(code="i", name="Матрица", is_required=True)
    one.scripts.create(is_top=True, text="Для TOP")

    said = {"name": "Тендер", "purpose": "other"}
    assert hos.post(url("pipeline-copy", deal.pipeline_id), said).status_code == 302

    made = Pipeline.objects.get(name="Тендер")
    first = made.stages.order_by("order")[0]
    assert (made.stages.count(), made.deals.count(), made.opens_next) == (5, 0, False)
    assert [to.pipeline for to in first.next_stages.all()] == [made, made]
    assert (first.results.get().is_poor, first.items.get().is_required, first.scripts.get().text) == (
        True,
        True,
        "Для TOP",
    )


def test_a_stage_page_costs_the_same_whatever_stands_in_it(
    hos: Browser, client: Client, pipeline: Pipeline, people: dict[str, Employee], django_assert_max_num_queries: Any
) -> None:
    costs = []
    hos.get(url("pipeline", pipeline.pk))
    for count in (3, 27):
        world(people, client, count)
        with django_assert_max_num_queries(20) as found:
            hos.get(url("pipeline", pipeline.pk))
        costs.append(len(found))
    assert costs[0] == costs[1]


# --- scripts ----------------------------------------------------------------------------------------------------------

# the variants there are (by what they name) → of an active TOP client the script shown
SCRIPTS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "none: the stage's own": ([], "Всем"),
    "of another state": ([{"life_cycle": "zero"}], "Всем"),
    "of its state": ([{"life_cycle": "active"}], "1"),
    "of TOP": ([{"life_cycle": "zero"}, {"is_top": True}], "2"),
    "the one that names more": ([{"is_top": True}, {"is_top": True, "life_cycle": "active"}], "2"),
    "of equals the first": ([{"is_top": True}, {"life_cycle": "active"}], "1"),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_script_follows_the_client(hos: Browser, deal: Deal, name: str) -> None:
    variants, expected = SCRIPTS[name]
    Stage.objects.filter(pk=deal.stage_id).update(script="Всем")
    deal.client.standing.top = True
    deal.client.standing.save()
    for n, fields in enumerate(variants, 1):
        StageScript.objects.create(stage=deal.stage, order=n, text=str(n), **fields)

    assert hos.get(url("deal", deal.pk)).context["script"] == [expected]
