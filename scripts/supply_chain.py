"""What is installed and under which licences: `python -m scripts.supply_chain sbom | licences`.

Read from requirements.txt and from what the installed packages say of themselves. The same lock
gives the same files. No address of a registry is written: packages are named by purl.
"""

from __future__ import annotations

import json
import re
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

import yaml
from cyclonedx.factory.license import LicenseChoiceFactory, LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot4
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.txt"
REVIEW = ROOT / "docs" / "licences-review.yml"
LICENCES, SBOM = ROOT / "docs" / "licences.md", ROOT / "docs" / "sbom.cdx.json"
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
_CLASSIFIER = "License :: "
# Licences that ask something of those who pass the work on, beside naming its authors.
COPYLEFT = re.compile(r"(?<![A-Za-z])(?:A|L)?GPL|MPL|Mozilla|EUPL|CDDL|EPL|Affero", re.IGNORECASE)


@dataclass(frozen=True)
class Package:
    """One pin, and its licence as its metadata say (or as docs/licences-review.yml found)."""

    name: str
    version: str
    licence: str

    @property
    def is_copyleft(self) -> bool:
        """Does it need a reason?"""
        return COPYLEFT.search(self.licence) is not None


def pins() -> list[tuple[str, str]]:
    """Name and version of everything in requirements.txt."""
    return sorted(_PIN.findall(LOCK.read_text(encoding="utf-8")))


def review() -> dict[str, dict[str, str]]:
    """`found`: licences that metadata do not tell; `reasons`: why a copyleft one is no problem."""
    read: dict[str, dict[str, str]] = yaml.safe_load(REVIEW.read_text(encoding="utf-8"))
    return read


def packages() -> list[Package]:
    """All pins with their licences. Raises LookupError with the names that have none."""
    found = review()["found"]
    made = [Package(n, v, found.get(n) or _licence(n)) for n, v in pins()]
    unknown = [package.name for package in made if not package.licence]
    if unknown:
        raise LookupError(f"no licence known of {', '.join(unknown)}: read it in the package and "
                          f"write it into {REVIEW.name}, `found`")  # fmt: skip
    return made


def _licence(name: str) -> str:
    try:
        told = metadata(name)
    except PackageNotFoundError as error:
        raise LookupError(f"{name} is not installed: `make setup`, then again") from error
    expression = told.get("License-Expression")
    if expression:
        return str(expression)
    kinds = [c.rpartition(" :: ")[2] for c in told.get_all("Classifier") or ()
             if c.startswith(_CLASSIFIER) and c != "License :: OSI Approved"]  # fmt: skip
    if kinds:
        return "; ".join(kinds)
    written = (told.get("License") or "").strip()
    return "" if "\n" in written or len(written) > 60 or written == "UNKNOWN" else written


def licence_list() -> str:
    """docs/licences.md."""
    listed, reasons = packages(), review()["reasons"]
    without = [p.name for p in listed if p.is_copyleft and p.name not in reasons]
    if without:
        raise LookupError(f"say in {REVIEW.name}, `reasons`, why these may be used: "
                          f"{', '.join(without)}")  # fmt: skip
    return "\n".join(_lines(listed, reasons)) + "\n"


def _lines(listed: list[Package], reasons: dict[str, str]) -> Iterator[str]:
    yield "# Licences of what is installed"
    yield ""
    yield "Written by `make licences` (scripts/supply_chain.py) from requirements.txt, from what"
    yield "the packages say of themselves, and from docs/licences-review.yml; do not edit."
    yield "AfterALL itself: Apache-2.0 (LICENSE). What content/ says names its own sources."
    yield ""
    yield "## Copyleft, each with the reason why it may be used"
    yield ""
    yield "| package | licence | reason |"
    yield "|---|---|---|"
    for package in listed:
        if package.is_copyleft:
            name, why = f"{package.name} {package.version}", reasons[package.name]
            yield f"| {name} | {package.licence} | {why} |"
    yield ""
    yield f"## All {len(listed)}"
    yield ""
    yield "| package | licence |"
    yield "|---|---|"
    for package in listed:
        yield f"| {package.name} {package.version} | {package.licence} |"


def bill_of_materials() -> str:
    """docs/sbom.cdx.json: CycloneDX 1.4. Hashes of the files stand in requirements.txt."""
    choices = LicenseChoiceFactory(license_factory=LicenseFactory())
    bom = Bom()
    digest = uuid.uuid5(uuid.NAMESPACE_URL, LOCK.read_text(encoding="utf-8"))
    bom.serial_number = digest
    bom.metadata.timestamp = datetime(2026, 1, 1, tzinfo=timezone.utc)
    bom.metadata.tools.clear()
    bom.metadata.component = Component(
        name="afterall", type=ComponentType.APPLICATION, bom_ref="afterall",
        licenses=[choices.make_from_string("Apache-2.0")],
    )  # fmt: skip
    for package in packages():
        purl = PackageURL("pypi", name=package.name.lower(), version=package.version)
        bom.components.add(
            Component(
                name=package.name,
                version=package.version,
                purl=purl,
                bom_ref=str(purl),
                licenses=[choices.make_from_string(package.licence)],
            )
        )
    made: dict[str, Any] = json.loads(JsonV1Dot4(bom).output_as_string())
    made["components"].sort(key=lambda component: component["bom-ref"])
    # When it was made says nothing: what it says follows from the lock alone.
    del made["metadata"]["timestamp"]
    made.pop("dependencies", None)
    return json.dumps(made, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write the file that was asked for."""
    made = {"sbom": (SBOM, bill_of_materials), "licences": (LICENCES, licence_list)}
    if len(sys.argv) != 2 or sys.argv[1] not in made:
        sys.stderr.write(f"which? one of {', '.join(made)}\n")
        return 2
    path, make = made[sys.argv[1]]
    try:
        path.write_text(make(), encoding="utf-8")
    except LookupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
