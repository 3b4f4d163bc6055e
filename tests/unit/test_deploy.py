"""What deploy/ says fits together and fits the app: names, ports, settings, images, and what must stay private."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from core.paths import ROOT
from core.runs.default import CLUSTER
from pages.ui.web import WebSettings

DEPLOY = ROOT / "deploy"
HAPROXY = shutil.which("haproxy") or next(filter(Path.exists, [Path("/usr/sbin/haproxy")]), None)
RAY_PORTS = {"6379", "10001", "8265"}
IMAGE = "seven-steps:cluster"


@pytest.fixture(scope="module")
def yaml():
    if importlib.util.find_spec("yaml") is None:
        pytest.skip("PyYAML comes with requirements-cluster.txt")
    import yaml

    return yaml


@pytest.fixture(scope="module")
def compose(yaml):
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def kubernetes(yaml):
    files = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    documents = [document for file in files for document in yaml.safe_load_all(file.read_text())]
    return {(document["kind"], document["metadata"]["name"]): document for document in documents}


def pods(kubernetes):
    ray = kubernetes["RayCluster", "seven-steps-ray"]["spec"]
    return {
        "web": kubernetes["Deployment", "seven-steps-web"]["spec"]["template"],
        "head": ray["headGroupSpec"]["template"],
        "worker": ray["workerGroupSpecs"][0]["template"],
    }


def settings(container):
    return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in container["env"]}


def test_every_setting_of_ours_is_read_somewhere():
    code = "\n".join(path.read_text() for folder in ("core", "pages") for path in (ROOT / folder).rglob("*.py"))
    for path in [*DEPLOY.rglob("*.yaml"), DEPLOY / "Containerfile", DEPLOY / "example.env"]:
        for name in re.findall(r"\bSEVEN_STEPS_[A-Z_]+\b", path.read_text()):
            assert name in code, f"{path.name}: {name}"


def test_only_the_proxy_is_reachable_and_the_rest_is_on_an_internal_network(compose):
    published = {name for name, service in compose["services"].items() if "ports" in service}
    assert published == {"proxy"}
    assert compose["networks"]["back"]["internal"] is True
    for name, service in compose["services"].items():
        if name not in ("proxy", "web1", "web2"):
            assert service["networks"] == ["back"], name
    assert not any(port in str(compose["services"]["proxy"]) for port in RAY_PORTS)


def test_the_parts_of_compose_know_each_other(compose):
    services = compose["services"]
    proxy = services["proxy"]["environment"]
    for name in ("web1", "web2"):
        assert proxy[name.upper()] == f"{name}:8501"
        engine = services[name]["environment"]["SEVEN_STEPS_ENGINE"]
        assert CLUSTER.fullmatch(engine)
        host, port = engine.removeprefix("ray://").split(":")
        assert f"--ray-client-server-port={port}" in services[host]["command"]
    assert "--address=ray-head:6379" in services["ray-worker"]["command"]
    assert "--port=6379" in services["ray-head"]["command"]
    shared = ("DATABASE_URL", "SEVEN_STEPS_STATE", "RAY_AUTH_MODE", "RAY_AUTH_TOKEN")
    for name in ("web2", "ray-head", "ray-worker"):
        assert all(services[name]["environment"][key] == services["web1"]["environment"][key] for key in shared)
        assert services[name]["volumes"] == services["web1"]["volumes"]
        assert services[name]["image"] == IMAGE
    variables = re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text())
    assert set(variables) == set(re.findall(r"^(\w+)=", (DEPLOY / "example.env").read_text(), re.MULTILINE))


def test_the_parts_of_kubernetes_know_each_other(kubernetes):
    claims = {name for kind, name in kubernetes if kind == "PersistentVolumeClaim"}
    engine = settings(pods(kubernetes)["web"]["spec"]["containers"][0])["SEVEN_STEPS_ENGINE"]
    assert engine == "ray://seven-steps-ray-head-svc:10001"  # as KubeRay names the service of this cluster's head
    for part, pod in pods(kubernetes).items():
        (container,) = pod["spec"]["containers"]
        assert container["image"] == IMAGE
        assert settings(container)["SEVEN_STEPS_STATE"] == container["volumeMounts"][0]["mountPath"]
        assert settings(container)["DATABASE_URL"]["secretKeyRef"] == {"name": "seven-steps", "key": "database-url"}
        assert {volume["persistentVolumeClaim"]["claimName"] for volume in pod["spec"]["volumes"]} == claims, part
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
    claim = kubernetes["PersistentVolumeClaim", "seven-steps-state"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    backend = kubernetes["Ingress", "seven-steps-web"]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert ("Service", backend["name"]) in kubernetes


def test_learners_are_told_apart_behind_every_proxy(compose, kubernetes):
    """The rate limit is by address: the proxy's word counts, and what a browser says of itself is dropped there."""
    web = [settings(pods(kubernetes)["web"]["spec"]["containers"][0])]
    web += [compose["services"][name]["environment"] for name in ("web1", "web2")]
    for environment in web:
        assert WebSettings.of({"FORWARDED_ALLOW_IPS": environment["FORWARDED_ALLOW_IPS"]}).proxies
    subnet = compose["networks"]["front"]["ipam"]["config"][0]["subnet"]
    assert compose["services"]["web1"]["environment"]["FORWARDED_ALLOW_IPS"] == subnet
    policy = kubernetes["NetworkPolicy", "seven-steps-web"]["spec"]
    (rule,) = policy["ingress"]
    (peer,) = rule["from"]
    assert policy["podSelector"]["matchLabels"] == pods(kubernetes)["web"]["metadata"]["labels"]
    assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "ingress-nginx"}
    lines = [line.strip() for line in (DEPLOY / "haproxy.cfg").read_text().splitlines()]
    for header in ("X-Forwarded-For", "X-Forwarded-Proto"):
        told = [line for line in lines if header in line]
        assert told[0] == f"http-request del-header {header}"
        assert told[1].startswith(f"http-request set-header {header} ")


