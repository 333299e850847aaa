"""The program's own PostgreSQL and Valkey, from PyPI wheels: no package manager, no container, no port.

Data, passwords and sockets are kept under SALESCRM_HOME. Who starts and who stops:

1. A process that needs the servers calls `ensure_running()`. Under the start lock it takes a shared lock on
   `in-use`, looks whether the servers answer, and starts those that do not.
2. At its end, again under the start lock, it tries to make its shared lock an exclusive one. It gets it only if
   nobody else uses the servers; then it stops them. `make run` is one more user, which stays.
3. A process killed with -9 loses its lock with its life; the next to leave stops the servers.

DATABASE_URL and REDIS_URL name real servers; the embedded one of that kind is then never touched.
Importing this package starts nothing and needs no Django.
"""

import atexit
import fcntl
import os
import subprocess
import threading
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from salescrm.embedded.home import Home, try_lock
from salescrm.embedded.postgres import Postgres, refuse_deaf_to_cyrillic
from salescrm.embedded.system import Account, EmbeddedError, programs, server_account, wait_until
from salescrm.embedded.valkey import Valkey, broker_url

__all__ = ["EmbeddedError", "Servers", "broker_url", "ensure_running", "status", "stop", "urls"]

BUSY_SECONDS = 600


@dataclass(frozen=True)
class Servers:
    """Where the database and the broker are."""

    database_url: str
    redis_url: str

    @property
    def broker_url(self) -> str:
        """The broker as Celery names it."""
        return broker_url(self.redis_url)


@dataclass
class _Hold:
    """The shared lock of this process, if it has taken one."""

    home: Home | None = None
    descriptor: int = -1
    pid: int = 0
    one_at_a_time: threading.RLock = field(default_factory=threading.RLock)

    def take(self, home: Home) -> None:
        """Take it; a stop under way has the start lock, as the caller has, so this never waits."""
        if self.home == home and self.pid == os.getpid():
            return
        self.release()
        self.descriptor = home.open(home.in_use_file)
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)
        self.home, self.pid = home, os.getpid()

    def release(self) -> None:
        """Let it go."""
        if self.home is not None:
            os.close(self.descriptor)
        self.home = None

    def take_again_after_fork(self) -> None:
        """Give a forked child a lock of its own: the inherited one is its parent's and would go with it.

        The pid stays the parent's: a forked child that ends stops nothing.
        """
        self.one_at_a_time = threading.RLock()
        if self.home is not None:
            mine = os.open(self.home.in_use_file, os.O_RDWR | os.O_CLOEXEC)
            fcntl.flock(mine, fcntl.LOCK_SH)
            os.close(self.descriptor)
            self.descriptor = mine


_hold = _Hold()
os.register_at_fork(after_in_child=_hold.take_again_after_fork)


def urls() -> Servers:
    """Say where the servers are or, before the first start, would be; starts and writes nothing."""
    record = Home.current().expected()
    return Servers(
        os.environ.get("DATABASE_URL") or Postgres(record).url,
        os.environ.get("REDIS_URL") or Valkey(record).url,
    )


def ensure_running() -> Servers:
    """Start what is needed and down, and hold the servers until this process ends; safe to call again.

    Raises EmbeddedError with one readable line.
    """
    if os.environ.get("DATABASE_URL"):
        refuse_deaf_to_cyrillic(os.environ["DATABASE_URL"])
    if _needed(Home.current()):
        with _hold.one_at_a_time:
            try:
                _start(Home.current())
            except (OSError, subprocess.SubprocessError) as error:
                raise EmbeddedError(f"the servers cannot be started: {error}") from error
    return urls()


def stop(force: bool = False) -> bool:
    """Stop the servers unless another process uses them (`force`: in any case); say whether they are stopped."""
    home = Home.current()
    if not home.path.exists() or home.read() is None:
        return True
    with _hold.one_at_a_time, home.start_lock():
        home.keep_file.unlink(missing_ok=True)
        _hold.release()
        descriptor = home.open(home.in_use_file)
        try:
            alone = try_lock(descriptor, fcntl.LOCK_EX)
            if alone or force:
                _stop_servers(home)
            return alone or force
        finally:
            os.close(descriptor)


def status() -> dict[str, str]:
    """Say of each embedded server whether it is up, busy or down; {} where none is used."""
    home = Home.current()
    if home.read() is None:
        return {title.title: "down" for title in _needed(home)}
    return {server.title: server.state() for server in _needed(home)}


def keep() -> None:
    """Let the servers run after the last process has left, until `stop()`."""
    home = Home.current()
    os.close(home.open(home.keep_file))


# --- below ---------------------------------------------------------------------------------------------------------


def _needed(home: Home) -> list[Postgres | Valkey]:
    record = home.expected()
    servers: list[Postgres | Valkey] = []
    if not os.environ.get("DATABASE_URL"):
        servers.append(Postgres(record))
    if not os.environ.get("REDIS_URL"):
        servers.append(Valkey(record))
    return servers


def _account(home: Home) -> Account | None:
    return server_account(Path(home.expected().data) / "postgres", home.path)


def _start(home: Home) -> None:
    home.make()
    with home.start_lock():
        account = _account(home)
        home.prepare(account)
        _hold.take(home)
        for server in _needed(home):
            if not wait_until(partial(_decided, server), BUSY_SECONDS):
                raise EmbeddedError(f"{server.title} has been busy for {BUSY_SECONDS} seconds")
            if server.state() == "down":
                server.start(programs(account), account)


def _decided(server: Postgres | Valkey) -> bool:
    return server.state() != "busy"


def _stop_servers(home: Home) -> None:
    account = _account(home)
    for server in _needed(home):
        if server.state() != "down":
            server.stop(programs(account), account)


@atexit.register
def _leave() -> None:
    """Stop the servers if this process is the last to leave; a forked child never does."""
    home = _hold.home
    if home is None or _hold.pid != os.getpid():
        return
    with home.start_lock():
        if not home.keep_file.exists() and try_lock(_hold.descriptor, fcntl.LOCK_EX):
            _stop_servers(home)
        _hold.release()
