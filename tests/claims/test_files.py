"""Photos and papers of claims: what is kept, how many, who sees, shows, removes and brings back (R192)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from clients.models import LossReason
from deals.claims import actions
from deals.claims.models import Claim, ClaimFile
from deals.dealing import actions as dealing
from salescrm.base.models import StoredFile
from staff.models import Employee
from tests import make
from tests.claims.scene import NOW, kind, made

pytestmark = pytest.mark.django_db
Browsers = Callable[[str], Browser]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def url(name: str, *args: int) -> str:
    return reverse(f"deals:{name}", args=args)


def upload(name: str = "a.png", content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def claim(people: dict[str, Employee]) -> Claim:
    return made(make.client("Принт-Хаус", people["csm"]), people["csm"])


def sent(claim: Claim, person: Employee, *uploads: SimpleUploadedFile, **fields: Any) -> list[ClaimFile]:
    given: dict[str, Any] = {"submission": uuid.uuid4(), "acting_user": person, "now": NOW}
    return actions.add_files(claim=claim, uploads=uploads, **(given | fields))


def test_a_form_keeps_its_files_once_and_a_claim_ten(claim: Claim, people: dict[str, Employee]) -> None:
    csm, submission = people["csm"], uuid.uuid4()
    first = sent(claim, csm, upload(), upload("акт.pdf", b"%PDF-1"), submission=submission)
    assert sent(claim, csm, upload(), submission=submission) == first
    sent(claim, csm, *[upload(f"{n}.png") for n in range(8)])
    before = StoredFile.objects.count()
    with pytest.raises(actions.Refused):
        sent(claim, csm, upload())
    assert StoredFile.objects.count() == before == 10
    assert actions.remove(file=first[0], acting_user=csm, now=NOW)
    assert not actions.remove(file=first[0], acting_user=people["csh"], now=NOW)
    sent(claim, csm, upload("eleventh.png"))
    with pytest.raises(actions.Refused):
        actions.bring_back(file=first[0])
    assert claim.files.present().count() == 10
    reason = LossReason.objects.get_or_create(code="price", defaults={"name": "Цена"})[0]
    dealing.lose(
        deal=claim.deal, reason=reason, acting_user=csm, today=NOW.date(), now=NOW, seen=claim.deal.version
    )  # fmt: skip
    with pytest.raises(actions.Refused):
        sent(claim, csm, upload())


def test_files_come_with_the_claim_and_are_checked_by_content(
    browser_of: Browsers, claim: Claim, people: dict[str, Employee]
) -> None:
    csm, client = browser_of("csm"), claim.deal.client
    told = {"kind": kind().pk, "happened": "Брак", "wish": "refund", "submission": uuid.uuid4()}
    new = url("claim-new", client.pk)
    for name, content in (("a.png", b"<html>"), ("a.exe", b"MZ"), ("a.svg", b"<svg>"), ("a.jpg", PNG)):
        assert csm.post(new, told | {"uploads": named(name, content)}).status_code == 422, name
    many = [named(f"{n}.png", PNG) for n in range(11)]
    assert csm.post(new, told | {"uploads": many}).status_code == 422
    assert not StoredFile.objects.exists()
    assert csm.post(new, told | {"uploads": [named("фото.png", PNG), named("акт.pdf", b"%PDF-1")]}).status_code == 302
    photo, act = ClaimFile.objects.order_by("place")
    assert (photo.is_picture, act.is_picture) == (True, False)
    shown = csm.get(url("claim-picture", photo.pk))
    assert (shown.headers["Content-Type"], "inline" in shown.headers["Content-Disposition"]) == ("image/png", True)
    assert b"".join(shown) == PNG
    assert csm.get(url("claim-picture", act.pk)).status_code == 404
    assert "attachment" in csm.get(url("claim-file", act.pk)).headers["Content-Disposition"]
    page = csm.get(url("deal", photo.claim.deal_id)).content.decode()
    assert url("claim-picture", photo.pk) in page
    assert "фото.png" in page


def test_a_file_is_removed_and_brought_back(browser_of: Browsers, claim: Claim, people: dict[str, Employee]) -> None:
    (file,) = sent(claim, people["csm"], upload())
    csm = browser_of("csm")
    answer = csm.post(url("claim-file-remove", file.pk), headers={"HX-Request": "true"})
    assert url("claim-file-back", file.pk) in answer.headers["HX-Trigger"]
    assert not claim.files.present().exists()
    assert csm.post(url("claim-file-back", file.pk)).status_code == 302
    assert claim.files.present().get() == file
    other = browser_of("bdm_key")
    assert [other.get(url(name, file.pk)).status_code for name in ("claim-file", "claim-picture")] == [404, 404]


def named(name: str, content: bytes) -> BytesIO:
    file = BytesIO(content)
    file.name = name
    return file
