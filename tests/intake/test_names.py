"""The normaliser of names."""

import pytest

from salescrm.base import names


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ООО «Принт-Хаус»", "print haus"),
        ("принт хаус, ООО", "print haus"),
        ("Print-Haus LLC", "print haus"),
        ("Общество с ограниченной ответственностью «Ёлка»", "elka"),
        ("Елка ООО", "elka"),
        ("Публичное акционерное общество Щит", "schit"),
        ("ИП Иванов И. И.", "ivanov i i"),
        ("ООО", "ooo"),
        ("  Müller   GmbH ", "muller"),
        ("中国公司", "中国公司"),
        ("", ""),
    ],
)
def test_it_compares_names_without_case_form_and_alphabet(name: str, key: str) -> None:
    assert names.key(name) == key


def test_it_understands_the_other_keyboard_layout() -> None:
    assert names.key("принт") in names.keys("ghbyn")
    assert names.other_layout("ghbyn") == "принт"
    assert names.other_layout("зкште") == "print"
    assert [names.keys(typed) for typed in ("эхо", ";er", "хб")] == [["eho"], ["zhuk"], ["hb"]]


def test_it_sorts_yo_right_after_ye() -> None:
    words = ["Ёж", "ель", "Жук", "Еж", "ёлка", "дом"]
    assert sorted(words, key=names.sort_key) == ["дом", "Еж", "ель", "Ёж", "ёлка", "Жук"]
