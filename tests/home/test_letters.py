"""Letters of notifications: what a person chose, once each, at the hour, only what may be seen then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import Client, Ownership
from salescrm import letters
from salescrm.base import notify
from salescrm.base.models import ByLetter, DailyLetter, Letter, LetterState, Notification, NotificationChoice
from staff.access import Role
from staff.models import Employee
from tests import make
from tests.base.test_notify import Box, outbox, smtp  # noqa: F401  # the outbox and a real mail server

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[str], Browser]
People = dict[str, Employee]
TODAY = date(2026, 7, 16)  # a Thursday
SATURDAY = date(2026, 7, 18)


def at(hour: int, day: date = TODAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, 5, tzinfo=timezone.get_default_timezone())


def told(person: Employee, client: Client, key: str = "k", kind: str = "mention") -> None:
    url = reverse("clients:client-card", args=[client.pk])
    notify.tell([person.pk], kind=kind, text="News of {client}", key=key, url=url, client=client.name)


def choose(person: Employee, by_letter: str, kind: str = "mention", **fields: Any) -> None:
    NotificationChoice.objects.create(person=person, kind=kind, by_letter=by_letter, **fields)


@pytest.fixture
def csm(people: People) -> Employee:
    return people[Role.CSM]


@pytest.fixture
def client(csm: Employee) -> Client:
    return make.client("Альфа", csm)


@pytest.mark.parametrize(
    ("chosen", "at_once", "daily"),
    [(None, 0, 1), (ByLetter.AT_ONCE, 1, 0), (ByLetter.DAILY, 0, 1), (ByLetter.NEVER, 0, 0)],
)
def test_a_kind_comes_the_way_the_person_chose(
    csm: Employee, client: Client, chosen: str | None, at_once: int, daily: int
) -> None:
    if chosen:
        choose(csm, chosen)
    told(csm, client)
    assert (letters.write_at_once(TODAY), letters.write_daily(at(9))) == (at_once, daily)
    assert (letters.write_at_once(TODAY), letters.write_daily(at(10))) == (0, 0), "told once"
    assert Letter.objects.count() == at_once + daily


def test_the_daily_letter_comes_at_its_hour_and_once_a_day(csm: Employee, client: Client) -> None:
    DailyLetter.objects.create(person=csm, hour=14)
    told(csm, client, "one")
    told(csm, client, "two")
    assert [letters.write_daily(at(hour)) for hour in (8, 13, 14, 15)] == [0, 0, 1, 0]
    told(csm, client, "three")
    assert letters.write_daily(at(16)) == 0
    assert letters.write_daily(at(20, date(2026, 7, 17))) == 1, "late, because nothing ran at its hour"
    assert Letter.objects.count() == 2


def test_nothing_new_and_what_was_read_make_no_letter(csm: Employee, client: Client) -> None:
    assert letters.write_daily(at(9)) == 0
    told(csm, client)
    Notification.objects.update(read_at=timezone.now())
    assert letters.write_daily(at(9, date(2026, 7, 17))) == 0
    assert not Letter.objects.exists()


@pytest.mark.parametrize(("working_days_only", "on_saturday"), [(True, 0), (False, 1)])
def test_on_a_day_off_it_waits_for_the_next_working_day(
    csm: Employee, client: Client, working_days_only: bool, on_saturday: int
) -> None:
    DailyLetter.objects.create(person=csm, working_days_only=working_days_only)
    told(csm, client)
    assert letters.write_daily(at(9, SATURDAY)) == on_saturday
    assert letters.write_daily(at(9, date(2026, 7, 20))) == 1 - on_saturday


def test_what_the_person_may_no_longer_see_is_only_counted(people: People, csm: Employee, client: Client) -> None:
    gone = make.client("Секретная", csm)
    told(csm, client, "one")
    told(csm, gone, "two")
    Ownership.objects.filter(client=gone).update(owner=people[Role.HOS])
    letters.write_daily(at(9))
    letter = Letter.objects.get()
    assert "Альфа" in letter.text
    for part in (letter.subject, letter.text, letter.html):
        assert "Секретная" not in part
    assert "1" in letter.text.split("Альфа")[1]
    assert not Notification.objects.filter(is_settled=False).exists()


def test_with_nothing_to_be_seen_there_is_no_letter(people: People, csm: Employee, client: Client) -> None:
    told(csm, client)
    Ownership.objects.update(owner=people[Role.HOS])
    assert letters.write_daily(at(9)) == 0


@pytest.mark.parametrize(
    ("url", "role", "is_seen"),
    [
        ("/staff/access-log/?day=1", Role.HOS, True),
        ("/staff/access-log/", Role.CSM, False),
        ("/segmentation/zero/proposals/", Role.CSH, True),
        ("/segmentation/zero/proposals/", Role.MARKETER, False),
        ("/clients/?owner=me", Role.CSM, True),
        ("/tasks/?ids=999999", Role.CSM, False),
        ("/tasks/?assignee=me", Role.CSM, True),
        ("/deals/999999/", Role.HOS, False),
        ("", Role.HOS, False),
        ("/no/such/page/", Role.HOS, False),
    ],
)
def test_a_page_is_asked_whether_the_person_may_open_it(people: People, url: str, role: str, is_seen: bool) -> None:
    one = Notification(person=people[role], kind="x", text="x", key="x", url=url)
    assert bool(letters.seen(people[role], [one], TODAY)) is is_seen


@pytest.mark.parametrize("fields", [{"email": ""}, {"is_active": False}, {"role": Role.NONE}])
def test_nobody_without_an_address_or_log_in_gets_a_letter(csm: Employee, client: Client, fields: Any) -> None:
    choose(csm, ByLetter.AT_ONCE, kind="task")
    told(csm, client)
    told(csm, client, "at once", "task")
    Employee.objects.filter(pk=csm.pk).update(**fields)
    assert (letters.write_at_once(TODAY), letters.write_daily(at(9))) == (0, 0)


def test_a_letter_cut_off_while_it_is_written_is_written_once(
    csm: Employee, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(csm, client)

    def killed(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(letters, "_send", killed)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            letters.write_daily(at(9))
    assert not Letter.objects.exists()
    assert [letters.write_daily(at(9)), letters.write_daily(at(9))] == [1, 0]


def test_old_news_are_left_out(csm: Employee, client: Client) -> None:
    told(csm, client)
    Notification.objects.update(created_at=at(9, date(2026, 7, 1)))
    assert letters.write_at_once(TODAY) + letters.write_daily(at(9)) == 0


def test_without_a_mail_server_it_stays_in_the_outbox(csm: Employee, client: Client, settings: Any) -> None:
    settings.EMAIL_URL = ""
    told(csm, client)
    letters.write_daily(at(9))
    assert notify.send_waiting() == 0
    assert Letter.objects.get().state == LetterState.NO_SERVER


@pytest.fixture
def mail(smtp: Box) -> Box:  # noqa: F811
    return smtp


@pytest.mark.parametrize(
    ("language", "heading"), [("ru", "Меня упомянули в заметке"), ("en", "I am mentioned in a note")]
)
def test_a_real_server_gets_text_and_html_in_the_persons_language(
    csm: Employee, client: Client, mail: Box, settings: Any, language: str, heading: str
) -> None:
    settings.LINKS_FROM = "https://crm.example"
    Employee.objects.filter(pk=csm.pk).update(language=language)
    told(csm, client, "one")
    told(csm, client, "two")
    letters.write_daily(at(9))
    assert [notify.send_waiting(), notify.send_waiting()] == [1, 0]

    letter = message_from_bytes(mail.got[0], policy=policy.default)
    text, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert letter["To"] == csm.email
    assert "localhost" in letter["Message-ID"]
    assert text is not None
    assert html is not None
    for one in Notification.objects.filter(person=csm):
        link = f"https://crm.example{reverse('frame:notification-open', args=[one.pk])}"
        assert link in text.get_content()
        assert f'href="{link}"' in html.get_content()
    for part in (text, html):
        assert heading in part.get_content()
    assert f'lang="{language}"' in html.get_content()


def test_a_name_is_no_markup_in_html_and_stays_itself_in_text(csm: Employee, people: People) -> None:
    told(csm, make.client("<b>Ко & Ко</b>", csm))
    letters.write_daily(at(9))
    letter = Letter.objects.get()
    assert "<b>" not in letter.html
    assert "&lt;b&gt;Ко &amp; Ко" in letter.html
    assert "<b>Ко & Ко</b>" in letter.text


def test_questions_do_not_grow_with_the_news(csm: Employee, django_assert_max_num_queries: Any) -> None:
    for day, number in ((16, 3), (17, 30)):
        for one in range(number):
            told(csm, make.client(f"c{day}-{one}", csm), f"{day}-{one}")
        with django_assert_max_num_queries(18):
            assert letters._write_of_day(csm, date(2026, 7, day)) == 1


# --- the page of choices ----------------------------------------------------------------------------------------------


URL = "frame:notification-settings"


def posted(browser: Browser, **changes: str) -> Any:
    form = browser.get(reverse(URL)).context["form"]
    data = {name: form[name].value() for name in form.fields}
    said = {name: "on" if value is True else str(value) for name, value in data.items() if value is not False}
    return browser.post(reverse(URL), {name: value for name, value in (said | changes).items() if value != "off"})


def test_choices_are_kept_and_shown(csm: Employee, browser_of: BrowserOf) -> None:
    browser = browser_of(Role.CSM)
    answer = posted(browser, **{"mention-letter": "at_once", "mention-program": "off", "hour": "18"})
    assert answer.status_code == 302
    choice = NotificationChoice.objects.get(person=csm, kind="mention")
    assert (choice.in_program, choice.by_letter) == (False, "at_once")
    assert DailyLetter.objects.get(person=csm).hour == 18
    again = browser.get(reverse(URL)).context["form"]
    assert (again["mention-letter"].value(), again["mention-program"].value(), again["hour"].value()) == (
        "at_once",
        False,
        18,
    )
    posted(browser, hour="7")
    assert DailyLetter.objects.get(person=csm).hour == 7
    assert NotificationChoice.objects.filter(person=csm, kind="mention").count() == 1


@pytest.mark.parametrize("wrong", [{"hour": "24"}, {"hour": ""}, {"mention-letter": "often"}])
def test_a_wrong_choice_changes_nothing(browser_of: BrowserOf, wrong: dict[str, str]) -> None:
    assert posted(browser_of(Role.CSM), **wrong).status_code == 422
    assert not NotificationChoice.objects.exists()
    assert not DailyLetter.objects.exists()


@pytest.mark.parametrize(("role", "offered"), [(Role.CSM, False), (Role.BRANCH_HEAD, True), (Role.HOS, True)])
def test_kinds_only_heads_get_are_offered_to_heads(browser_of: BrowserOf, role: str, offered: bool) -> None:
    form = browser_of(role).get(reverse(URL)).context["form"]
    assert ("guard-letter" in form.fields) is offered


def test_a_kind_not_wanted_in_the_program_is_not_on_the_bell_but_its_link_opens(
    csm: Employee, client: Client, browser_of: BrowserOf
) -> None:
    told(csm, client)
    choose(csm, ByLetter.DAILY, in_program=False)
    browser = browser_of(Role.CSM)
    assert "Альфа" not in browser.get(reverse("frame:notifications")).content.decode()
    opened = browser.get(reverse("frame:notification-open", args=[Notification.objects.get().pk]))
    assert opened.url == reverse("clients:client-card", args=[client.pk])  # type: ignore[attr-defined]


def test_the_base_refuses_an_hour_that_is_none(csm: Employee) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DailyLetter.objects.create(person=csm, hour=24)
