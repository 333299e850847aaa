"""Letters go through the outbox table to a real SMTP server; notifications are told once."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from salescrm.base import notify
from salescrm.base.models import Letter, LetterState, Notification
from staff.models import Employee

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "salescrm.base.notify.Outbox"  # pytest-django puts the in-memory one in its place


class Box:
    """Keeps what the server was given; refuses while `broken`."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.broken = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        if self.broken:
            return "451 try later"
        self.got.append(envelope.content)
        return "250 OK"


@pytest.fixture
def smtp(settings: Any) -> Iterator[Box]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Box()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    yield box
    controller.stop()


def write(to: str = "head@crm.example") -> None:
    letter = EmailMultiAlternatives("Ночь прошла", "Передано: 3", None, [to])
    letter.attach_alternative("<p>Передано: <b>3</b></p>", "text/html")
    letter.send()


def test_it_keeps_letters_while_there_is_no_mail_server(settings: Any) -> None:
    settings.EMAIL_URL = ""
    write()
    assert notify.send_waiting() == 0
    assert list(Letter.objects.values_list("to", "state")) == [("head@crm.example", LetterState.NO_SERVER)]


def test_it_sends_text_and_html_once(smtp: Box) -> None:
    write()
    assert [notify.send_waiting(), notify.send_waiting()] == [1, 0]
    assert len(smtp.got) == 1
    assert b"multipart/alternative" in smtp.got[0]
    assert Letter.objects.get().state == LetterState.SENT


def test_it_sends_what_waited_for_a_mail_server(settings: Any, smtp: Box) -> None:
    url, settings.EMAIL_URL = settings.EMAIL_URL, ""
    write()
    settings.EMAIL_URL = url
    assert notify.send_waiting() == 1


def test_a_refused_letter_stays_with_its_reason_and_goes_later(smtp: Box) -> None:
    smtp.broken = True
    write()
    assert notify.send_waiting() == 0
    letter = Letter.objects.get()
    assert (letter.state, letter.attempts, "451" in letter.error) == (LetterState.WAITING, 1, True)
    smtp.broken = False
    assert notify.send_waiting() == 1


def test_a_letter_refused_too_often_does_not_hold_up_the_others(smtp: Box) -> None:
    write("first@crm.example")
    Letter.objects.update(attempts=notify.MOST_ATTEMPTS - 1)
    smtp.broken = True
    notify.send_waiting()
    assert Letter.objects.get().state == LetterState.FAILED
    smtp.broken = False
    write("second@crm.example")
    assert notify.send_waiting() == 1


def test_a_wrong_address_of_the_server_is_said_plainly(settings: Any) -> None:
    settings.EMAIL_URL = "http://mail"
    with pytest.raises(ImproperlyConfigured, match="smtp://user"):
        notify.server()


def test_the_same_thing_is_told_once(people: dict[str, Employee]) -> None:
    for _again in range(2):
        notify.tell([people["hos"].pk, people["csm"].pk], kind="test", text="Client {name}", key="k1", name="Альфа")
    assert Notification.objects.count() == 2
    with translation.override("en"):
        assert notify.sentence(Notification.objects.all()[0]) == "Client Альфа"
