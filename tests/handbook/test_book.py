"""The sales book through its addresses (R278-R281, R284)."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from salescrm.base import clock
from salescrm.base.models import Notification
from staff import home
from staff.access import Role
from staff.handbook import actions, quizzes, reading, rules
from staff.handbook.models import Acknowledgement, Article, ArticleVersion, QuizTry, State
from staff.handbook.rendering import compare, render
from staff.models import Employee, Position
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def content() -> None:
    actions.load_content(clock.now())


def browser(person: Employee) -> Browser:
    made = Browser()
    made.force_login(person)
    return made


def entered(seen: str, **changes: str) -> dict[str, str]:
    return {"title": "Новое", "text": "Слово", "title_en": "", "text_en": "", "seen": seen} | changes


def mark(code: str = "crm_1c") -> str:
    version = ArticleVersion.objects.filter(article__code=code).order_by("-number").first()
    assert version is not None
    return actions.mark(version)


def publish(hos: Browser, code: str = "crm_1c", **changes: str) -> None:
    assert hos.post(f"/handbook/{code}/edit/", entered(mark(code), **changes)).status_code == 302
    assert hos.post(f"/handbook/{code}/approve/", {"seen": mark(code)}).status_code == 302


def article(code: str, now: Any = None, **fields: Any) -> Article:
    made = Article.objects.create(**({"code": code, "section": "regulation", "must_read": True} | fields))
    ArticleVersion.objects.create(
        article=made, number=1, title=code, text="Текст", asks_again=True, state=State.IN_FORCE,
        written_at=now or clock.now(), published_at=now or clock.now(),
    )  # fmt: skip
    return made


# --- text -------------------------------------------------------------------------------------------------------------


def test_what_is_rendered_is_safe() -> None:
    for text, never in (
        ("<script>alert(1)</script>", "<script"),
        ("<b onclick=x>y</b>", "<b "),
        ("[x](javascript:alert(1))", "href"),
        ("[x](data:text/html,x)", "href"),
        ("![x](https://example.org/x.png)", "<img"),
    ):
        assert never not in render(text)[0]
    html, contents = render("# Цель\n\n## Шаги *два*\n\n- [ ] раз\n- [x] два\n\n| а | б |\n|---|---|\n| 1 | 2 |")
    assert contents == [("p1", "Цель"), ("p2", "Шаги два")]
    for part in ('<h2 id="p1">', '<li class="check">☐ раз', "☑ два", '<table class="tbl">'):
        assert part in html


def test_changes_are_said_in_words() -> None:
    def said(before: str, after: str) -> list[tuple[str, str]]:
        return [(one.kind, one.words) for one in compare(before, after)]

    assert said("Один раз", "Один раз") == []
    assert said("звонок в три месяца", "звонок в два месяца") == [
        ("same", "звонок в "), ("gone", "три "), ("new", "два "), ("same", "месяца"),
    ]  # fmt: skip
    assert said("", "Новое") == [("new", "Новое")]
    far = said("слово " * 100 + "раз", "слово " * 100 + "два")
    assert [kind for kind, _words in far] == ["far", "same", "gone", "new"]


def test_the_content_is_whole_and_what_people_edited_stays(content: None, people: dict[str, Employee]) -> None:
    publish(browser(people[Role.HOS]), title="Наше")
    assert actions.load_content(clock.now()) == 0
    assert reading.in_force().get(article__code="crm_1c").title == "Наше"
    for version in ArticleVersion.objects.filter(state=State.IN_FORCE).exclude(article__code="crm_1c"):
        assert version.title_en
        assert version.text_en
    for quiz in (one for article in Article.objects.all() for one in article.quizzes.all()):
        quizzes.agree(quiz.text, quiz.text_en)


def test_words_are_found_in_any_form(people: dict[str, Employee]) -> None:
    one = article("one")
    ArticleVersion.objects.create(
        article=one, number=2, title="Передача нулевых клиентов", title_en="Hand-over of zero clients",
        text="Ёлка. Менеджеры передают клиентов ежемесячно.", text_en="Managers hand clients over.",
        state=State.IN_FORCE, written_at=clock.now(), published_at=clock.now(),
    )  # fmt: skip
    article("other")
    for words, hit in (
        ("передача нулевого клиента", True), ("менеджер передает", True), ("елка", True), ("ёлки", True),
        ("managers", True), ("manager", True), ("clients over", True), ("gthtlfxf", True), ("пере", True),
        ("нет такого", False), ("%", False), ("'\"(", False), ("-", False),
    ):  # fmt: skip
        assert ("one" in [found.article.code for found in reading.found(words)]) is hit, words
        assert browser(people[Role.CSM]).get("/handbook/", {"q": words}).status_code == 200
    page = browser(people[Role.CSM]).get("/handbook/", {"q": "клиентами"}).content.decode()
    assert "<mark>" in page
    assert "Передача нулевых" in browser(people[Role.CSM]).get("/search/", {"q": "передачи"}).content.decode()


# --- draft, approval, in force ----------------------------------------------------------------------------------------


def test_a_draft_is_approved_before_it_holds(content: None, people: dict[str, Employee]) -> None:
    deputy, hos, csm = (browser(people[role]) for role in (Role.DEPUTY_DIRECTOR, Role.HOS, Role.CSM))
    assert deputy.post("/handbook/crm_1c/edit/", entered("1.1", changed="Сроки")).status_code == 302
    assert csm.get("/handbook/crm_1c/", {"version": "2"}).status_code == 404
    assert deputy.post("/handbook/crm_1c/approve/", {"seen": mark()}).status_code == 403
    deputy.post("/handbook/crm_1c/submit/", {"seen": mark()})
    told = Notification.objects.filter(kind="handbook", person=people[Role.HOS])
    assert told.count() == 1
    hos.post("/handbook/crm_1c/return/", {"seen": mark(), "why": "Нет срока"})
    assert Notification.objects.filter(kind="handbook", person=people[Role.DEPUTY_DIRECTOR]).count() == 1
    assert "Нет срока" in deputy.get("/handbook/crm_1c/", {"version": "2"}).content.decode()
    deputy.post("/handbook/crm_1c/edit/", entered(mark(), text="Слово и срок"))
    deputy.post("/handbook/crm_1c/submit/", {"seen": mark()})
    old = mark()
    hos.post("/handbook/crm_1c/approve/", {"seen": old})
    hos.post("/handbook/crm_1c/approve/", {"seen": old})
    held = reading.in_force().get(article__code="crm_1c")
    assert (held.number, held.text, held.published_by) == (2, "Слово и срок", people[Role.HOS])
    assert csm.get("/handbook/crm_1c/", {"version": "1"}).status_code == 200
    assert "<ins>" in csm.get("/handbook/crm_1c/changes/").content.decode()
    for wrong in ("from=9&to=2", "from=1&to=9"):
        assert csm.get(f"/handbook/crm_1c/changes/?{wrong}").status_code == 404
    for version, status in (("9", 404), ("x", 200), ("²", 200), ("9" * 30, 200), ("", 200)):
        assert csm.get("/handbook/crm_1c/", {"version": version}).status_code == status


def test_the_second_editor_is_told(content: None, people: dict[str, Employee]) -> None:
    hos, deputy = browser(people[Role.HOS]), browser(people[Role.DEPUTY_DIRECTOR])
    assert hos.post("/handbook/crm_1c/edit/", entered("1.1")).status_code == 302
    assert deputy.post("/handbook/crm_1c/edit/", entered("1.1", title="Другое")).status_code == 422
    assert ArticleVersion.objects.get(article__code="crm_1c", number=2).title == "Новое"
    form = {"section": "regulation", "place": "1", "term_days": "5", "seen": "1"}
    assert hos.post("/handbook/crm_1c/arrange/", form).status_code == 302
    assert deputy.post("/handbook/crm_1c/arrange/", form).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_at_one_moment_one_is_told() -> None:
    now = clock.now()
    hos = make.employee("hos1", Role.HOS, branch=make.branch())
    held = article("race")
    came: list[str] = []

    def write() -> None:
        try:
            actions.write(article=held, seen="1.1", words={"title": "x", "text": "y"}, acting_user=hos, now=now)
        except actions.Refused:
            came.append("told")
        finally:
            connection.close()

    with transaction.atomic():
        actions.write(article=held, seen="1.1", words={"title": "a", "text": "b"}, acting_user=hos, now=now)
        second = Thread(target=write)
        second.start()
        second.join(0.3)
        assert second.is_alive()
    second.join()
    assert came == ["told"]
    assert list(held.versions.values_list("title", flat=True).order_by("number")) == ["race", "a"]


def test_nothing_in_force_is_changed_or_deleted(content: None, people: dict[str, Employee]) -> None:
    for statement in ("UPDATE staff_articleversion SET text = 'x'", "DELETE FROM staff_articleversion"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    hos, csm = browser(people[Role.HOS]), browser(people[Role.CSM])
    seen = str(Article.objects.get(code="crm_1c").seen)
    assert hos.post("/handbook/crm_1c/withdraw/", {"seen": seen, "why": ""}).status_code == 422
    assert hos.post("/handbook/crm_1c/withdraw/", {"seen": seen, "why": "Устарел"}).status_code == 302
    assert csm.get("/handbook/crm_1c/").status_code == 404
    assert "Устарел" in hos.get("/handbook/crm_1c/").content.decode()
    assert not reading.unread_by(people[Role.CSM]).filter(code="crm_1c").exists()
    hos.post("/handbook/crm_1c/back/", {"seen": str(Article.objects.get(code="crm_1c").seen)})
    assert csm.get("/handbook/crm_1c/").status_code == 200


def test_a_new_article_has_a_code_of_its_own(content: None, people: dict[str, Employee]) -> None:
    hos, marketer = browser(people[Role.HOS]), browser(people[Role.MARKETER])
    form = {"title": "x", "text": "y", "title_en": "", "text_en": "", "section": "knowledge"}
    for code, status in (("crm_1c", 422), ("new", 422), ("bad code", 422), ("ours", 302)):
        assert hos.post("/handbook/new/", form | {"code": code}).status_code == status
    assert marketer.post("/handbook/new/", form | {"code": "faq"}).status_code == 302
    assert marketer.post("/handbook/new/", form | {"code": "rule", "section": "regulation"}).status_code == 422
    assert marketer.get("/handbook/crm_1c/edit/").status_code == 403


def test_settings_that_change_ask_for_a_look(content: None, people: dict[str, Employee]) -> None:
    hos = browser(people[Role.HOS])
    made = article("rests", rests_on=["pipelines"])
    assert actions.settings_changed("pipelines") >= 1
    assert "rests" in [one.code for one in Article.objects.filter(to_review_since__isnull=False)]
    publish(hos, "rests")
    made.refresh_from_db()
    assert made.to_review_since is None


# --- whom it concerns, who has read ----------------------------------------------------------------------------------


def test_reading_is_asked_for_again_only_when_the_version_says_so(content: None, people: dict[str, Employee]) -> None:
    csm, hos = browser(people[Role.CSM]), browser(people[Role.HOS])

    def asked() -> bool:
        return reading.unread_by(people[Role.CSM]).filter(code="crm_1c").exists()

    assert asked()
    for _double_click in range(2):
        assert csm.post("/handbook/crm_1c/1/read/").status_code == 302
    assert Acknowledgement.objects.count() == 1
    assert not asked()
    publish(hos)
    assert not asked()
    publish(hos, asks_again="on")
    assert asked()
    assert Notification.objects.filter(kind="handbook", person=people[Role.CSM]).count() == 1
    csm.post("/handbook/crm_1c/1/read/")
    assert asked()
    csm.post("/handbook/crm_1c/3/read/")
    assert not asked()


def test_an_article_concerns_by_role_position_and_branch(people: dict[str, Employee]) -> None:
    csm, head = people[Role.CSM], people[Role.BRANCH_HEAD]
    position = Position.objects.create(code="zz", name="Должность")
    Employee.objects.filter(pk=head.pk).update(position=position)
    head.refresh_from_db()
    cases: list[tuple[list[str], bool, bool, set[str]]] = [
        ([], False, False, {Role.CSM, Role.BRANCH_HEAD}),
        ([Role.CSM], False, False, {Role.CSM}),
        ([], True, False, {Role.BRANCH_HEAD}),
        ([Role.CSM], True, False, {Role.CSM, Role.BRANCH_HEAD}),
        ([], False, True, {Role.CSM, Role.BRANCH_HEAD} if csm.branch_id == head.branch_id else {Role.BRANCH_HEAD}),
        ([Role.HOS], False, False, set()),
    ]
    for number, (roles, by_position, by_branch, expected) in enumerate(cases):
        made = article(f"case{number}", roles=roles)
        made.positions.set([position] if by_position else [])
        made.branches.set([head.branch] if by_branch else [])
        asked = {one.role for one in (csm, head) if reading.unread_by(one).filter(pk=made.pk).exists()}
        assert asked == expected, number
        assert {one.role for one in reading.concerned(made)} & {Role.CSM, Role.BRANCH_HEAD} == expected, number


def test_the_day_says_what_to_read_and_until_when(people: dict[str, Employee]) -> None:
    csm, now = people[Role.CSM], clock.now()
    Employee.objects.update(date_joined=now - timedelta(days=100))
    csm.refresh_from_db()
    article("late", now - timedelta(days=10), term_days=3)
    article("soon", now, term_days=3)
    with translation.override("en"):
        block = next(one for one in home.blocks(csm, clock.today()) if one.id == "to-read")
    assert [(row.name, row.left) for row in block.rows] == [("late", -7), ("soon", 3)]
    assert browser(csm).get("/").status_code == 200


def test_heads_see_who_has_read_of_their_people(content: None, people: dict[str, Employee]) -> None:
    head, hos = people[Role.BRANCH_HEAD], people[Role.HOS]
    found = {one.article.code: one for one in reading.overview(head)}
    assert {one.person.branch_id for one in found["crm_1c"].readers} == {head.branch_id}
    browser(head).post("/handbook/crm_1c/1/read/")
    page = browser(hos).get("/handbook/crm_1c/readers/").content.decode()
    assert people[Role.CSM].short_name in page
    for form in ("csv", "xlsx"):
        answer = browser(hos).get(f"/handbook/readers/handbook.{form}")
        assert answer.status_code == 200
        assert len(b"".join(answer.streaming_content)) > 100  # type: ignore[attr-defined]
    assert browser(hos).get("/handbook/readers/handbook.csv", {"article": "none"}).status_code == 404


# --- tests of what was read -------------------------------------------------------------------------------------------

QUESTIONS = "? Раз\n+ да\n- нет\n\n? Два\n+ а\n+ б\n- в"


def test_questions_are_read_or_refused() -> None:
    read = quizzes.read(QUESTIONS)
    assert [(one.words, one.right) for one in read] == [("Раз", {0}), ("Два", {0, 1})]
    given: list[tuple[list[set[int]], int]] = [
        ([{0}, {0, 1}], 2), ([{0}, {0}], 1), ([{0}, {0, 1, 2}], 1), ([{1}, set()], 0),
    ]  # fmt: skip
    for chosen, right in given:
        assert quizzes.right_of(read, chosen) == right
    for wrong in ("", "+ да", "? Раз", "? Раз\n+ да", "? Раз\n- да\n- нет", "? Раз\n+ да\n+ да", "Раз", "? \n+ да"):
        with pytest.raises(quizzes.BadQuiz):
            quizzes.read(wrong)
    with pytest.raises(quizzes.BadQuiz):
        quizzes.agree("? Раз\n+ да\n- нет", "? One\n- yes\n+ no")


def test_a_test_is_taken_as_often_as_it_allows(content: None, people: dict[str, Employee]) -> None:
    hos, csm = browser(people[Role.HOS]), browser(people[Role.CSM])
    seen = Article.objects.get(code="crm_1c").quizzes.count()
    form = {"text": QUESTIONS, "text_en": "", "pass_mark": "100", "tries": "2", "seen": str(seen)}
    assert hos.post("/handbook/crm_1c/test/edit/", form | {"text": "x"}).status_code == 422
    assert hos.post("/handbook/crm_1c/test/edit/", form).status_code == 302
    assert hos.post("/handbook/crm_1c/test/edit/", form).status_code == 422
    number = str(seen + 1)

    def take(code: int, **answers: Any) -> Any:
        said = {"number": number, "submission": f"00000000-0000-4000-8000-{code:012d}"}
        return csm.post("/handbook/crm_1c/test/", said | answers)

    assert take(1).status_code == 422
    for _double_click in range(2):
        assert take(1, q0="0", q1=["0"]).status_code == 200
    assert QuizTry.objects.get().passed is False
    assert take(2, q0="9", q1=["0"]).status_code == 422
    assert take(3, q0="0", q1=["0", "1"]).status_code == 200
    assert QuizTry.objects.get(number=2).passed is True
    assert take(4, q0="0", q1=["0", "1"]).status_code == 422
    line = next(one for one in reading.overview(people[Role.HOS]) if one.article.code == "crm_1c")
    reader = next(one for one in line.readers if one.person == people[Role.CSM])
    assert (reader.tries, reader.best, reader.passed) == (2, 100, True)


# --- links from the program -------------------------------------------------------------------------------------------


def test_a_place_leads_to_its_rule(people: dict[str, Employee]) -> None:
    assert rules.first(rules.by_key(), "stage-x", "pipeline-x") is None
    article("wide", explains=["pipeline-x"])
    assert rules.first(rules.by_key(), "stage-x", "pipeline-x") == rules.Rule("wide", "wide")
    article("near", explains=["stage-x"])
    assert rules.first(rules.by_key(), "stage-x", "pipeline-x") == rules.Rule("near", "near")


def test_pages_ask_the_same_number_of_queries_at_3_and_30(people: dict[str, Employee]) -> None:
    reader = browser(people[Role.HOS])
    pages = ("/handbook/", "/handbook/?q=x", "/handbook/a0/", "/handbook/readers/", "/handbook/a0/readers/")

    def count() -> list[int]:
        counted = []
        for page in pages:
            with CaptureQueriesContext(connection) as asked:
                assert reader.get(page).status_code == 200
            counted.append(len(asked))
        return counted

    for n in range(3):
        article(f"a{n}").positions.set(Position.objects.all()[:1])
    count()
    few = count()
    for n in range(3, 30):
        article(f"a{n}")
        make.employee(f"more{n}", Role.CSM, branch=people[Role.CSM].branch)
    assert count() == few
