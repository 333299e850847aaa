"""Papers kept with a client: who adds and removes them, what is taken, how a file is given (R21)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.documents import endings
from clients.duplicates import joining
from clients.models import Client, ClientDocument
from salescrm.base import clock
from salescrm.base.models import AccessLog, StoredFile
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

Browsers = Callable[[str], Browser]
People = dict[str, Employee]
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3"


@pytest.fixture(autouse=True)
def _files_apart(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep files where no other test counts or writes them; the largest ones are small."""
    settings.MEDIA_ROOT = tmp_path
    assert endings.MOST_BYTES == 20 * 1024 * 1024
    monkeypatch.setattr(endings, "MOST_BYTES", BIG)


@pytest.fixture
def client(people: People, today: date) -> Client:
    """A client of the csm."""
    return make.client("Принт-Хаус", people[Role.CSM])


def file(name: str = "Договор 2026.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def form(*files: SimpleUploadedFile, **more: Any) -> dict[str, Any]:
    return {"uploads": files or (file(),), "kind": "contract", "title": "", "submission": uuid4()} | more


def new(client: Client) -> str:
    return reverse("clients:document-new", args=[client.pk])


def card(client: Client) -> str:
    return reverse("clients:client-documents", args=[client.pk])


def at(name: str, document: ClientDocument) -> str:
    return reverse(f"clients:document-{name}", args=[document.pk])


def kept_files(folder: str = "") -> int:
    """Count the files that lie where files are kept."""
    if not default_storage.exists(folder or "."):
        return 0
    folders, found = default_storage.listdir(folder)
    return len(found) + sum(kept_files(f"{folder}{one}/") for one in folders)


# --- adding -----------------------------------------------------------------------------------------------------------


def test_it_keeps_a_file_and_names_it_after_itself(browser_of: Browsers, people: People, client: Client) -> None:
    browser = browser_of(Role.CSM)
    answer = browser.post(new(client), form())
    assert (answer.status_code, answer["Location"]) == (302, f"/clients/{client.pk}/#h-documents")
    made = ClientDocument.objects.get()
    assert (made.client, made.title, made.kind) == (client, "Договор 2026", "contract")
    assert (made.added_on, made.added_by, made.removed_on) == (TODAY, people[Role.CSM], None)
    stored = made.file
    assert (stored.name, stored.content_type, stored.size) == ("Договор 2026.pdf", "application/pdf", len(PDF))
    assert stored.created_by == people[Role.CSM]
    assert "Договор" not in str(stored.file.name)
    panel = browser.get(card(client)).content.decode()
    assert "Договор 2026" in panel
    assert "Remove Договор 2026" in panel


def test_several_files_at_once_are_one_submission(browser_of: Browsers, client: Client) -> None:
    sent = form(file(), file("Реквизиты.TXT", "ИНН 7707083893".encode()), kind="details")
    browser_of(Role.CSM).post(new(client), sent)
    found = ClientDocument.objects.order_by("place").values_list("title", "kind", "place")
    assert list(found) == [("Договор 2026", "details", 1), ("Реквизиты", "details", 2)]


def test_the_same_form_sent_twice_is_kept_once(browser_of: Browsers, client: Client) -> None:
    before = kept_files()
    submission = uuid4()
    for _ in range(2):
        answer = browser_of(Role.CSM).post(new(client), form(submission=submission, title=" Договор  поставки "))
        assert answer.status_code == 302
    assert ClientDocument.objects.get().title == "Договор поставки"
    assert (StoredFile.objects.count(), kept_files() - before) == (1, 1)


def test_in_the_dialog_it_closes_and_the_panel_is_loaded_anew(browser_of: Browsers, client: Client) -> None:
    answer = browser_of(Role.CSM).post(new(client), form(), headers={"hx-request": "true"})
    assert answer.status_code == 204
    assert "documents-changed" in answer["HX-Trigger"]
    assert "dialog-close" in answer["HX-Trigger"]


BIG = 1000  # stands for the 20 MB of real life
REFUSED = [
    ("Договор.exe", b"MZ\x90\x00", "is not kept here"),
    ("Договор.pdf.exe", PDF, "is not kept here"),
    ("Договор", PDF, "is not kept here"),
    ("page.html", b"<!doctype html>", "is not kept here"),
    ("logo.svg", b"<svg/>", "is not kept here"),
    ("macros.docm", b"PK\x03\x04", "is not kept here"),
    ("Договор.pdf", b"<!DOCTYPE html><script>", "is not what its name says"),
    ("Договор.pdf", b"MZ\x90\x00" + PDF, "is not what its name says"),
    ("photo.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not what its name says"),
    ("note.txt", b"MZ\x90\x00\x03", "is not what its name says"),
    ("note.txt", b"\x7fELF\x02", "is not what its name says"),
    ("note.txt", b"#!/bin/sh\n", "is not what its name says"),
    ("note.txt", b"hello <SCRIPT>alert(1)</SCRIPT>", "is not what its name says"),
    ("note.csv", "a;<html>".encode("utf-16"), "is not what its name says"),
    ("note.txt", b"", "The submitted file is empty"),
    ("note.txt", b"x" * (BIG + 1), "is larger than 20 MB"),
]


@pytest.mark.parametrize(
    ("name", "content", "fault"), REFUSED, ids=[f"{one[0]}-{at}" for at, one in enumerate(REFUSED)]
)
def test_what_is_not_taken_changes_nothing(
    browser_of: Browsers, client: Client, name: str, content: bytes, fault: str
) -> None:
    before = kept_files()
    answer = browser_of(Role.CSM).post(new(client), form(file(), file(name, content)))
    assert answer.status_code == 422
    assert fault in answer.content.decode()
    assert (ClientDocument.objects.count(), StoredFile.objects.count(), kept_files()) == (0, 0, before)


TAKEN = [
    ("Фото этикетки.JPG", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
    ("scan.tiff", b"II*\x00"),
    ("label.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 "),
    ("label.heic", b"\x00\x00\x00\x18ftypheic"),
    ("Цены.xlsx", b"PK\x03\x04"),
    ("Договор с паролем.docx", b"\xd0\xcf\x11\xe0\xa1\xb1"),
    ("Договор.doc", b"{\\rtf1"),
    ("Реквизиты.txt", "ИНН 7707083893, a < b".encode("cp1251")),
    ("Цены.csv", "артикул;цена".encode("utf-16")),
    ("Самый большой.txt", b"x" * BIG),
]


@pytest.mark.parametrize(("name", "content"), TAKEN, ids=[name for name, _content in TAKEN])
def test_what_people_keep_is_taken(browser_of: Browsers, client: Client, name: str, content: bytes) -> None:
    assert browser_of(Role.CSM).post(new(client), form(file(name, content))).status_code == 302
    assert ClientDocument.objects.get().file.name == name


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"uploads": ()}, "This field is required."),
        ({"kind": "passport"}, "Select a valid choice"),
        ({"title": "д" * 151}, "at most 150 characters"),
        ({"uploads": (file(), file("b.pdf")), "title": "Договор"}, "A title is for a single file"),
        ({"uploads": tuple(file(f"{n}.pdf") for n in range(11))}, "Choose up to 10 files at once."),
        ({"submission": "x"}, "Enter a valid UUID."),
    ],
)
def test_bad_input_changes_nothing(browser_of: Browsers, client: Client, more: dict[str, Any], fault: str) -> None:
    answer = browser_of(Role.CSM).post(new(client), form() | more)
    assert answer.status_code == 422
    said = answer.context["form"].errors
    assert any(fault in text for texts in said.values() for text in texts)
    assert said["uploads"]  # a browser does not keep the files of a form that comes back
    assert not ClientDocument.objects.exists()


