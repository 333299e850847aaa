"""The screens of call reviews: from the week to the review, its answer, the list with its filters and workbook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from deals.call_reviews.models import CallCriterion, CallReview
from staff.models import Employee
from tests import make
from tests.call_reviews.scene import criteria, reviewed

pytestmark = pytest.mark.django_db
Browsers = Callable[[str], Browser]
People = dict[str, Employee]


def url(name: str, *args: int) -> str:
    return reverse(f"calls:{name}", args=args)


@pytest.fixture
def client(people: People, today: date) -> Client:
    return make.client("Принт-Хаус", people["csm"])


def filled(**fields: Any) -> dict[str, Any]:
    """Fill the form of a review."""
    return {f"mark_{one.pk}": "2" for one in criteria()} | {"feedback": "Хорошо", "submission": uuid4()} | fields


def test_from_the_week_to_the_answer(browser_of: Browsers, people: People, client: Client, today: date) -> None:
    call = make.said(client, people["csm"], today)
    hos, csm, new = browser_of("hos"), browser_of("csm"), url("review-new", call.pk)
    criteria()
    assert new in hos.get(url("team")).content.decode()
    sound = SimpleUploadedFile("разговор.mp3", b"ID3 sound")
    mark = f"mark_{criteria()[0].pk}"
    for wrong in ({"feedback": " "}, {mark: ""}, {mark: "3"}, {"submission": ""}, {"recording_url": "javascript:x()"},
                  {"recording_url": "ftp://x.ru/1"}, {"upload": SimpleUploadedFile("a.exe", b"MZ")},
                  {"upload": SimpleUploadedFile("a.mp3", b"MZ")}):  # fmt: skip
        assert (wrong, hos.post(new, filled() | wrong).status_code) == (wrong, 422)
    assert not CallReview.objects.exists()
    told = filled(upload=sound, recording_url="https://pbx.example/1", feedback="Хорошо\nСпросить о сроках")
    assert hos.post(new, told).status_code == 302
    made = CallReview.objects.get()
    page = url("review", made.pk)
    assert hos.get(new).headers["Location"] == page
    sent = csm.get(url("review-recording", made.pk))
    assert (b"".join(sent), sent.headers["Content-Type"]) == (b"ID3 sound", "audio/mpeg")
    right = url("review-correct", made.pk)
    assert hos.post(right, filled(seen=7)).status_code == 422
    assert hos.post(right, filled(seen=made.version, **{mark: "0"})).status_code == 302
    made.refresh_from_db()
    assert (made.score < 100, made.recording_id is not None, made.recording_url) == (True, True, "")
    shown = csm.get(page).content.decode()
    assert url("review-confirm", made.pk) in shown
    assert url("review-confirm", made.pk) not in hos.get(page).content.decode()
    assert csm.post(url("review-confirm", made.pk), {"answer": "<b>Учту</b>", "seen": made.version}).status_code == 302
    assert "&lt;b&gt;Учту" in hos.get(page).content.decode()
    assert hos.post(right, filled(seen=made.version)).status_code == 422


def test_filters_go_to_the_workbook(browser_of: Browsers, people: People, client: Client, today: date) -> None:
    key = people["bdm_key"]
    reviewed(make.said(client, people["csm"], today), people["hos"])
    reviewed(make.said(make.client("Ключевой", key), key, today), people["csh"])
    day = today.isoformat()
    csm = people["csm"].pk
    cases = {"": 2, f"?who={csm}": 1, f"?since={day}&until={day}": 2, "?since=2026-07-17": 0, "?until=2026-07-15": 0,
             "?who=x&since=y": 2, "?who=99999999999999": 2, f"?who={people['hos'].pk}": 2}  # fmt: skip
    hos = browser_of("hos")
    for query, count in cases.items():
        assert (query, len(hos.get(url("review-list") + query).context["rows"])) == (query, count)
        book = openpyxl.load_workbook(BytesIO(hos.get(url("review-export") + query).content))
        assert (query, book.worksheets[0].max_row) == (query, count + 1)
    own = browser_of("csm").get(f"{url('review-list')}?who={key.pk}")
    assert [row.employee for row in own.context["rows"]] == [people["csm"]]
    assert "Ключевой" not in own.content.decode()


def test_criteria_are_changed_on_a_page(browser_of: Browsers) -> None:
    hos, one = browser_of("hos"), criteria()[0]
    told = {"name": "Тон", "weight": "2", "order": "5", "is_active": "on"}
    for wrong in ({"name": ""}, {"weight": "0"}, {"weight": "11"}, {"name": str(criteria()[1])}):
        assert (wrong, hos.post(url("criterion-new"), told | wrong).status_code) == (wrong, 422)
    assert hos.post(url("criterion-new"), told).status_code == 302
    assert hos.post(url("criterion", one.pk), told | {"name": "Иначе", "is_active": ""}).status_code == 302
    assert list(CallCriterion.objects.filter(is_active=False).values_list("name", flat=True)) == ["Иначе"]


def test_pages_ask_the_same_of_more_rows(browser_of: Browsers, people: People, client: Client, today: date) -> None:
    hos, csm = browser_of("hos"), people["csm"]

    def asked() -> list[int]:
        numbers = []
        for address in (url("team"), url("waiting", csm.pk), url("review-list"), url("review-export"), url("criteria")):
            hos.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert hos.get(address).status_code == 200
            numbers.append(len(queries))
        return numbers

    def grow(few: range) -> None:
        for number in few:
            person = make.employee(f"m{number}")
            for _n in range(2):
                make.said(client, csm, today)
                make.said(client, person, today)
            reviewed(make.said(client, person, today), people["hos"])

    grow(range(3))
    before = asked()
    grow(range(3, 30))
    assert asked() == before
