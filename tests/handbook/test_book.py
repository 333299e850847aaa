"""The sales book through its addresses (R278, R279, R284)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from salescrm.base import clock
from staff.access import Role
from staff.handbook import actions, reading
from staff.handbook.models import Acknowledgement, Article, ArticleVersion
from staff.handbook.rendering import render
from staff.models import Employee

pytestmark = pytest.mark.django_db


@pytest.fixture
def content() -> None:
    actions.load_content(clock.now())


def browser(person: Employee) -> Browser:
    made = Browser()
    made.force_login(person)
    return made


def entered(seen: int, **changes: str) -> dict[str, str]:
    return {"title": "Новое", "text": "Слово", "title_en": "", "text_en": "", "seen": str(seen)} | changes


def test_content_is_added_once_and_what_people_edited_stays(content: None) -> None:
    ArticleVersion.objects.create(
        article=Article.objects.get(code="crm_1c"), number=2, title="Наше", text="x", published_at=clock.now()
    )
    assert actions.load_content(clock.now()) == 0
    assert reading.in_force().get(article__code="crm_1c").title == "Наше"


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("[x](javascript:alert(1))", "href"),
        ("[x](data:text/html,x)", "href"),
        ("![x](https://example.org/x.png)", "<img"),
    ],
)
def test_nothing_unsafe_is_rendered(text: str, never: str) -> None:
    assert never not in render(text)[0]


def test_headings_have_anchors() -> None:
    html, contents = render("# Цель\n\n## Шаги *два*")
    assert contents == [("p1", "Цель"), ("p2", "Шаги два")]
    assert '<h2 id="p1">' in html


@pytest.mark.parametrize(
    ("words", "codes"),
    [("ежемесячно", ["active_base"]), ("monthly", ["active_base"]), ("нет такого слова", []), ("%", [])],
)
def test_words_are_found_in_either_language(
    content: None, people: dict[str, Employee], words: str, codes: list[str]
) -> None:
    assert [version.article.code for version in reading.found(words)] == codes
    assert browser(people[Role.CSM]).get("/handbook/", {"q": words}).status_code == 200


def test_reading_is_asked_for_again_only_when_the_version_says_so(content: None, people: dict[str, Employee]) -> None:
    csm, hos = browser(people[Role.CSM]), browser(people[Role.HOS])

    def asked() -> bool:
        return reading.unread_by(people[Role.CSM]).filter(code="crm_1c").exists()

    assert asked()
    for _double_click in range(2):
        assert csm.post("/handbook/crm_1c/1/read/").status_code == 302
    assert Acknowledgement.objects.count() == 1
    assert not asked()
    assert hos.post("/handbook/crm_1c/edit/", entered(1)).status_code == 302
    assert not asked()
    assert hos.post("/handbook/crm_1c/edit/", entered(2, asks_again="on")).status_code == 302
    assert asked()
    csm.post("/handbook/crm_1c/1/read/")
    assert asked()


def test_the_second_to_publish_is_told(content: None, people: dict[str, Employee]) -> None:
    hos = browser(people[Role.HOS])
    assert hos.post("/handbook/crm_1c/edit/", entered(1)).status_code == 302
    assert hos.post("/handbook/crm_1c/edit/", entered(1, title="Другое")).status_code == 422
    assert ArticleVersion.objects.filter(article__code="crm_1c").count() == 2


def test_a_version_is_never_changed(content: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        ArticleVersion.objects.update(text="x")


@pytest.mark.parametrize(
    ("version", "status"), [("1", 200), ("9", 404), ("x", 200), ("²", 200), ("9" * 30, 200), ("", 200)]
)
def test_an_older_version_is_read_by_its_number(
    content: None, people: dict[str, Employee], version: str, status: int
) -> None:
    answer = browser(people[Role.CSM]).get("/handbook/crm_1c/", {"version": version})
    assert answer.status_code == status


def test_a_head_of_a_branch_sees_its_people(content: None, people: dict[str, Employee]) -> None:
    article = Article.objects.get(code="crm_1c")
    head = people[Role.BRANCH_HEAD]
    assert {person.branch_id for person in reading.readers(article, head)} == {head.branch_id}


def test_the_book_asks_the_same_number_of_queries(content: None, people: dict[str, Employee]) -> None:
    reader = browser(people[Role.HOS])

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            reader.get("/handbook/")
        return len(asked)

    reader.get("/handbook/")
    few = count()
    made = Article.objects.bulk_create(Article(code=f"a{n}", section="script") for n in range(30))
    ArticleVersion.objects.bulk_create(
        ArticleVersion(article=article, number=1, title="x", text="y", published_at=clock.now()) for article in made
    )
    assert count() == few
