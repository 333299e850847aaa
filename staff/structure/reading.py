"""The structure as it is: the tree of a line of subordination, posts with vacancies, what changed since approval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from staff.models import Employee
from staff.structure.models import Post, StructureVersion

ADMINISTRATIVE, FUNCTIONAL = "administrative", "functional"


@dataclass(frozen=True)
class Node:
    """A person of the tree: how deep, how many stand below, and the head of the other line where it is another one."""

    person: Employee
    depth: int
    led: int
    other_head: str


@dataclass(frozen=True)
class Staffed:
    """A post with who holds it; `vacant`: units nobody holds, below zero: people beyond the plan."""

    post: Post | None
    title: str
    branch: str
    units: int
    holders: list[Employee]

    @property
    def vacant(self) -> int:
        """How many are missing."""
        return self.units - len(self.holders)


def people() -> list[Employee]:
    """Return everybody at work with post and place, in one query."""
    found = Employee.people.working().select_related("branch", "department", "position")
    return list(found.order_by("-branch__is_head_office", "branch__name", "last_name", "first_name", "pk"))


def tree(everybody: list[Employee], line: str) -> list[Node]:
    """Return the people of a line from the top down; whose head has left or is in a ring stands at the top."""
    names = {one.pk: one.short_name for one in everybody}
    head_of = f"{line}_head_id"
    other = f"{FUNCTIONAL if line == ADMINISTRATIVE else ADMINISTRATIVE}_head_id"
    below: dict[int | None, list[Employee]] = {}
    for one in everybody:
        head = getattr(one, head_of)
        below.setdefault(head if head in names else None, []).append(one)
    seen: set[int] = set()

    def walk(head: int | None, depth: int) -> Iterator[Node]:
        for one in below.get(head, []):
            if one.pk in seen:
                continue
            seen.add(one.pk)
            beside = getattr(one, other)
            said = names.get(beside, "") if beside != getattr(one, head_of) else ""
            yield Node(one, depth, len(below.get(one.pk, [])), said)
            yield from walk(one.pk, depth + 1)

    found = list(walk(None, 0))
    for one in everybody:
        if one.pk not in seen:  # in a ring of old: nobody of it stands at the top
            below[None] = [one]
            found += list(walk(None, 0))
    return found


def staffed(everybody: list[Employee]) -> list[Staffed]:
    """Return the posts of the plan with their holders, then people whose post is not in it."""
    holders: dict[tuple[int, int | None], list[Employee]] = {}
    for one in everybody:
        holders.setdefault((one.branch_id, one.position_id), []).append(one)
    found = []
    posts = Post.objects.select_related("branch", "position")
    for post in posts.order_by("-branch__is_head_office", "branch__name", "position__name"):
        held = holders.pop((post.branch_id, post.position_id), [])
        found.append(Staffed(post, str(post.position), str(post.branch), post.units, held))
    for many in holders.values():
        one = many[0]
        found.append(Staffed(None, str(one.position or _("no position")), str(one.branch), 0, many))
    return found


def snapshot(everybody: list[Employee]) -> dict[str, dict[str, Any]]:
    """Return the structure as it is kept with a version: names and numbers, so that it can be read for ever."""
    names = {one.pk: one.short_name for one in everybody}
    return {
        "people": {
            str(one.pk): {
                "name": one.short_name,
                "branch": str(one.branch),
                "department": str(one.department or ""),
                "position": str(one.position or ""),
                "administrative_head": names.get(one.administrative_head_id or 0, ""),
                "functional_head": names.get(one.functional_head_id or 0, ""),
            }
            for one in everybody
        },
        "posts": {post.code: post.units for post in Post.objects.order_by("pk")},
    }


def changed_since(version: StructureVersion, everybody: list[Employee]) -> list[str]:
    """Say in sentences what is no longer as it was approved."""
    now, then = snapshot(everybody), version.kept
    said = []
    for pk, person in now["people"].items():
        before = then["people"].get(pk)
        if before is None:
            said.append(_("%s is new") % person["name"])
            continue
        for field, label in _labels().items():
            if before[field] != person[field]:
                told = {"name": person["name"], "field": label, "before": before[field] or "–",
                        "after": person[field] or "–"}  # fmt: skip
                said.append(_("%(name)s, %(field)s: %(before)s → %(after)s") % told)
    said += [_("%s has left") % person["name"] for pk, person in then["people"].items() if pk not in now["people"]]
    titles = {post.code: str(post) for post in Post.objects.select_related("branch", "position")}
    for code in sorted(now["posts"].keys() | then["posts"].keys()):
        before, after = then["posts"].get(code, 0), now["posts"].get(code, 0)
        if before != after:
            told = {"post": titles.get(code, code), "before": before, "after": after}
            said.append(_("%(post)s, units: %(before)s → %(after)s") % told)
    return said


def _labels() -> dict[str, str]:
    return {
        "branch": _("branch"),
        "department": _("department"),
        "position": _("position"),
        "administrative_head": _("administrative head"),
        "functional_head": _("functional head"),
    }
