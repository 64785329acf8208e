"""No text makes a regular expression slow: each is timed on texts made of its own parts.

The whole table: `make redos`, docs/regular-expressions.md.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from benchmarks.redos import BOUND_MS, SIZE, Expression, hostile, measure
from tests.services import program

ROOT = Path(__file__).resolve().parents[2]
# styles.js reads its own style sheet only.
WEB = sorted(file for file in (ROOT / "web").glob("*.js") if file.name != "styles.js")
# A regular expression after what can stand before one in JavaScript.
_IN_JS = re.compile(r"(?:[(=>,:?&|]|return)\s*/((?:[^/\\\n\[*]|\\.|\[(?:[^\]\\\n]|\\.)+\])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)+\])*)/([gimsu]*)[.,;) ]")  # fmt: skip  # noqa: E501


def test_each_is_below_the_bound_and_none_is_forgotten() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.redos", "--quick", "--sentences", "3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert int(done.stdout.split()[0]) > 1000, "those that are built from content are there"


def test_those_of_the_widget(tmp_path: Path) -> None:
    found = [match for file in WEB for match in _IN_JS.findall(file.read_text(encoding="utf-8"))]
    assert len(found) >= 12
    jobs = [[p, f.replace("g", ""), hostile(re.compile(p.replace("\\/", "/")))] for p, f in found]
    (tmp_path / "jobs.json").write_text(json.dumps(jobs), encoding="utf-8")
    script = """
        const jobs = JSON.parse(require("fs").readFileSync(process.argv[1]));
        for (const [pattern, flags, texts] of jobs) {
          const one = new RegExp(pattern, flags);
          let worst = 0;
          for (const text of texts) {
            const begun = process.cpuUsage().user;
            one.test(text);
            worst = Math.max(worst, (process.cpuUsage().user - begun) / 1000);
          }
          console.log(JSON.stringify([pattern, worst]));
        }"""
    node = [program("node"), "-e", script, str(tmp_path / "jobs.json")]
    done = subprocess.run(node, capture_output=True, text=True, check=True, timeout=120)
    slow = [line for line in map(json.loads, done.stdout.splitlines()) if line[1] > BOUND_MS]
    assert len(done.stdout.splitlines()) == len(found)
    assert slow == []


def test_what_blows_up_is_seen() -> None:
    bad = Expression(re.compile(r"\s+$"), "here", frozenset({"search"}))
    measure(bad, hostile(bad.pattern))
    assert bad.worst_ms > BOUND_MS


def test_what_is_harmless_is_not_blamed() -> None:
    good = Expression(re.compile(r"(?<!\s)\s+(?:and|or)\b"), "here", frozenset({"search"}))
    texts = hostile(good.pattern)
    measure(good, texts)
    assert max(map(len, texts)) == SIZE
    assert good.worst_ms < BOUND_MS


def test_what_never_ends_is_broken_off() -> None:
    bad = Expression(re.compile("(a+)+b"), "here", frozenset({"search"}))
    measure(bad, ["a" * 40 + "\x01"])
    assert bad.worst_ms > BOUND_MS
