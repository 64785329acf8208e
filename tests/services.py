"""Real PostgreSQL, Redis and nginx for tests: installed programs, on loopback, with data of their
own. Without one of them its tests are skipped, and fail when CI is set."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest


def program(name: str, *folders: str) -> str:
    """Where this program is. Skips the test when it is missing; with CI set the test fails."""
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin", *folders]))
    if found is None:
        message = f"{name} is missing: `make test-services` installs it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program for as long as the block lasts; ended with SIGTERM."""
    with log.open("ab") as output:
        running = subprocess.Popen(command, stdout=output, stderr=output, cwd="/")
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait(10)


def wait_for_port(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until somebody answers."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert running.poll() is None, log.read_text(errors="replace")[-2000:]
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text(errors="replace")[-2000:])


def _as_other_user() -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    return ["runuser", "-u", "nobody", "--"]


def made_postgres(folder: Path) -> tuple[list[str], int]:
    """A new PostgreSQL in this folder: the command that starts its server, and its port."""
    bindir = [str(p) for p in Path("/usr/lib/postgresql").glob("*/bin")]
    initdb, server = program("initdb", *bindir), program("postgres", *bindir)
    port, who = free_port(), _as_other_user()
    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir()
    if who:
        shutil.chown(data, "nobody")
    made = subprocess.run(
        [*who, initdb, "-D", str(data), "-U", "bot", "-A", "trust", "--no-sync", "-E", "UTF8"],
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert made.returncode == 0, made.stderr
    options = ["-h", "127.0.0.1", "-p", str(port), "-k", "", "-c", "max_connections=100"]
    return [*who, server, "-D", str(data), *options], port


def postgres_address(port: int) -> str:
    """For SQLAlchemy."""
    return f"postgresql://bot@127.0.0.1:{port}/postgres"


def _wait_for_answer(url: str) -> None:
    """On a busy machine PostgreSQL takes connections before it answers them."""
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg2.connect(url).close()
            return
        except psycopg2.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@contextmanager
def running_postgres() -> Iterator[str]:
    """A PostgreSQL server; its SQLAlchemy address."""
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        command, port = made_postgres(Path(name))
        log = Path(name) / "log"
        with process(command, log) as running:
            wait_for_port(port, running, log)
            _wait_for_answer(postgres_address(port))
            yield postgres_address(port)


def redis_command(folder: Path, port: int) -> list[str]:
    """Starts a Redis that writes nothing to disk."""
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    return [program("redis-server"), *options]


@contextmanager
def running_redis() -> Iterator[str]:
    """A Redis server that writes nothing to disk; its address."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="redis") as name:
        log = Path(name) / "log"
        with process(redis_command(Path(name), port), log) as running:
            wait_for_port(port, running, log)
            yield f"redis://127.0.0.1:{port}/0"
