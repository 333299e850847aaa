"""People and branches a file names: salespeople, branches, the heads who get clients nobody sold to."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop
from stdnum.ru import inn

from salescrm.base import names
from salescrm.base.intake import staging
from staff.access import Role
from staff.models import Branch, Employee

SERVICE_LOGIN = "import"
NOT_TEN_OR_TWELVE = gettext_noop("an INN has 10 or 12 digits")
WRONG_CHECKSUM = gettext_noop("the check digits of the INN are wrong")


def judge_tax_ids() -> None:
    """Fill intake_inn with the reason each distinct INN of the file is refused for, NULL for good ones."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT inn FROM intake_staged WHERE inn IS NOT NULL")
        rows = [(text, _fault(text)) for (text,) in cursor.fetchall()]
        cursor.execute("CREATE TEMP TABLE intake_inn (text text NOT NULL, reason text) ON COMMIT DROP")
    staging.copy("intake_inn", ["text", "reason"], rows)


def _fault(text: str) -> str:
    digits = "".join(text.removesuffix(".0").split())
    if not digits.isascii() or not digits.isdigit() or len(digits) not in (10, 12):
        return NOT_TEN_OR_TWELVE
    return "" if inn.is_valid(digits) else WRONG_CHECKSUM


def branch_of(choice: Any) -> Branch:
    """Return the branch chosen for new clients, else the head office.

    A base without any branch gets one; which branch is the head office is for people or the reference rows to say.
    """
    if choice.branch:
        return Branch.objects.get(pk=choice.branch)
    head = Branch.objects.order_by("-is_head_office", "pk").first()
    return head or Branch.objects.create(code="head", name="Головной офис")


def name_salespeople(choice: Any) -> list[int]:
    """Fill order_salesperson, intake_branch and intake_head; return the ids of employees made for names unknown so far.

    They have no log-in. An employee is known by first and last name in either order, with or without the patronymic.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT salesperson FROM order_line WHERE salesperson IS NOT NULL ORDER BY 1")
        texts = [text for (text,) in cursor.fetchall()]
        cursor.execute("SELECT DISTINCT branch FROM intake_party WHERE branch IS NOT NULL")
        branch_texts = [text for (text,) in cursor.fetchall()]
        cursor.execute(
            "CREATE TEMP TABLE order_salesperson (text text NOT NULL, employee_id bigint, branch_id bigint)"
            " ON COMMIT DROP;"
            "CREATE TEMP TABLE intake_branch (text text NOT NULL, branch_id bigint) ON COMMIT DROP"
        )
    office, made = branch_of(choice), list[int]()
    known = known_people() if texts else {}
    rows = []
    for text in texts:
        person = known.get(words_of(text)) or _make(text, office, made)
        known[words_of(text)] = person
        rows.append((text, person.pk, person.branch_id))
    staging.copy("order_salesperson", ["text", "employee_id", "branch_id"], rows)
    branches = {names.key(branch.name): branch.pk for branch in Branch.objects.all()}
    found = [(text, branches.get(names.key(text), "")) for text in branch_texts]
    staging.copy("intake_branch", ["text", "branch_id"], found)
    name_heads(made)
    return made


def name_heads(made: list[int]) -> None:
    """Fill intake_head: who gets new clients of each branch when nobody else is named; add to `made` whom it takes."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE intake_head (branch_id bigint, employee_id bigint) ON COMMIT DROP")
    staging.copy("intake_head", ["branch_id", "employee_id"], _heads(made))


def teller_of(choice: Any, made: list[int]) -> int:
    """Return who brought the file: at the command line the employee without a log-in."""
    return choice.author or _service(made).pk


def words_of(name: str) -> frozenset[str]:
    """Return the words of a person's name, whatever their order."""
    return frozenset(names.key(name).split())


def known_people() -> dict[frozenset[str], Employee]:
    """Return the employees by the words of their names, the older one where two have the same."""
    known: dict[frozenset[str], Employee] = {}
    for person in Employee.objects.order_by("-pk"):
        for name in (
            f"{person.first_name} {person.last_name}",
            f"{person.first_name} {person.patronymic} {person.last_name}",
        ):
            if name.strip():
                known[words_of(name)] = person
    return known


def _make(name: str, office: Branch, made: list[int]) -> Employee:
    """Make an employee without a log-in: "Stephen Jiang", «Иванов Иван Петрович»."""
    words = name.split()
    first, last, patronymic = " ".join(words[:-1]) or name, words[-1] if len(words) > 1 else "", ""
    if len(words) == 3 and words[2].lower().endswith(("вич", "вна", "ична", "ич")):
        last, first, patronymic = words
    person = Employee(
        username=_free_login(".".join(names.key(f"{first} {last}").split()) or "salesperson"),
        first_name=first[:150],
        last_name=last[:150],
        patronymic=patronymic[:100],
        role=Role.NONE,
        branch=office,
    )
    person.set_unusable_password()
    person.save(force_insert=True)
    made.append(person.pk)
    return person


def _free_login(wanted: str) -> str:
    wanted = wanted[:140]
    taken = set(Employee.objects.filter(username__startswith=wanted).values_list("username", flat=True))
    return next(name for name in [wanted, *(f"{wanted}{n}" for n in range(2, len(taken) + 3))] if name not in taken)


def _heads(made: list[int]) -> list[tuple[int, int]]:
    """Give each branch its owner of last resort: its head, a head of sales, an administrator, a service row."""
    by_branch = {
        person.branch_id: person.pk
        for person in Employee.objects.filter(is_active=True, role=Role.BRANCH_HEAD).order_by("-pk")
    }
    general = (
        Employee.people.heads_of_sales().order_by("pk").first()
        or Employee.objects.filter(is_active=True, is_superuser=True).order_by("pk").first()
        or Employee.objects.filter(is_active=True).exclude(role=Role.NONE).order_by("pk").first()
    )
    branches = list(Branch.objects.values_list("pk", flat=True))
    if general is None and not set(branches) <= by_branch.keys():
        general = _service(made)
    return [(branch, by_branch.get(branch) or (general.pk if general else 0)) for branch in branches]


def _service(made: list[int]) -> Employee:
    """Return the employee without a log-in who holds clients of a base that has no people yet."""
    known = Employee.objects.filter(username=SERVICE_LOGIN).first()
    if known:
        return known
    person = Employee(
        username=SERVICE_LOGIN, first_name="Import", role=Role.NONE, branch=Branch.objects.order_by("pk")[0]
    )
    person.set_unusable_password()
    person.save(force_insert=True)
    made.append(person.pk)
    return person
