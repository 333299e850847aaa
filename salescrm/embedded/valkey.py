"""Our own Valkey, the message broker and cache: started and stopped by its own program, judged by connecting."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from salescrm.embedded.home import Record
from salescrm.embedded.system import (
    Account,
    EmbeddedError,
    Programs,
    end_processes_in,
    give,
    processes_in,
    run,
    wait_until,
)

START_SECONDS = 120
CONFIGURATION = """\
port 0
unixsocket {socket}
unixsocketperm 700
requirepass {password}
dir {folder}
daemonize yes
pidfile {pid}
logfile {log}
loglevel notice
databases 16
save ""
appendonly {appendonly}
appendfsync everysec
maxmemory-policy noeviction
"""


@dataclass(frozen=True)
class Valkey:
    """The broker of one home."""

    record: Record
    title: ClassVar[str] = "Valkey"

    @property
    def folder(self) -> Path:
        """Its data."""
        return Path(self.record.data) / "valkey"

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return Path(self.record.sockets) / "valkey.sock"

    @property
    def url(self) -> str:
        """The broker as redis-py names it."""
        return f"unix://:{quote(self.record.redis_password, safe='')}@{quote(str(self.socket), safe='/')}"

    def _client(self) -> redis.Redis:
        return redis.Redis(
            unix_socket_path=str(self.socket),
            password=self.record.redis_password,
            socket_timeout=5,
            retry=Retry(NoBackoff(), 0),
        )

    def state(self) -> str:
        """Say `up`, `busy` (reading its log) or `down`."""
        try:
            with self._client() as client:
                client.ping()
        except redis.AuthenticationError as error:
            raise EmbeddedError(f"the broker at {self.socket} does not know the password in servers.json") from error
        except redis.ConnectionError as error:
            return "down" if isinstance(error.__context__, (FileNotFoundError, ConnectionRefusedError)) else "busy"
        except redis.RedisError:  # reading its log, or too slow
            return "busy"
        return "up"

    def start(self, programs: Programs, account: Account | None) -> None:
        """Start it where it is down. Call it with the start lock held: nobody else starts or stops it meanwhile."""
        if not self.folder.exists():
            self.folder.mkdir(mode=0o700)
            give(self.folder, account)
        if processes_in(self.folder):  # one whose socket was removed
            end_processes_in(self.folder)
        configuration = self._configure(account)
        done = run([programs.valkey, configuration], account)
        if done.returncode or not wait_until(lambda: self.state() == "up", START_SECONDS):
            raise EmbeddedError(f"Valkey does not start: {done.stdout.strip()[-200:]} (see {self.folder}/valkey.log)")

    def _configure(self, account: Account | None) -> Path:
        path = self.folder / "valkey.conf"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(
            CONFIGURATION.format(
                socket=_quoted(self.socket),
                folder=_quoted(self.folder),
                log=_quoted(self.folder / "valkey.log"),
                pid=_quoted(self.folder / "valkey.pid"),
                password=self.record.redis_password,
                appendonly="no" if self.record.fast else "yes",
            )
        )
        give(path, account)
        return path

    def stop(self, programs: Programs, account: Account | None) -> None:
        """Stop it with its log on the disk."""
        try:
            with self._client() as client:
                client.shutdown()
        except redis.RedisError:
            pass
        if not wait_until(lambda: not processes_in(self.folder), 10):
            end_processes_in(self.folder)


def broker_url(redis_url: str) -> str:
    """Rewrite a redis-py URL of a unix socket as Celery wants it; others stay as they are."""
    if not redis_url.startswith("unix://"):
        return redis_url
    return redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")


def _quoted(path: os.PathLike[str]) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
