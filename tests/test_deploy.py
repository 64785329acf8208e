"""deploy/: what cannot be run here is well formed, locked down, and refers to what exists."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import jsonschema
import pytest
import yaml

from bot.settings import Settings
from tests.services import program

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
MANIFESTS = list(yaml.safe_load_all((DEPLOY / "kubernetes/afterall.yml").read_text()))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text())
# Only its schemas are used: its program needs a newer `referencing` than Rasa allows.
PACKAGE = importlib.util.find_spec("kubernetes_validate")
assert PACKAGE is not None and PACKAGE.origin is not None
SCHEMAS = Path(PACKAGE.origin).parent / "kubernetes-json-schema" / "v1.33.0-local-strict"


def _schema(manifest: dict[str, Any]) -> Path:
    group, _, version = manifest["apiVersion"].rpartition("/")
    parts = [manifest["kind"].lower(), group.split(".")[0], version]
    return SCHEMAS / ("-".join(part for part in parts if part) + ".json")


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda m: m["kind"])
def test_manifests_follow_the_schemas_of_kubernetes(manifest: dict[str, Any]) -> None:
    schema = json.loads(_schema(manifest).read_text())
    definitions = json.loads((SCHEMAS / "_definitions.json").read_text())
    at = urljoin(schema["$id"], "_definitions.json")  # read from the package, not from there
    resolver = jsonschema.RefResolver(schema["$id"], schema, store={at: definitions})
    jsonschema.Draft7Validator(schema, resolver=resolver).validate(manifest)


def test_the_schemas_refuse_what_is_wrong() -> None:
    (deployment,) = [m for m in MANIFESTS if m["kind"] == "Deployment"]
    wrong = json.loads(json.dumps(deployment))
    wrong["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    with pytest.raises(jsonschema.ValidationError):
        test_manifests_follow_the_schemas_of_kubernetes(wrong)


def _pods() -> list[dict[str, Any]]:
    return [m["spec"]["template"]["spec"] for m in MANIFESTS if m["kind"] in ("Deployment", "Job")]


@pytest.mark.parametrize("pod", _pods(), ids=lambda pod: pod["containers"][0]["name"])
def test_pods_are_locked_down(pod: dict[str, Any]) -> None:
    assert pod["securityContext"]["runAsNonRoot"] is True
    (container,) = pod["containers"]
    locked = container["securityContext"]
    assert locked["readOnlyRootFilesystem"] and not locked["allowPrivilegeEscalation"]
    assert locked["capabilities"] == {"drop": ["ALL"]}


def test_names_and_selectors_of_manifests_fit() -> None:
    by_kind = {m["kind"]: m for m in MANIFESTS}
    labels = by_kind["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert by_kind["Service"]["spec"]["selector"] == labels
    assert by_kind["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    path = by_kind["Ingress"]["spec"]["rules"][0]["http"]["paths"][0]
    assert path["backend"]["service"]["name"] == by_kind["Service"]["metadata"]["name"]
    target = by_kind["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"]
    assert target == by_kind["Deployment"]["metadata"]["name"]


@pytest.mark.parametrize("name", [n for n in COMPOSE["services"] if n != "postgres"])
def test_services_of_compose_are_locked_down(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["user"] not in ("0", "root")
    assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_services_of_compose_refer_to_what_exists(name: str) -> None:
    service = COMPOSE["services"][name]
    known = {
        "image", "build", "environment", "user", "read_only", "tmpfs", "cap_drop", "security_opt",
        "restart", "volumes", "healthcheck", "command", "depends_on", "deploy", "ports",
    }  # fmt: skip
    assert set(service) <= known
    for other, condition in service.get("depends_on", {}).items():
        assert other in COMPOSE["services"]
        is_health = condition["condition"] == "service_healthy"
        has_own_check = "build" in COMPOSE["services"][other]  # in its Dockerfile
        assert not is_health or "healthcheck" in COMPOSE["services"][other] or has_own_check
    if "build" in service:
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        assert {key.lower() for key in service["environment"]} <= set(Settings.__fields__)
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:")


@pytest.mark.parametrize("file", sorted(DEPLOY.glob("*.Dockerfile")), ids=lambda f: f.name)
def test_images_copy_what_exists_and_run_as_nobody(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M):
        for source in sources.split():
            assert (ROOT / source).exists(), source
    last = text[text.rindex("FROM ") :]
    assert "USER 65534:65534" in last or "ARG BOT=afterall-bot" in text
    assert not re.search(r"https?://(?!127\.0\.0\.1)", text)


def test_nginx_accepts_its_configuration(tmp_path: Path) -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    text = re.sub(r"server (bot|actions):", "server 127.0.0.1:", text)
    config = tmp_path / "nginx.conf"
    config.write_text(text.replace("/tmp/nginx", f"{tmp_path}/nginx"))
    command = [program("nginx"), "-t", "-c", str(config), "-e", str(tmp_path / "error.log")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_no_image_holds_a_key() -> None:
    for file in DEPLOY.glob("*.Dockerfile"):
        for line in file.read_text().splitlines():
            if line.startswith("RUN") and "-m bot prepare" in line:
                assert line.endswith("&& rm var/records.key"), file.name


def test_the_proxy_passes_no_figures_on() -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    block = re.search(r"location = /metrics \{\s*return 404;\s*\}", text)
    assert block is not None and block.start() < text.index("location / {")


def test_a_pod_is_not_taken_out_because_the_database_is_gone() -> None:
    """It still shows care cards; only a new one waits until it can do everything."""
    probes = [
        container
        for manifest in MANIFESTS
        if manifest["kind"] == "Deployment"
        for container in manifest["spec"]["template"]["spec"]["containers"]
        if "bot" in container["image"]
    ]
    assert probes
    for container in probes:
        assert container["startupProbe"]["httpGet"]["path"] == "/readyz"
        assert container["readinessProbe"]["httpGet"]["path"] == "/healthz"
        assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
