"""Addresses of segmentation: matrix, TOP list, zero board, rules, nights, "why?"."""

from __future__ import annotations

from datetime import date
from typing import Any

from segmentation.models import CaseState
from segmentation.priorities.models import FocusClient, FocusList, StrategicClient
from segmentation.priorities.scoring import period_of
from staff.access import Role
from tests import make
from tests.access.table import EVERYBODY, Row, Scene
from tests.segmentation import world

READERS = EVERYBODY - {Role.OPERATOR, Role.LEAD_MANAGER}
HEADS = {Role.CSH, Role.BRANCH_HEAD, Role.HOS}
BOSS = {Role.HOS}
RECKONERS = {Role.HOS, Role.DEPUTY_DIRECTOR}
NIGHT_READERS = HEADS | {Role.DEPUTY_DIRECTOR, Role.DEPUTY_IT, Role.DIRECTOR}
SEES_THE_CLIENT = EVERYBODY - {Role.OPERATOR, Role.LEAD_MANAGER, Role.BDM_KEY, Role.BDM_RECOVERY}
ANSWERERS = HEADS | {Role.CSM}  # who works the client, and the heads
UNSEEN: dict[str, int] = dict.fromkeys((Role.OPERATOR, Role.LEAD_MANAGER, Role.BDM_KEY, Role.BDM_RECOVERY), 404)
DAY = world.NIGHT.isoformat()


def prepare(scene: Scene) -> None:
    """Add a night with a proposal and a hand-over; the scene's client stays where it is."""
    rules = world.nights()
    csm, recovery = scene.people[Role.CSM], scene.people[Role.BDM_RECOVERY]
    world.classed(scene.client, "AX", 1000)
    world.silent(scene.client, days=100)
    handed = world.case(scene.client, CaseState.HANDED_OVER, csm, recovery)
    scene.extra |= {"rules": rules, "handed": handed}
    focus(scene)


def focus(scene: Scene) -> None:
    """Put the scene's client on the strategic list and on the csm's focus list."""
    make.priority_rules()
    csm, day = scene.people[Role.CSM], world.NIGHT
    StrategicClient.objects.create(client=scene.client, year=day.year, entered_on=day, entered_by=csm)
    starts_on, ends_on = period_of(day)
    found = FocusList.objects.create(owner=csm, starts_on=starts_on, ends_on=ends_on)
    entry = FocusClient.objects.create(focus_list=found, client=scene.client, is_pinned=True)
    scene.extra |= {"focus": found, "entry": entry, "programme": make.programme(scene.client, csm)}


def client(scene: Scene) -> list[Any]:
    """Return the scene's client as the address's argument."""
    return [scene.client.pk]


def topic(name: str) -> Any:
    """Return the arguments of a "why?" address."""
    return lambda scene: [scene.client.pk, name]


def case(scene: Scene) -> list[Any]:
    """Return the hand-over as the address's argument."""
    return [scene.extra["handed"].pk]


def a_night(scene: Scene) -> list[Any]:
    """Return the day of the night."""
    return [date.fromisoformat(DAY).isoformat()]


def entry(scene: Scene) -> list[Any]:
    """Return the client of the focus list as the address's argument."""
    return [scene.extra["entry"].pk]


def programme(scene: Scene) -> list[Any]:
    """Return the client's programme as the address's argument; it waits for approval."""
    return [scene.extra["programme"].pk]


SENT = {"reason": "", "until": ""}
WHY = {"reason": "because"}
OTHERS: dict[str, int] = dict.fromkeys((Role.BDM_KEY, Role.BDM_RECOVERY), 404)  # read segmentation, not this list
ADDERS = HEADS | {Role.CSM, Role.BDM_KEY, Role.BDM_RECOVERY}

