"""The staff of the sample company after Appendix 3, and their log-ins."""

from __future__ import annotations

import json
import os
import secrets
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import get_hashers_by_algorithm, make_password
from django.utils import timezone

from staff.access import Role
from staff.models import Absence, Branch, Department, Employee, Position
from staff.structure import actions as structure
from staff.structure.models import StructureVersion

FILE = "demo-logins.json"
RECOVERY_LIMIT = 360  # open recovery cases of the development manager
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without look-alikes
_MAIL = "demo.example"


class Post(NamedTuple):
    """A person of the sample company."""

    login: str
    role: str
    last_name: str
    first_name: str
    patronymic: str
    branch: str = "spb"
    department: str = "sales"
    head: str = "hos"


STAFF = (
    Post("director", Role.DIRECTOR, "Державин", "Михаил", "Аркадьевич", department="management", head=""),
    Post("deputy_director", Role.DEPUTY_DIRECTOR, "Власова", "Татьяна", "Игоревна", "spb", "management", "director"),
    Post("deputy_it", Role.DEPUTY_IT, "Кузнецов", "Роман", "Олегович", "spb", "management", "director"),
    Post("hos", Role.HOS, "Громов", "Андрей", "Викторович", head="director"),
    Post("csh", Role.CSH, "Воронцова", "Елена", "Павловна"),
    Post("branch_head", Role.BRANCH_HEAD, "Лаврова", "Ирина", "Сергеевна", "msk", "sales", "director"),
    Post("csm1", Role.CSM, "Соколова", "Анна", "Дмитриевна", head="csh"),
    Post("csm2", Role.CSM, "Миронова", "Ольга", "Николаевна", head="csh"),
    Post("csm3", Role.CSM, "Егоров", "Дмитрий", "Алексеевич", head="csh"),
    Post("csm4", Role.CSM, "Крылова", "Наталья", "Владимировна", head="csh"),
    Post("csm5", Role.CSM, "Белова", "Мария", "Андреевна", "msk", "sales", "branch_head"),
    Post("csm6", Role.CSM, "Новиков", "Сергей", "Петрович", "msk", "sales", "branch_head"),
    Post("bdm_key", Role.BDM_KEY, "Юрьев", "Павел", "Константинович"),
    Post("bdm_recovery", Role.BDM_RECOVERY, "Зимин", "Виктор", "Степанович"),
    Post("lead_manager", Role.LEAD_MANAGER, "Орлова", "Юлия", "Максимовна"),
    Post("marketer", Role.MARKETER, "Титова", "Ксения", "Борисовна", "spb", "marketing", "hos"),
    Post("operator", Role.OPERATOR, "Фролова", "Галина", "Ивановна"),
)
FUNCTIONAL_HEADS = {"csm5": "csh", "csm6": "csh"}
OWNERS = {Role.CSM, Role.CSH, Role.BDM_KEY, Role.BDM_RECOVERY, Role.LEAD_MANAGER, Role.OPERATOR, Role.BRANCH_HEAD}


def log_ins() -> dict[str, Any]:
    """Return {"users": [{login, password, role, name}]}, kept in SALESCRM_HOME; passwords are drawn the first time."""
    path = settings.HOME / FILE
    try:
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        kept = {"users": [_log_in(post) for post in STAFF]}
        _keep(path, kept)
    return kept


def _log_in(post: Post) -> dict[str, str]:
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    name = f"{post.first_name} {post.last_name}"
    return {"login": post.login, "password": password, "role": str(post.role), "name": name}


def _keep(path: Path, users: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(users, file, ensure_ascii=False, indent=1)


def hire() -> dict[str, Employee]:
    """Make the people that are missing, with their log-ins and heads; return everybody by log-in."""
    known = {person.username: person for person in Employee.objects.filter(username__in=[p.login for p in STAFF])}
    new = [post for post in STAFF if post.login not in known]
    passwords = {user["login"]: user["password"] for user in log_ins()["users"]}
    # Sixty random bits need no million rounds (a second each); the first log-in stores the usual hash.
    hasher = "scrypt" if "scrypt" in get_hashers_by_algorithm() else "default"
    hashed = [make_password(passwords[post.login], hasher=hasher) for post in new]
    branches, departments = Branch.objects.in_bulk(field_name="code"), Department.objects.in_bulk(field_name="code")
    positions = Position.objects.in_bulk(field_name="code")
    for post, password in zip(new, hashed, strict=True):
        known[post.login] = Employee.objects.create(
            username=post.login,
            password=password,
            email=f"{post.login}@{_MAIL}",
            first_name=post.first_name,
            last_name=post.last_name,
            patronymic=post.patronymic,
            role=post.role,
            branch=branches[post.branch],
            department=departments[post.department],
            position=positions.get(post.role),
            owns_clients=post.role in OWNERS,
            recovery_limit=RECOVERY_LIMIT if post.role == Role.BDM_RECOVERY else None,
        )
    for post in new:
        person, head = known[post.login], known.get(post.head)
        person.administrative_head, person.functional_head = (
            head,
            known.get(FUNCTIONAL_HEADS.get(post.login, post.head)),
        )
        person.save(update_fields=["administrative_head", "functional_head"])
    return known


def approve_structure(people: dict[str, Employee], until: date) -> None:
    """Let the director approve the structure two months before `until`."""
    if not StructureVersion.objects.exists():
        moment = timezone.make_aware(datetime.combine(until - timedelta(days=60), time(10)))
        structure.approve(note="Штатное расписание на год", seen=0, acting_user=people["director"], now=moment)


def send_away(people: dict[str, Employee], until: date) -> None:
    """Enter absences round `until`: one just over, one now with a substitute, one to come."""
    rows = [
        ("csm6", -40, -26, "csm5", "Отпуск"),
        ("csm3", -4, 10, "csm4", "Отпуск"),
        ("marketer", -1, 4, None, "Больничный"),
        ("csm2", 20, 34, "csm1", "Отпуск"),
    ]
    Absence.objects.bulk_create(
        Absence(
            employee=people[who],
            starts_on=until + timedelta(days=start),
            ends_on=until + timedelta(days=end),
            substitute=people[instead] if instead else None,
            reason=reason,
        )
        for who, start, end, instead, reason in rows
        if not people[who].absences.exists()
    )
