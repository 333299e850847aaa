"""The frame of every page: figures in words, icons, menu, notifications, preferences, toasts, the browser files."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.template import Context, Template
from django.template.loader import get_template
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import override

from salescrm import assets
from salescrm.base import drawing, icons, menu, notify, show, toasts
from salescrm.base.models import Notification
from staff.access import Role
from staff.models import Employee

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(path.relative_to(ROOT / "templates") for path in (ROOT / "templates").rglob("*.html"))

FIGURES = [
    (show.number, (None,), "–", "–"),
    (show.number, (1234567,), "1,234,567", "1\xa0234\xa0567"),
    (show.number, (Decimal("2.5"),), "3", "3"),
    (show.number, (Decimal("-0.04"), 1), "0.0", "0,0"),
    (show.number, (-1234.56, 1), "−1,234.6", "−1\xa0234,6"),
    (show.signed, (12,), "+12", "+12"),
    (show.signed, (0,), "0", "0"),
    (show.money, (Decimal(1842300),), "₽1,842,300", "1\xa0842\xa0300\xa0₽"),
    (show.money, (-5,), "−₽5", "−5\xa0₽"),
    (show.money, (Decimal("-0.4"),), "₽0", "0\xa0₽"),
    (show.money_short, (9999,), "₽9,999", "9\xa0999\xa0₽"),
    (show.money_short, (402000,), "₽402K", "402\xa0тыс.\xa0₽"),
    (show.money_short, (999_499,), "₽999K", "999\xa0тыс.\xa0₽"),
    (show.money_short, (999_500,), "₽1.0M", "1,0\xa0млн\xa0₽"),
    (show.money_short, (Decimal(1842300),), "₽1.8M", "1,8\xa0млн\xa0₽"),
    (show.percent, (Decimal("0.672"),), "67%", "67\xa0%"),
    (show.percent, (Decimal("0.672"), 1), "67.2%", "67,2\xa0%"),
    (show.change, (Decimal("-0.12"),), "−12%", "−12\xa0%"),
    (show.change, (Decimal("0.18"),), "+18%", "+18\xa0%"),
    (show.day, (date(2026, 7, 16),), "16 Jul", "16 июл"),
    (show.day, (date(2025, 5, 28),), "28 May 2025", "28 мая 2025"),
    (show.day_long, (date(2026, 7, 16),), "16 July", "16 июля"),
    (show.month, (date(2026, 7, 1),), "July 2026", "июль 2026"),
    (show.month_short, (date(2026, 7, 1),), "Jul 26", "июл 26"),
    (show.moment, (datetime(2026, 7, 16, 0, 10, tzinfo=UTC),), "16 Jul, 03:10", "16 июл, 03:10"),
]


@pytest.mark.parametrize(("function", "values", "english", "russian"), FIGURES)
def test_figures_and_dates_follow_the_language(
    today: date, function: Callable[..., str], values: tuple[Any, ...], english: str, russian: str
) -> None:
    with override("en"):
        assert function(*values) == english
    with override("ru"):
        assert function(*values) == russian


def test_initials_pass_over_quotes() -> None:
    assert [show.initials(name) for name in ("Анна Соколова", "ООО «Северная корона»", "x", "")] == [
        "АС",
        "ОС",
        "X",
        "",
    ]


def test_a_spark_draws_nothing_bought_as_a_hair_line_and_the_last_month_strong() -> None:
    picture = drawing.spark([0, 5, 10], [10, 0, 0])
    assert [(bar.height, bar.kind) for bar in picture.bars] == [("1.0", "void"), ("11.5", ""), ("23.0", "last")]
    assert picture.line == "14.7,1.0 44.0,24.0 73.3,24.0"
    assert drawing.spark([], []).bars == []


def test_a_share_stays_between_nothing_and_all() -> None:
    assert [drawing.share_text(*pair) for pair in ((206, 248), (3, 2), (-1, 2), (1, 0))] == [
        "83.1%",
        "100.0%",
        "0.0%",
        "0.0%",
    ]


def test_every_icon_named_in_a_template_exists() -> None:
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r'{% icon "([^"]+)"', (ROOT / "templates" / path).read_text(encoding="utf-8"))
    }
    assert [name for name in sorted(named) if not (icons.folder() / f"{name}.svg").is_file()] == []


def test_an_unknown_icon_is_an_error_while_testing() -> None:
    with pytest.raises(LookupError):
        icons.icon("no-such-icon")
    with pytest.raises(LookupError):
        icons.icon("../../package")


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_template_compiles_and_keeps_the_content_security_policy(path: Path) -> None:
    get_template(str(path))
    text = (ROOT / "templates" / path).read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on|javascript:|\bjs:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


def test_scripts_write_no_style_attribute() -> None:
    for path in (ROOT / "static" / "salescrm").glob("*.js"):
        assert "eval(" not in path.read_text(encoding="utf-8")
        assert 'setAttribute("style"' not in path.read_text(encoding="utf-8")


CHIPS = [
    ('{% seg "A" "X" %}', ["seg seg-a", "<b>A</b><b>X</b>"]),
    ('{% seg "" "" %}', ["seg-none", "no class"]),
    ('{% life "zero" 2 %}', ["pill-warn", "zero · 2 mo", "2 months without a purchase"]),
    ('{% life "active" %}', ['class="t2"', "active"]),
    ("{% left 12 %}", ['ti-hourglass"', "12 days"]),
    ("{% left 5 %}", ["pill-warn", "5 days"]),
    ("{% left 0 %}", ["pill-warn", "today"]),
    ("{% left -2 %}", ["pill-bad", "ti-clock-exclamation", "−2 days", "The day passed 2 days ago"]),
    ("{% left none %}", ["–"]),
    ('{% avatar "Анна <b>" %}', ["А"]),
    ("{% bullet 1 2 4 %}", ['width="23.6%"', 'x="94.3%"', "Fact 1, forecast 2, plan 4"]),
]


@pytest.mark.parametrize(("source", "parts"), CHIPS)
def test_a_chip_says_it_in_a_word_and_an_icon(source: str, parts: list[str]) -> None:
    with override("en"):
        shown = Template(source).render(Context())
    assert [part for part in parts if part not in shown] == []
    assert "<b>" not in shown or "seg" in shown


def test_the_query_tag_changes_only_what_it_is_asked() -> None:
    request = RequestFactory().get("/?abc=A&abc=B&page=3&q=%3Cx")
    shown = Template('{% query page=None sort="-name" %}').render(Context({"request": request}))
    assert shown == "?abc=A&amp;abc=B&amp;q=%3Cx&amp;sort=-name"


def offers(monkeypatch: pytest.MonkeyPatch, entries: list[menu.MenuEntry]) -> None:
    """Let one room offer `entries` to everybody."""
    room = SimpleNamespace(entries=lambda person: entries, create=lambda person: [])
    monkeypatch.setattr(menu, "import_module", lambda name: room)
    monkeypatch.setattr(settings, "MENU", ["room"])


def test_the_menu_marks_the_entry_with_the_longest_address_above_the_page(
    monkeypatch: pytest.MonkeyPatch, people: dict[str, Employee]
) -> None:
    offers(monkeypatch, [menu.MenuEntry("work", "a", "home", "sun"), menu.MenuEntry("base", "b", "search", "search")])
    request = RequestFactory().get("/search/palette/")
    request.user = people[Role.CSM]
    lines = menu.menu_lines(request)
    assert [(line.entry.label, line.current) for line in lines] == [("a", False), ("b", True)]
    assert [len(section["lines"]) for section in menu.sections(lines)] == [1, 1]


@pytest.mark.parametrize(
    ("cookie", "page", "base_is_open", "admin_is_open"),
    [
        ("", "/", True, True),
        ("base", "/", False, True),
        ("base.admin", "/", False, False),
        ("base.admin", "/clients/distribution/", True, False),
        ("nonsense..<b>", "/", True, True),
    ],
)
def test_a_folded_section_of_the_menu_stays_folded_but_where_one_is(
    browser_of: Callable[[str], Browser], cookie: str, page: str, base_is_open: bool, admin_is_open: bool
) -> None:
    browser = browser_of(Role.HOS)
    browser.cookies[menu.FOLDED] = cookie
    drawn = browser.get(page).content.decode()
    told = {key: bool(opened) for key, opened in re.findall(r'data-section="(\w+)"( open)?', drawn)}
    assert (told["base"], told["admin"]) == (base_is_open, admin_is_open)


def test_the_numbers_of_the_menu_come_in_one_answer(
    monkeypatch: pytest.MonkeyPatch, browser_of: Callable[[str], Browser]
) -> None:
    entries = [
        menu.MenuEntry("work", "a", "home", "sun", count=lambda person: menu.MenuCount(1234, "overdue", bad=True)),
        menu.MenuEntry("work", "b", "search", "search", count=lambda person: None),
    ]
    offers(monkeypatch, entries)
    shown = browser_of(Role.CSM).get(reverse("frame:counts")).content.decode()
    assert re.search(r'class="cnt cnt-bad"\s+id="cnt-home"', shown)
    assert "1,234" in shown
    assert "cnt-search" not in shown


def test_notifications_are_ones_own_and_told_in_ones_language(
    people: dict[str, Employee], browser_of: Callable[[str], Browser]
) -> None:
    notify.tell([people[Role.CSM].pk], kind="x", text="{name} is yours", key="1", url="/clients/", name="Alfa")
    notify.tell([people[Role.CSH].pk], kind="x", text="secret", key="1")
    browser = browser_of(Role.CSM)
    shown = browser.get(reverse("frame:notifications")).content.decode()
    assert "Alfa is yours" in shown
    assert "secret" not in shown
    mine = Notification.objects.get(person=people[Role.CSM])
    opened = browser.get(reverse("frame:notification-open", args=[mine.pk]))
    assert (opened.status_code, opened["Location"]) == (302, "/clients/")
    mine.refresh_from_db()
    assert mine.read_at is not None
    other = Notification.objects.get(person=people[Role.CSH])
    assert browser.get(reverse("frame:notification-open", args=[other.pk])).status_code == 404
    browser.post(reverse("frame:notifications-read"))
    other.refresh_from_db()
    assert other.read_at is None


def test_a_person_keeps_language_and_look(people: dict[str, Employee], browser_of: Callable[[str], Browser]) -> None:
    browser = browser_of(Role.CSM)
    answer = browser.post(reverse("frame:preferences"), {"theme": "dark", "language": "ru", "next": "/search/"})
    assert (answer.status_code, answer["Location"]) == (302, "/search/")
    person = Employee.objects.get(pk=people[Role.CSM].pk)
    assert (person.theme, person.language) == ("dark", "ru")
    browser.post(reverse("frame:preferences"), {"theme": "pink", "language": "xx"})
    person.refresh_from_db()
    assert (person.theme, person.language) == ("dark", "ru")


@pytest.mark.django_db
def test_a_stranger_chooses_the_language_of_the_log_in_and_is_not_led_away() -> None:
    browser = Browser()
    answer = browser.post(reverse("frame:preferences"), {"language": "en", "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    assert 'lang="en"' in browser.get(reverse("account_login")).content.decode()
    browser.post(reverse("frame:preferences"), {"language": "ru"})
    assert 'lang="ru"' in browser.get(reverse("account_login")).content.decode()


@pytest.mark.django_db
def test_nobody_signs_up() -> None:
    shown = Browser(headers={"accept-language": "en"}).get(reverse("account_signup")).content.decode()
    assert "Log-ins are given by the administrator" in shown
    assert "password1" not in shown


def test_a_missing_page_says_so_within_the_frame(browser_of: Callable[[str], Browser]) -> None:
    answer = browser_of(Role.CSM).get("/no-such-page/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()
    assert 'class="side"' in answer.content.decode()


def test_the_page_of_a_fault_asks_nothing_of_the_database() -> None:
    with override("en"):
        assert "Something broke on our side" in get_template("500.html").render()


def test_toasts_travel_with_an_answer_and_keep_its_other_events() -> None:
    response = toasts.close_dialog(event="tasks-changed")
    toasts.with_toast(response, "Moved", undo="/undo/1/")
    assert json.loads(response["HX-Trigger"]) == {
        "dialog-close": True,
        "tasks-changed": True,
        "toast": {"text": "Moved", "level": "good", "undo": "/undo/1/", "url": "", "url_label": ""},
    }
    assert response.status_code == 204
    assert toasts.close_dialog(HttpResponse("x"), refresh=True)["HX-Refresh"] == "true"


@pytest.mark.parametrize("extra", ["", "not json", '{"undo": "/u/"}', "[1]"])
def test_a_message_becomes_a_toast_whatever_its_tags_say(extra: str) -> None:
    shown = toasts.message_toast(SimpleNamespace(level=40, extra_tags=extra, __str__=lambda self: "x"))
    assert shown["level"] == "bad"
    assert shown.get("undo", "") == ("/u/" if "undo" in extra else "")


def test_a_source_map_comes_along_with_the_file_that_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.css").write_text("b{}\n/*# sourceMappingURL=a.css.map */")
    (tmp_path / "a.css.map").write_text("{}")
    assets.copy_with_map(tmp_path / "a.css", tmp_path / "out" / "c.css")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.css.map", "c.css"]
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    with pytest.raises(assets.AssetsError, match=r"gone\.js is missing"):
        assets.copy_with_map(tmp_path / "gone.js", tmp_path / "out" / "gone.js")


def test_a_failing_command_becomes_one_line() -> None:
    with pytest.raises(assets.AssetsError, match="failed: no such thing"):
        assets.run([sys.executable, "-c", "import sys; sys.exit('no such thing')"])


def test_browser_files_are_within_their_weight() -> None:
    built = ROOT / "build" / "static"
    assert assets.compressed(built / assets.ECHARTS) <= assets.ECHARTS_LIMIT
    ours = [ROOT / "static" / "salescrm" / name for name in ("crm.css", "crm.js", "lists.js", "theme.js")]
    first = sum(map(assets.compressed, [*(built / name for name in assets.FIRST_VISIT), *ours]))
    assert first + assets.PAGE_ALLOWANCE <= assets.FIRST_VISIT_LIMIT
