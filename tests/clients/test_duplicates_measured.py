"""How many twins in disguise are found, and how many pairs are none, on a small labelled set (R7).

The whole set, imported as a file, is tests/intake/test_twins.py.
"""

from __future__ import annotations

from collections import Counter

import pytest

from clients.duplicates import finding
from clients.models import Client, DuplicatePair
from tests import make
from tests.clients import duplicates_set
from tests.conftest import TODAY

pytestmark = pytest.mark.django_db

LEAST = 0.9  # a pair more or less is a hundredth of it


def test_the_set_is_what_it_says() -> None:
    rows = duplicates_set.make_rows(2_000)
    twins = [row for row in rows if row.twin is not None]
    assert (len(rows), len(twins)) == (2_000, 100)
    assert len({row.number for row in rows}) == 2_000
    assert rows == duplicates_set.make_rows(2_000)
    lines = duplicates_set.export_rows(2_000)
    assert lines == [row.export() for row in rows]
    assert list(lines[0]) == [
        "ID",
        "Название компании",
        "Рабочий телефон",
        "Рабочий e-mail",
        "Корпоративный сайт",
        "Реквизит (Россия): ИНН",
        "Населенный пункт",
    ]


def measure(rows: int) -> tuple[float, float, dict[str, int]]:
    """Return precision and recall of a search over a set of this size, and what was missed by disguise."""
    made = duplicates_set.make_rows(rows)
    lines = duplicates_set.load(made, make.employee("owner"))
    finding.search(TODAY)
    found = {frozenset((lines[one], lines[other])) for one, other in DuplicatePair.objects.values_list("one", "other")}
    twins = [row for row in made if row.twin is not None]
    truth = {frozenset((row.number, row.twin)): at for at, row in enumerate(twins)}
    kinds = duplicates_set.DISGUISES
    missed = Counter(kinds[at % len(kinds)].__name__ for pair, at in truth.items() if pair not in found)
    right = len(found & truth.keys())
    return right / max(len(found), 1), right / len(truth), dict(missed)


def test_it_finds_twins_in_a_small_set() -> None:
    precision, recall, missed = measure(2_000)
    assert precision >= LEAST
    assert recall >= LEAST, missed


@pytest.mark.slow
def test_a_night_with_few_changes_compares_few() -> None:
    measure(duplicates_set.ROWS)
    finding.search(TODAY)
    finding.search(TODAY)
    for client in Client.objects.order_by("pk")[:100]:
        Client.objects.filter(pk=client.pk).update(city="Мурманск")
    assert finding.search(TODAY).compared == 100
