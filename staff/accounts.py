"""How people get in: log-ins are made by an administrator, nobody signs up, and a post without a role has no log-in."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from staff.access import Role


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """No open sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: people get their log-in from the administrator."""
        return False


class Backend(ModelBackend):
    """Names and passwords; only active people whose role has a log-in pass, also in sessions begun earlier."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Say whether this person may be signed in at all."""
        return bool(super().user_can_authenticate(user)) and user.role != Role.NONE