@pytest.mark.parametrize("part", ["head", "worker"])
def test_the_probes_of_ray_ask_only_what_this_image_has(kubernetes, part):
    """Without probes of ours the operator adds its own, by wget or by Ray's dashboard, and no pod becomes ready."""
    (container,) = pods(kubernetes)[part]["spec"]["containers"]
    ray = kubernetes["RayCluster", "seven-steps-ray"]["spec"]
    named = {port["name"]: port["containerPort"] for port in container["ports"]}
    opened = {int(p) for p in (6379, 10001, ray["workerGroupSpecs"][0]["rayStartParams"]["node-manager-port"])}
    assert set(named.values()) <= opened
    for probe in (container["readinessProbe"], container["livenessProbe"]):
        if "exec" in probe:
            assert probe["exec"]["command"] == ["ray", "health-check", "--address", f"127.0.0.1:{named['gcs-server']}"]
            assert probe["timeoutSeconds"] >= 10  # the command imports Ray, and one second is Kubernetes' default
        else:
            assert set(probe) & {"httpGet", "grpc"} == set()
            assert probe["tcpSocket"]["port"] in named


def test_nobody_but_web_and_ray_reaches_rays_ports(kubernetes):
    policy = kubernetes["NetworkPolicy", "seven-steps-ray"]["spec"]
    assert policy["podSelector"]["matchLabels"] == {"app": "seven-steps", "part": "ray"}
    for name in ("head", "worker"):
        assert pods(kubernetes)[name]["metadata"]["labels"] == policy["podSelector"]["matchLabels"]
    allowed = [
        (peer["podSelector"]["matchLabels"]["part"], [port["port"] for port in rule.get("ports", [])])
        for rule in policy["ingress"]
        for peer in rule["from"]
    ]
    assert allowed == [("ray", []), ("web", [10001])]
    assert kubernetes["RayCluster", "seven-steps-ray"]["spec"]["authOptions"] == {"mode": "token"}
    assert all("type" not in service["spec"] for (kind, _), service in kubernetes.items() if kind == "Service")


def test_no_secret_stands_in_a_file():
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            for line in path.read_text().splitlines():
                assert not re.search(r"(PASSWORD|TOKEN|SECRET)=\S", line), f"{path.name}: {line}"


def test_versions_are_those_of_the_requirements(kubernetes):
    wanted = re.search(r"^ray\[client\]==(\S+)$", (ROOT / "requirements-cluster.txt").read_text(), re.MULTILINE)[1]
    assert kubernetes["RayCluster", "seven-steps-ray"]["spec"]["rayVersion"] == wanted


def test_the_image_has_what_the_app_needs_and_runs_as_nobody_special():
    text = (DEPLOY / "Containerfile").read_text()
    for source in re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE):
        assert all((ROOT / name).exists() for name in source.split()), source
    assert text.index("USER 10001") < text.index("\nCMD ")
    assert "HEALTHCHECK" in text


@pytest.mark.skipif(HAPROXY is None, reason="haproxy is not installed here (make test-cluster installs it)")
def test_haproxy_takes_its_configuration():
    environment = {"BIND": "127.0.0.1:8999", "WEB1": "127.0.0.1:8998", "WEB2": "127.0.0.1:8997"}
    command = [str(HAPROXY), "-c", "-f", str(DEPLOY / "haproxy.cfg")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
