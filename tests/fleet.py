"""Several bots as they run in production: PostgreSQL, Redis, action servers, nginx in front."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.sealed import KEY
from tests.services import free_port, process, program, wait_for_port

ROOT = Path(__file__).resolve().parent.parent
NGINX = ROOT / "deploy" / "nginx.conf"
READY_WITHIN_S = 180


class Replica:
    """One process of ours; `arguments` as for python."""

    def __init__(self, name: str, folder: Path, arguments: list[str], settings: dict[str, str]):
        self.port = free_port()
        self._log = folder / f"{name}.log"
        self._arguments = [a.format(port=self.port) for a in arguments]
        self._settings = {**settings, "PORT": str(self.port)}
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it unless it runs; `wait` waits until it answers."""
        if self.process is not None and self.process.poll() is None:
            return
        with self._log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, *self._arguments],
                cwd=ROOT,
                env={**os.environ, **self._settings},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait(self, path: str) -> None:
        """Until this path is answered with 200."""
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            assert self._running().poll() is None, self._log.read_text()[-3000:]
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}{path}").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"{self._log.name}: not ready:\n{self._log.read_text()[-3000:]}")

    def kill(self) -> None:
        """kill -9."""
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, by default so that requests are finished."""
        running = self._running()
        if running.poll() is None:
            os.killpg(running.pid, how)
        running.wait(30)

    def _running(self) -> subprocess.Popen[bytes]:
        assert self.process is not None
        return self.process


class Fleet:
    """Bots and action servers behind nginx."""

    def __init__(
        self, url: str, bots: list[Replica], actions: list[Replica], database: str, folder: Path
    ) -> None:
        self.url = url
        self.bots = bots
        self.actions = actions
        self.database = database
        self.folder = folder


@contextmanager
def running_fleet(
    folder: Path, database: str, redis: str, *, bots: int = 2, actions: int = 2, hashed: bool = True
) -> Iterator[Fleet]:
    """Started and ready. `hashed`: as in deploy/, a conversation stays with its bot; without it
    nginx sends each message to the next one."""
    server = program("nginx")
    settings = {
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "RECORDS_KEY": KEY,
        "MESSAGES_PER_MINUTE": "1000000",
        "SESSIONS_PER_MINUTE": "1000000",
        "TRUSTED_PROXIES": "1",
        # The tests are about what is lost, not how long it takes on a machine with two cores.
        "ACTION_TIMEOUT_S": "30",
        "TURN_TIMEOUT_S": "60",
    }
    prepared = subprocess.run(
        [sys.executable, "-m", "bot", "prepare"],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
    )
    assert prepared.returncode == 0, prepared.stdout + prepared.stderr
    front, inner = free_port(), free_port()
    keyless = {name: value for name, value in settings.items() if name != "RECORDS_KEY"}
    if actions:
        settings["ACTION_ENDPOINT_URL"] = f"http://127.0.0.1:{inner}/webhook"
    run_actions = ["-m", "bot.rasa_parts.action_server", "{port}"]
    acting = [Replica(f"actions{n}", folder, run_actions, keyless) for n in range(actions)]
    run_bot = ["-m", "bot", "serve"]
    talking = [Replica(f"bot{n}", folder, run_bot, settings) for n in range(bots)]
    try:
        for replica in acting:
            replica.wait("/health")
        for replica in talking:
            replica.wait("/healthz")
        config = folder / "nginx.conf"
        config.write_text(_config(talking, acting, front, inner, folder, hashed=hashed))
        log = folder / "nginx.log"
        command = [server, "-c", str(config), "-e", str(folder / "nginx-error.log")]
        with process([*command, "-g", "daemon off;"], log) as running:
            wait_for_port(front, running, log)
            for replica in talking:
                replica.wait("/readyz")  # they reach the action servers through nginx
            yield Fleet(f"http://127.0.0.1:{front}", talking, acting, database, folder)
    finally:
        for replica in [*talking, *acting]:
            replica.end(signal.SIGKILL)


def _config(
    bots: list[Replica],
    actions: list[Replica],
    front: int,
    inner: int,
    folder: Path,
    *,
    hashed: bool,
) -> str:
    """deploy/nginx.conf with the addresses of this test."""
    text = NGINX.read_text(encoding="utf-8")

    def servers(replicas: list[Replica]) -> str:
        ports = [replica.port for replica in replicas] or [9]
        return "".join(f"server 127.0.0.1:{p} max_fails=1 fail_timeout=1s;\n" for p in ports)

    text = _replaced(text, r"server bot:5005 [^;]*;", servers(bots))
    text = _replaced(text, r"server actions:5055 [^;]*;", servers(actions))
    text = _replaced(text, r"listen 8080;", f"listen 127.0.0.1:{front};")
    text = _replaced(text, r"listen 5055;", f"listen 127.0.0.1:{inner};")
    text = _replaced(text, r"access_log /dev/stdout", f"access_log {folder}/access.log")
    text = _replaced(text, "proxy_read_timeout 3s;", "proxy_read_timeout 30s;")
    text = _replaced(
        text, "proxy_read_timeout 30s;\n            # A", "proxy_read_timeout 60s;\n # A"
    )
    text = text.replace("/tmp/nginx", f"{folder}/nginx")
    return text if hashed else _replaced(text, r"hash \$http_authorization consistent;", "")


def _replaced(text: str, pattern: str, by: str) -> str:
    changed, count = re.subn(pattern, by.replace("\\", r"\\"), text)
    assert count == 1, f"deploy/nginx.conf: {count} times {pattern}"
    return changed
