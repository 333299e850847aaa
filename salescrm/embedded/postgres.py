"""Our own PostgreSQL: made, started and stopped by its own programs, judged by connecting and never by a pid file."""

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import psycopg2
from psycopg2 import extensions, sql

from salescrm.embedded.home import Record
from salescrm.embedded.system import Account, EmbeddedError, Programs, end_processes_in, processes_in, run, wait_until

SUPERUSER = "postgres"
NAME = "salescrm"  # of the role and of its database
START_SECONDS = 600  # replaying the log after a crash
NOBODY = ("No such file or directory", "Connection refused")  # all else is a server starting, stopping or overloaded

# For two cores and a few gigabytes. The set-based night wants work_mem; compiling its plans costs more than it gives.
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "lc_messages": "'C'",
    "logging_collector": "on",
    "log_directory": "'log'",
    "log_filename": "'postgres-%a.log'",
    "log_truncate_on_rotation": "on",
}
TESTS_ONLY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


@dataclass(frozen=True)
class Postgres:
    """The database server of one home."""

    record: Record
    title: ClassVar[str] = "PostgreSQL"

    @property
    def folder(self) -> Path:
        """Its data."""
        return Path(self.record.data) / "postgres"

    @property
    def url(self) -> str:
        """The database as libpq and Django name it."""
        password, sockets = quote(self.record.database_password, safe=""), quote(self.record.sockets, safe="/")
        return f"postgresql://{NAME}:{password}@/{NAME}?host={sockets}"

    def connect(self, database: str = "postgres") -> extensions.connection:
        """Connect as the superuser, one statement a transaction."""
        connection = psycopg2.connect(
            host=self.record.sockets,
            user=SUPERUSER,
            password=self.record.superuser_password,
            dbname=database,
            connect_timeout=5,
        )
        connection.autocommit = True
        return connection

    def state(self) -> str:
        """Say `up`, `busy` (starting, stopping) or `down`."""
        try:
            self.connect().close()
        except psycopg2.OperationalError as error:
            return self._why_not(str(error))
        return "up"

    def _why_not(self, error: str) -> str:
        if "authentication failed" in error:
            raise EmbeddedError(f"the database at {self.record.sockets} does not know the password in servers.json")
        if "too many clients" in error or "connection slots" in error:
            return "up"
        return "down" if any(words in error for words in NOBODY) else "busy"

    # --- start ---------------------------------------------------------------------------------------------------

    def start(self, programs: Programs, account: Account | None) -> None:
        """Start it where it is down. Call it with the start lock held: nobody else starts or stops it meanwhile."""
        self._make_cluster(programs, account)
        if processes_in(self.folder):  # left by a killed server, or one whose socket was removed
            end_processes_in(self.folder)
        self._forget_the_dead()
        self._configure(account)
        log = self.folder / "start.log"
        done = run([*self._pg_ctl(programs), "-l", log, "-w", "-t", str(START_SECONDS), "start"], account)
        if done.returncode or not wait_until(lambda: self.state() == "up", 30):
            raise EmbeddedError(f"PostgreSQL does not start: {_last_line(log) or done.stdout.strip()} (see {log})")
        self._make_database()

    def _pg_ctl(self, programs: Programs) -> list[str | Path]:
        return [programs.postgres / "pg_ctl", "-s", "-D", self.folder]

    def _make_cluster(self, programs: Programs, account: Account | None) -> None:
        """Make the cluster under another name first: a killed initdb leaves nothing that looks like a cluster."""
        if self.folder.exists():
            self._refuse_other_version(programs, account)
            return
        draft = self.folder.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password = draft.with_name("postgres.password")
        password.touch(mode=0o600)
        password.write_text(self.record.superuser_password)
        for path in (draft, password):
            if account is not None:
                os.chown(path, account.uid, account.gid)
        done = run([programs.postgres / "initdb", *self._initdb_options(draft, password)], account)
        password.unlink()
        if done.returncode:
            raise EmbeddedError(f"PostgreSQL cannot make its data in {draft}: {done.stdout.strip().splitlines()[-1:]}")
        draft.rename(self.folder)

    def _initdb_options(self, folder: Path, password: Path) -> list[str]:
        """C.UTF-8 whatever the environment says: with LANG=C Cyrillic search silently finds nothing."""
        return [
            f"--pgdata={folder}",
            f"--username={SUPERUSER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            *(["--no-sync"] if self.record.fast else []),
        ]

    def _refuse_other_version(self, programs: Programs, account: Account | None) -> None:
        made = run(["/bin/cat", self.folder / "PG_VERSION"], account).stdout.strip()
        ours = run([programs.postgres / "postgres", "--version"], account).stdout.split()[-1].split(".")[0]
        if made != ours:
            raise EmbeddedError(
                f"{self.folder} was made by PostgreSQL {made}, this is {ours}: backup there, restore here"
            )

    def _forget_the_dead(self) -> None:
        """Remove pid files: nothing lives in the folder, so whoever has that number now is somebody else."""
        for path in (self.folder / "postmaster.pid", Path(self.record.sockets) / ".s.PGSQL.5432.lock"):
            path.unlink(missing_ok=True)

    def _configure(self, account: Account | None) -> None:
        sockets = self.record.sockets.replace("'", "''")
        settings = SETTINGS | {"port": "5432", "unix_socket_directories": f"'\"{sockets}\"'"} | _shared_memory()
        settings |= TESTS_ONLY if self.record.fast else {}
        own = self.folder / "salescrm.conf"
        own.unlink(missing_ok=True)
        own.touch(mode=0o600)
        own.write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
        if account is not None:
            os.chown(own, account.uid, account.gid)
        main = self.folder / "postgresql.conf"
        if "salescrm.conf" not in main.read_text():
            with main.open("a") as file:
                file.write("\ninclude_if_exists = 'salescrm.conf'\n")

    def _make_database(self) -> None:
        """Make the program's own role (no superuser; it may make databases for tests) and its database."""
        with contextlib.closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = %s", [NAME])
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            statement = sql.SQL(verb + " ROLE {} LOGIN CREATEDB PASSWORD %s").format(sql.Identifier(NAME))
            cursor.execute(statement, [self.record.database_password])
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
            if not cursor.fetchone():
                cursor.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(NAME)))
        refuse_deaf_to_cyrillic(self.url)

    # --- stop ----------------------------------------------------------------------------------------------------

    def stop(self, programs: Programs, account: Account | None) -> None:
        """Stop it with a checkpoint; sessions still open are ended."""
        run([*self._pg_ctl(programs), "-m", "fast", "-w", "-t", "120", "stop"], account)
        if processes_in(self.folder):
            end_processes_in(self.folder)


def refuse_deaf_to_cyrillic(url: str) -> None:
    """Refuse a database that does not know that ё is the small Ё: searching in it would silently find nothing.

    A database that cannot be reached or does not exist is passed over: whoever uses it will say so.
    """
    try:
        connection = psycopg2.connect(url, connect_timeout=5)
    except psycopg2.Error:
        return
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_encoding')")
        if cursor.fetchone() == ("UTF8",):
            cursor.execute("SELECT lower('Ё') = 'ё'")
            if cursor.fetchone() == (True,):
                return
    raise EmbeddedError("the database does not know Cyrillic; make it with ENCODING 'UTF8' LOCALE 'C.UTF-8'")


def _shared_memory() -> dict[str, str]:
    """In containers /dev/shm is often 64 MB: too small for parallel work, so files are used there."""
    try:
        found = os.statvfs("/dev/shm")  # noqa: S108 PostgreSQL's own choice of place
        roomy = found.f_blocks * found.f_frsize >= 256 * 2**20
    except OSError:
        roomy = False
    return {"dynamic_shared_memory_type": "posix" if roomy else "mmap"}


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1] if lines else ""