ROWS = [
    Row("segmentation:matrix", READERS),
    Row("segmentation:rules", READERS),
    Row("segmentation:rules-one", READERS, args=lambda scene: [scene.extra["rules"].pk]),
    Row("segmentation:rules-new", BOSS),
    Row("segmentation:rules-new", BOSS, method="post", ok=422),
    Row("segmentation:rules-preview", BOSS, method="post"),
    Row("segmentation:rules-search", BOSS, method="post"),
    Row("segmentation:base", READERS),
    Row("segmentation:base", READERS, query="?unit=entities"),
    Row("segmentation:trial", RECKONERS),
    Row("segmentation:trial", RECKONERS, method="post", ok=422),
    Row("segmentation:trial-job", RECKONERS, args=lambda scene: [999_999], ok=404),
    Row("segmentation:top", READERS),
    Row("segmentation:top-choose", HEADS),
    Row("segmentation:top-clients", HEADS),
    Row("segmentation:top-override", HEADS, args=client),
    Row("segmentation:top-override", HEADS, method="post", args=client, data=lambda scene: SENT, ok=422),
    Row("segmentation:zero", READERS),
    Row("segmentation:zero-lane", READERS, args=lambda scene: ["owner"]),
    Row("segmentation:zero-proposals", READERS),
    Row("segmentation:zero-approve", HEADS),
    Row("segmentation:zero-approve", HEADS, method="post", data=lambda scene: {"confirmed": "7"}, ok=422),
    Row("segmentation:zero-refuse", HEADS),
    Row("segmentation:zero-refuse", HEADS, method="post", data=lambda scene: SENT, ok=422),
    Row("segmentation:zero-exclude", HEADS, args=client),
    Row("segmentation:zero-exclude", HEADS, method="post", args=client, data=lambda scene: SENT, ok=422),
    Row("segmentation:zero-exclude-end", HEADS, args=client),
    Row("segmentation:zero-exclude-end", HEADS, method="post", args=client, ok=302),
    Row("segmentation:zero-approve-undo", HEADS, method="post", ok=302),
    Row("segmentation:zero-refuse-undo", HEADS, method="post", ok=302),
    Row("segmentation:zero-undo", HEADS, args=case),
    Row("segmentation:zero-reason", ANSWERERS, args=client, also=UNSEEN),
    Row("segmentation:zero-reason", ANSWERERS, method="post", args=client, ok=422, also=UNSEEN),
    Row("segmentation:zero-reasons", READERS),
    Row("segmentation:zero-recovery", READERS),
    Row("segmentation:archive", HEADS, args=client, also=UNSEEN),
    Row("segmentation:archive", HEADS, method="post", args=client, ok=422, also=UNSEEN),
    Row("segmentation:archive-many", HEADS),
    Row("segmentation:archive-many", HEADS, method="post", ok=422),
    Row("segmentation:archive-back", HEADS, args=client, also=UNSEEN),
    Row("segmentation:archive-back", HEADS, method="post", args=client, ok=422, also=UNSEEN),
    Row("segmentation:archive-back-many", HEADS),
    Row("segmentation:archive-back-many", HEADS, method="post", ok=302),
    Row("segmentation:archive-undo", HEADS, method="post", ok=204),
    Row("segmentation:transfer", SEES_THE_CLIENT, args=lambda scene: [scene.client.pk, DAY], ok=302, denied=404),
    Row("segmentation:contacts", READERS),
    Row("segmentation:contacts-day"),
    Row("segmentation:norm-new", BOSS),
    Row("segmentation:norm-new", BOSS, method="post", ok=422),
    Row("segmentation:nights", NIGHT_READERS),
    Row("segmentation:nights-run", BOSS),
    Row("segmentation:nights-run", BOSS, method="post", ok=302),
    Row("segmentation:nights-job", NIGHT_READERS, args=lambda scene: [999_999], ok=404),
    Row("segmentation:nights-one", NIGHT_READERS, args=a_night),
    Row("segmentation:nights-undo", BOSS, args=a_night),
    Row("segmentation:priorities", READERS),
    Row("segmentation:priorities", READERS, query="?view=proposed"),
    Row("segmentation:priorities", READERS, query="?view=left"),
    Row("segmentation:priorities-enter", HEADS, method="post", ok=302),
    Row("segmentation:priorities-choose", HEADS),
    Row("segmentation:priorities-choose", HEADS, method="post"),
    Row("segmentation:priorities-enter-one", HEADS, args=client),
    Row("segmentation:priorities-enter-one", HEADS, method="post", args=client, data=lambda scene: SENT, ok=422),
    Row("segmentation:priorities-leave", HEADS, args=client),
    Row("segmentation:priorities-leave", HEADS, method="post", args=client, data=lambda scene: WHY, ok=302),
    Row("segmentation:criteria", READERS),
    Row("segmentation:criteria-new", BOSS),
    Row("segmentation:criteria-new", BOSS, method="post", ok=422),
    Row("segmentation:criteria-preview", BOSS, method="post"),
    Row("segmentation:focus", READERS),
    Row("segmentation:focus-day", READERS),
    Row("segmentation:focus-neighbours", READERS, args=client),
    Row("segmentation:focus-add", ADDERS),
    Row("segmentation:focus-add", ADDERS, method="post", ok=422),
    Row(
        "segmentation:focus-confirm",
        ANSWERERS,
        method="post",
        args=lambda s: [s.extra["focus"].pk],
        ok=302,
        also=OTHERS,
    ),
    Row("segmentation:focus-pin", ANSWERERS, method="post", args=entry, ok=302, also=OTHERS),
    Row("segmentation:focus-drop", ANSWERERS, args=entry, also=OTHERS),
    Row("segmentation:focus-drop", ANSWERERS, method="post", args=entry, data=lambda scene: WHY, ok=302, also=OTHERS),
    Row("segmentation:focus-talk", ANSWERERS, args=entry, also=OTHERS),
    Row("segmentation:focus-talk", ANSWERERS, method="post", args=entry, ok=422, also=OTHERS),
    Row("segmentation:programmes", READERS),
    Row("segmentation:programmes", READERS, query="?view=closed"),
    Row("segmentation:programme", SEES_THE_CLIENT, args=programme, also=OTHERS),
    Row("segmentation:programme-new", ANSWERERS, args=client, also=OTHERS),
    Row("segmentation:programme-new", ANSWERERS, method="post", args=client, ok=422, also=OTHERS),
    Row("segmentation:programme-edit", ANSWERERS, args=programme, also=OTHERS),
    Row("segmentation:programme-edit", ANSWERERS, method="post", args=programme, ok=422, also=OTHERS),
    Row("segmentation:programme-approve", HEADS, method="post", args=programme, ok=302),
    Row("segmentation:programme-step", ANSWERERS, args=programme, also=OTHERS),
    Row("segmentation:programme-step", ANSWERERS, method="post", args=programme, ok=422, also=OTHERS),
    Row("segmentation:programme-review", HEADS, args=programme),
    Row("segmentation:programme-review", HEADS, method="post", args=programme, ok=422),
    Row("segmentation:programme-close", HEADS, args=programme),
    Row("segmentation:programme-close", HEADS, method="post", args=programme, ok=422),
    Row("segmentation-panels:programmes", SEES_THE_CLIENT, args=client, denied=404),
    Row("segmentation:why", SEES_THE_CLIENT, args=topic("priority"), denied=404),
    Row("segmentation-panels:preparation", SEES_THE_CLIENT, args=client, denied=404),
    Row("segmentation:preparation", SEES_THE_CLIENT, args=client, denied=404),
    Row("segmentation:preparation", ANSWERERS, method="post", args=client, ok=302, also=UNSEEN),
    Row("segmentation:why", SEES_THE_CLIENT, args=topic("class"), denied=404),
    Row("segmentation:why", SEES_THE_CLIENT, args=topic("hand_over"), denied=404),
    Row("segmentation:why", SEES_THE_CLIENT, args=topic("contact"), denied=404),
]
