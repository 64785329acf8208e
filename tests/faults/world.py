"""The processes of the fault run and what is done to them. All on loopback, all started here.

Two worlds: SQLite, and PostgreSQL with Redis; each with one bot and a separate action server.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from tests.faults.hooks.fault_points import POINTS
from tests.fleet import ROOT, Replica
from tests.sealed import KEY
from tests.services import free_port, made_postgres, postgres_address, redis_command

HOOKS = ROOT / "tests" / "faults" / "hooks"
POINT_WITHIN_S = 20.0
NONE = "none"  # no fault
TWO_DAYS_S = 2 * 24 * 3600


class Service:
    """PostgreSQL or Redis: can be killed with all its processes, and started again."""

    def __init__(self, command: list[str], log: Path, answers: Callable[[], bool]) -> None:
        self._command, self._log, self._answers = command, log, answers
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers; a PostgreSQL whose old processes are not all gone
        ends at once and is started again."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with self._log.open("ab") as output:
                self._process = subprocess.Popen(
                    self._command, stdout=output, stderr=output, cwd="/", start_new_session=True
                )
            while self._process.poll() is None and time.monotonic() < deadline:
                if self._answers():
                    return
                time.sleep(0.1)
        raise AssertionError(self._log.read_text(errors="replace")[-2000:])

    def kill(self) -> None:
        """kill -9 of all of them."""
        self.signal(signal.SIGKILL)
        self._process.wait(10)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to all of them."""
        for pid in [*_descendants(self._process.pid), self._process.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def _descendants(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(stat.parent.name))
    children = parents.get(pid, [])
    return [*children, *(d for child in children for d in _descendants(child))]


@dataclass
class World:
    """What runs."""

    name: str
    folder: Path
    bot: Replica
    actions: Replica
    database: str
    postgres: Service | None = None
    redis: Service | None = None
    # What is being done just now; messages are counted under it.
    fault: str = NONE
    is_over: bool = False
    times: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address of the bot."""
        return f"http://127.0.0.1:{self.bot.port}"

    @property
    def file(self) -> Path:
        """SQLite's file."""
        return self.folder / "bot.db"


@contextmanager
def running_world(folder: Path, *, is_shared: bool) -> Iterator[World]:
    """Started and ready. `is_shared`: PostgreSQL and Redis instead of SQLite and memory."""
    settings = {
        "RECORDS_KEY": KEY,
        "MESSAGES_PER_MINUTE": "1000000",
        "TRUSTED_PROXIES": "1",
        "SESSIONS_PER_MINUTE": "1000000",
        "PYTHONPATH": str(HOOKS),
        "FAULTS_FOLDER": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/bot.db",
        "CARE_TEAM_PHONE": "555 0100",
    }
    services: list[Service] = []
    replicas: list[Replica] = []
    try:
        if is_shared:
            services += [_postgres(folder), _redis(folder, settings)]
            settings["DATABASE_URL"] = (folder / "address").read_text()
        done = subprocess.run(
            [sys.executable, "-m", "bot", "prepare"],
            cwd=ROOT,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        keyless = {name: value for name, value in settings.items() if name != "RECORDS_KEY"}
        run_actions = ["-m", "bot.rasa_parts.action_server", "{port}"]
        replicas.append(Replica("actions", folder, run_actions, keyless))
        settings["ACTION_ENDPOINT_URL"] = f"http://127.0.0.1:{replicas[0].port}/webhook"
        replicas.append(Replica("bot", folder, ["-m", "bot", "serve"], settings))
        replicas[0].wait("/health")
        replicas[1].wait("/readyz")
        name = "PostgreSQL and Redis" if is_shared else "SQLite"
        world = World(name, folder, replicas[1], replicas[0], settings["DATABASE_URL"])
        world.postgres, world.redis = services if is_shared else (None, None)
        yield world
    finally:
        for replica in replicas:
            replica.end(signal.SIGKILL)
        for service in services:
            service.kill()


def _postgres(folder: Path) -> Service:
    home = folder / "pg"
    home.mkdir()
    folder.chmod(0o755)  # its own user must get there
    command, port = made_postgres(home)
    address = postgres_address(port)
    (folder / "address").write_text(address)

    def answers() -> bool:
        engine = create_engine(address, future=True, connect_args={"connect_timeout": 2})
        try:
            with engine.connect():
                return True
        except SQLAlchemyError:
            return False
        finally:
            engine.dispose()

    return Service(command, folder / "pg.log", answers)


def _redis(folder: Path, settings: dict[str, str]) -> Service:
    import redis

    port = free_port()
    settings["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
    client = redis.Redis(port=port)

    def answers() -> bool:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False

    return Service(redis_command(folder, port), folder / "redis.log", answers)


# -- faults -------------------------------------------------------------------------------------

Fault = Callable[[World, float], None]


def _bot_killed(world: World, seconds: float) -> None:
    world.bot.kill()
    _bot_back(world)


def _bot_back(world: World) -> None:
    world.bot.start()
    world.bot.wait("/readyz")


def killed_at(point: str) -> Fault:
    """The bot stands still at this point of a turn, and is killed there."""

    def fault(world: World, seconds: float) -> None:
        asked, reached = world.folder / "pause", world.folder / "paused"
        reached.unlink(missing_ok=True)
        asked.write_text(point)
        deadline = time.monotonic() + POINT_WITHIN_S
        while not reached.exists():
            if time.monotonic() > deadline or world.is_over:
                asked.unlink(missing_ok=True)
                raise NotInjected(point)
            time.sleep(0.01)
        _bot_killed(world, seconds)

    return fault


class NotInjected(Exception):
    """Nobody came to the point in time."""


def _actions_killed(world: World, seconds: float) -> None:
    world.actions.kill()
    time.sleep(seconds / 3)
    world.actions.start()
    world.actions.wait("/health")


def _actions_hang(world: World, seconds: float) -> None:
    """SIGSTOP."""
    assert world.actions.process is not None
    os.kill(world.actions.process.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(world.actions.process.pid, signal.SIGCONT)


def _disk_full(world: World, seconds: float) -> None:
    """No file of the bot may grow or be written (RLIMIT_FSIZE): what SQLite sees of a full disk."""
    assert world.bot.process is not None
    pid = world.bot.process.pid
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    time.sleep(seconds)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


def _file_read_only(world: World, seconds: float) -> None:
    """Immutable (chattr +i), which holds for root and for open files as well."""
    chattr = shutil.which("chattr")
    files = [str(p) for p in world.folder.glob("bot.db*") if not p.name.endswith("-shm")]
    made = chattr and subprocess.run([chattr, "+i", *files], capture_output=True).returncode == 0
    try:
        if not made:
            raise NotInjected("chattr needs root and ext4")
        time.sleep(seconds)
    finally:
        subprocess.run([str(chattr), "-i", *files], capture_output=True)


def _file_locked(world: World, seconds: float) -> None:
    """Another program holds the database."""
    holding = sqlite3.connect(world.file, timeout=20, isolation_level=None)
    holding.execute("BEGIN EXCLUSIVE")
    time.sleep(seconds)
    holding.execute("ROLLBACK")
    holding.close()


def _clock(seconds_wrong: float) -> Fault:
    def fault(world: World, seconds: float) -> None:
        (world.folder / "clock").write_text(str(seconds_wrong))
        time.sleep(seconds)
        (world.folder / "clock").write_text("0")

    return fault


def _gone(which: str) -> Fault:
    def fault(world: World, seconds: float) -> None:
        service: Service = getattr(world, which)
        service.kill()
        time.sleep(seconds)
        service.start()

    return fault


def _hangs(which: str) -> Fault:
    def fault(world: World, seconds: float) -> None:
        service: Service = getattr(world, which)
        service.signal(signal.SIGSTOP)
        time.sleep(seconds)
        service.signal(signal.SIGCONT)

    return fault


def _postgres_read_only(world: World, seconds: float) -> None:
    for value in ("on", "off"):
        engine = create_engine(world.database, future=True, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        engine.dispose()
        if value == "on":
            time.sleep(seconds)


@dataclass(frozen=True)
class Kind:
    """A kind of fault, how long it lasts (s) and how long in the quick run."""

    name: str
    inject: Fault
    seconds: float = 5.0
    quick_s: float = 2.0


EVERYWHERE = (
    Kind("bot killed (kill -9)", _bot_killed),
    *(Kind(f"bot killed {point}", killed_at(point)) for point in POINTS),
    Kind("action server killed", _actions_killed),
    Kind("action server hangs", _actions_hang, 6.0, 4.0),
    Kind("clock 2 days ahead", _clock(TWO_DAYS_S)),
    Kind("clock 2 days back", _clock(-TWO_DAYS_S)),
)
OF_SQLITE = (
    Kind("disk full", _disk_full),
    Kind("database read-only", _file_read_only),
    Kind("database locked for 30 s", _file_locked, 30.0, 4.0),
)
SHARED = (
    Kind("PostgreSQL killed", _gone("postgres"), 1.0),
    Kind("PostgreSQL gone for 30 s", _gone("postgres"), 30.0, 4.0),
    Kind("PostgreSQL hangs", _hangs("postgres"), 18.0, 4.0),
    Kind("PostgreSQL read-only", _postgres_read_only),
    Kind("Redis killed", _gone("redis"), 1.0),
    Kind("Redis hangs", _hangs("redis"), 6.0, 3.0),
)


def kinds(world: World) -> tuple[Kind, ...]:
    """The faults that this world can have."""
    return EVERYWHERE + (SHARED if world.postgres else OF_SQLITE)