@pytest.mark.parametrize(("role", "status"), [(Role.MARKETER, 403), (Role.DIRECTOR, 403), (Role.BDM_KEY, 404)])
def test_only_who_may_change_the_client_adds_and_removes(
    browser_of: Browsers, people: People, client: Client, role: str, status: int
) -> None:
    here = make.document(client, people[Role.CSM])
    gone = make.document(client, people[Role.CSM], removed_on=TODAY, removed_by=people[Role.CSM])
    browser = browser_of(role)
    assert browser.post(new(client), form()).status_code == status
    assert browser.post(at("remove", here)).status_code == status
    assert browser.post(at("back", gone)).status_code == status
    found = ClientDocument.objects.order_by("pk").values_list("pk", "removed_on")
    assert list(found) == [(here.pk, None), (gone.pk, TODAY)]


# --- removing ---------------------------------------------------------------------------------------------------------


def test_a_removed_one_is_off_the_card_and_comes_back(browser_of: Browsers, people: People, client: Client) -> None:
    document, browser = make.document(client, people[Role.CSM]), browser_of(Role.CSM)
    answer = browser.post(at("remove", document), headers={"hx-request": "true"})
    assert answer.status_code == 204
    assert at("back", document) in answer["HX-Trigger"]
    document.refresh_from_db()
    assert (document.removed_on, document.removed_by) == (TODAY, people[Role.CSM])
    assert document.file.file.storage.exists(str(document.file.file.name))
    assert browser.get(at("file", document)).status_code == 404
    assert "1 removed" in browser.get(card(client)).content.decode()
    assert "removed" not in browser_of(Role.DIRECTOR).get(card(client)).content.decode()
    for _ in range(2):
        assert browser.post(at("back", document)).status_code == 302
    assert browser.get(at("file", document)).status_code == 200


def test_the_second_of_two_is_told_who_removed_it(browser_of: Browsers, people: People, client: Client) -> None:
    document = make.document(client, people[Role.CSM])
    browser_of(Role.CSM).post(at("remove", document))
    answer = browser_of(Role.CSH).post(at("remove", document), headers={"hx-request": "true"})
    assert "Csm Testov removed it already" in answer["HX-Trigger"]
    document.refresh_from_db()
    assert document.removed_by == people[Role.CSM]


