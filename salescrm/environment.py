"""Typed readers of environment variables: a wrong value stops the program at start with a plain message."""

import contextlib
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from salescrm.embedded.home import Home


def flag(name: str, default: bool = False) -> bool:
    """Read a yes/no variable; raise ImproperlyConfigured for anything else."""
    value = os.environ.get(name, "").strip().lower()
    if value in ("", "1", "true", "yes", "on", "0", "false", "no", "off"):
        return default if value == "" else value in ("1", "true", "yes", "on")
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no")


def number(name: str, default: int) -> int:
    """Read a whole number; raise ImproperlyConfigured for anything else."""
    value = os.environ.get(name, "").strip()
    if value and not value.isdigit():
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number")
    return int(value) if value else default


def home(base_dir: Path) -> Path:
    """Name the folder that keeps the data of this installation (SALESCRM_HOME, `.data` beside the code by default)."""
    return Path(os.environ.get("SALESCRM_HOME") or base_dir / ".data").absolute()


def secret(folder: Path, name: str) -> str:
    """Read the secret kept in `folder`, making it (0600) at the first call; two processes at once agree on one."""
    path = folder / name
    Home(folder).make()
    if not path.exists():
        draft = folder / f".{name}.{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()
