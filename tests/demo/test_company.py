"""The sample company is the same every time, is made once, and leaves real data alone."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from clients.models import Client, Shipment
from salescrm.demo import buyers, company, figures, people
from staff.access import Role
from staff.models import Branch, Employee
from tests import make

UNTIL = date(2026, 7, 15)


@pytest.fixture
def home(tmp_path: Path, settings: LazySettings) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def printed(sample: company.Sample) -> list[str]:
    return [
        f"{d.buyer.number} {d.buyer.owner} {d.day} {d.total} {[(x.good.code, x.quantity, x.price) for x in d.lines]}"
        for d in sample.documents
    ]


def test_it_is_the_same_company_every_time() -> None:
    assert printed(company.invent(1, UNTIL)) == printed(company.invent(1, UNTIL))


def test_another_seed_makes_another_company() -> None:
    assert printed(company.invent(1, UNTIL)) != printed(company.invent(2, UNTIL))


def test_the_three_half_years_do_not_depend_on_the_last_day() -> None:
    early, late = company.invent(1, UNTIL), company.invent(1, date(2026, 11, 20))

    before = [line for line, d in zip(printed(early), early.documents, strict=True) if d.day < date(2026, 7, 1)]
    assert before == [line for line, d in zip(printed(late), late.documents, strict=True) if d.day < date(2026, 7, 1)]


@pytest.mark.parametrize(
    ("until", "begin", "end"),
    [
        (date(2026, 6, 30), date(2025, 1, 1), date(2026, 7, 1)),
        (date(2026, 6, 29), date(2024, 7, 1), date(2026, 1, 1)),
        (date(2026, 12, 31), date(2025, 7, 1), date(2027, 1, 1)),
        (date(2026, 1, 1), date(2024, 7, 1), date(2026, 1, 1)),
    ],
)
def test_it_takes_the_last_three_complete_half_years(until: date, begin: date, end: date) -> None:
    halves = figures.halves(until)

    assert (halves.begin, halves.end) == (begin, end)


@pytest.mark.parametrize("until", [date(2026, 2, 10), date(2026, 6, 30)])
@pytest.mark.parametrize("seed", [2, 3])
def test_the_counts_hold_for_any_seed_and_day(seed: int, until: date) -> None:
    sample = company.invent(seed, until)
    halves = sample.halves

    active = [
        {d.buyer.number for d in sample.documents if d.target > 0 and a <= d.day < b}
        for a, b in map(halves.period, range(3))
    ]
    assert [len(part) for part in active] == [1185, len(active[1]), 1395]
    assert (len(active[0] | active[1]), len(set.union(*active))) == (1964, 2599)
    assert sum(buyer.top for buyer in sample.buyers) == 248


def test_the_groups_solve_the_cases_equations() -> None:
    def count(*patterns: str, **flags: bool) -> int:
        return sum(
            group.size
            for group in figures.GROUPS
            if group.pattern in patterns and all(getattr(group, name) == flag for name, flag in flags.items())
        )

    every = {group.pattern for group in figures.GROUPS}
    assert count("100", "110", "101", "111") == 1185
    assert count("010", "011") == 779
    assert count("101", "111", "011") == 760
    assert count("100", "110", "010") == 1204
    assert count(*every) == 2599
    assert count(*every, once=True) - count("100", once=True) == 1042
    assert count(*every, top=True, key=False) == 58


def test_every_role_with_a_log_in_has_one(home: Path) -> None:
    assert {user["role"] for user in people.log_ins()["users"]} == set(Role.values) - {Role.NONE}


def test_passwords_are_kept_for_their_owner_only_and_stay(home: Path) -> None:
    first = people.log_ins()

    assert (home / people.FILE).stat().st_mode & 0o777 == 0o600
    assert people.log_ins() == first
    assert len({user["password"] for user in first["users"]}) == len(first["users"])


@pytest.mark.django_db
def test_the_second_run_changes_nothing_and_prints_the_same_log_ins(home: Path) -> None:
    runs = []
    for _ in range(2):
        out = StringIO()
        call_command("demo", until=UNTIL, json=True, no_nights=True, stdout=out)
        runs.append((json.loads(out.getvalue()), Client.objects.count(), Shipment.objects.count()))

    assert runs[0] == runs[1]
    user = runs[0][0]["users"][0]
    assert set(user) == {"login", "password", "role", "name"}
    assert Employee.objects.get(username=user["login"]).check_password(user["password"])
    assert Branch.objects.count() == 2


@pytest.mark.django_db
def test_it_refuses_a_base_with_data_of_real_origin(home: Path) -> None:
    make.client("Принт-Хаус", make.employee("anna"))

    with pytest.raises(CommandError, match="real origin"):
        call_command("demo", until=UNTIL, verbosity=0)
    assert Client.objects.count() == 1


@pytest.mark.django_db
def test_it_goes_away_with_one_command(home: Path) -> None:
    call_command("demo", until=UNTIL, no_nights=True, verbosity=0)

    call_command("demo", remove=True)

    assert not Client.objects.exists()
    assert Employee.objects.exists()


def test_key_clients_fall_from_the_largest() -> None:
    curve = buyers.key_curve(277)

    assert curve == sorted(curve, reverse=True)
    assert round(sum(curve)) == figures.KEY_YEAR