# --- giving a file ----------------------------------------------------------------------------------------------------


def test_a_file_is_saved_and_never_shown(browser_of: Browsers, client: Client) -> None:
    name = "Договор поставки № 7.pdf"
    browser_of(Role.CSM).post(new(client), form(file(name)))
    answer = browser_of(Role.DIRECTOR).get(at("file", ClientDocument.objects.get()))
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined] # of a FileResponse
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(name)}"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/pdf"


def test_a_file_is_not_given_to_who_does_not_see_the_client(
    browser_of: Browsers, people: People, client: Client
) -> None:
    document = make.document(client, people[Role.CSM])
    assert browser_of(Role.BDM_KEY).get(at("file", document)).status_code == 404
    assert not AccessLog.objects.exists()


def test_a_file_that_is_lost_is_not_found(browser_of: Browsers, people: People, client: Client) -> None:
    document = make.document(client, people[Role.CSM])
    document.file.file.storage.delete(str(document.file.file.name))
    assert browser_of(Role.CSM).get(at("file", document)).status_code == 404


@pytest.mark.parametrize(("role", "screen"), [(Role.CSM, "own-contacts"), (Role.DIRECTOR, "contacts")])
def test_files_taken_count_as_contacts_shown_once_a_client(
    browser_of: Browsers, people: People, client: Client, role: str, screen: str
) -> None:
    for n in range(2):
        browser_of(role).get(at("file", make.document(client, people[Role.CSM], title=f"{n}")))
    assert list(AccessLog.objects.values_list("person", "screen", "rows")) == [(people[role].pk, screen, 1)]


# --- the base, the panel, joining -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"kind": "passport"},
        {"removed_on": TODAY},
        {"added_on": TODAY, "removed_on": TODAY - timedelta(days=1), "removed_by": True},
    ],
)
def test_the_base_refuses_what_is_no_paper(people: People, client: Client, fields: dict[str, Any]) -> None:
    if "removed_by" in fields:
        fields = fields | {"removed_by": people[Role.CSM]}
    with pytest.raises(IntegrityError), transaction.atomic():
        make.document(client, people[Role.CSM], **fields)


def test_the_base_keeps_what_was_put_in(people: People, client: Client) -> None:
    one = make.document(client, people[Role.CSM], submission=UUID(int=1))
    other = make.document(client, people[Role.CSM])
    for change in ({"title": "Другой"}, {"kind": "other"}, {"added_by": people[Role.CSH]}, {"file": other.file}):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            ClientDocument.objects.filter(pk=one.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.document(client, people[Role.CSM], submission=UUID(int=1))


def test_the_panel_asks_the_same_for_three_and_thirty(
    browser_of: Browsers, people: People, client: Client, django_assert_max_num_queries: Any
) -> None:
    hos, counts = browser_of(Role.HOS), []
    hos.get(card(client))
    for upto in (range(3), range(3, 30)):
        for n in upto:
            make.document(client, make.employee(f"p{n}"), title=f"№ {n}")
            make.document(client, make.employee(f"r{n}"), removed_on=TODAY, removed_by=make.employee(f"s{n}"))
        with django_assert_max_num_queries(12) as asked:
            page = hos.get(card(client)).content.decode()
        counts.append((len(asked), page.count("№ "), page.count("removed on")))
    assert counts[0][0] == counts[1][0]
    assert [rest for _count, *rest in counts] == [[3 * 3, 3], [3 * 10, 20]]  # a name stands three times


def test_earlier_ones_are_shown_on_asking(browser_of: Browsers, people: People, client: Client) -> None:
    for n in range(1, 13):
        make.document(client, people[Role.CSM], title=f"№ {n}")
    browser = browser_of(Role.DIRECTOR)
    first = browser.get(card(client))
    rest = browser.get(card(client), {"after": first.context["after"]})
    shown = [re.findall(r">№ (\d+)", answer.content.decode()) for answer in (first, rest)]
    assert shown == [[str(n) for n in range(12, 2, -1)], ["2", "1"]]
    assert "after=" not in rest.content.decode()


def test_a_joined_client_takes_no_more_and_its_files_are_where_they_were(
    browser_of: Browsers, people: People, client: Client
) -> None:
    kept = make.client("ООО Принт Хаус", people[Role.CSM])
    document, browser = make.document(client, people[Role.CSM]), browser_of(Role.CSM)
    sent: dict[str, Any] = {"kept": kept.pk, "joined": client.pk, "taken": {}, "submission": uuid4()}
    made = joining.join(**sent, acting_user=people[Role.CSM], today=TODAY, now=clock.now())
    assert browser.post(new(client), form()).status_code == 404
    assert browser.get(at("file", document)).status_code == 200
    document.refresh_from_db()
    assert document.client == kept
    joining.undo(joining=made, acting_user=people[Role.CSM], today=TODAY)
    document.refresh_from_db()
    assert document.client == client
