#!/usr/bin/env python3
"""What says how we are deployed agrees with the programs: settings that exist, ports of the table, valid manifests."""

import json, os, pathlib, re, shutil, subprocess, tempfile

from harness import BIN, PORTS, Skip, eventually, run, variable

try:
    import kustomize, yaml
except ImportError:
    yaml = None
try:
    import kubernetes_validate
except ImportError:
    kubernetes_validate = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
STORES = {"frontend": "3000", "postgres": "5432", "redis": "6379", "kafka": "9094", "prometheus": "9090",
          "grafana": "4000", "jaeger": "16686"}


def read(path):
    if not yaml:
        raise Skip("the Python module yaml is not installed")

    class Loader(yaml.SafeLoader):
        """With compose's own tags: what they mark is read as if they were not there."""
    for tag in ("!reset", "!override"):
        Loader.add_constructor(tag, lambda loader, node: loader.construct_object(
            yaml.SequenceNode("tag:yaml.org,2002:seq", node.value)) if isinstance(node, yaml.SequenceNode) else None)
    return list(yaml.load_all((ROOT / path).read_text(), Loader))


def example():
    return subprocess.run([BIN.resolve() / "tradewind", "config", "--example"], capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"]}, timeout=60).stdout


def knows(name):
    """Whether a setting of this name is declared: by itself, as an alias, or as one of a family."""
    page = (ROOT / "docs/configuration.md").read_text()
    declared = {found for row in re.findall(r"^\| (`.*?) \|", page, re.M) for found in re.findall(r"`([^`]+)`", row)}
    families = [re.escape(it).replace("<NAME>", "[A-Z_]+") for it in declared if it.startswith("<NAME>")]
    return name in declared or any(re.fullmatch(family, name) for family in families)


def expect_settings(names, where):
    unknown = [name for name in names if not knows(name)]
    assert names and not unknown, f"{where} sets what no program reads: {unknown}"


def the_example_is_fresh():
    assert example() == (ROOT / ".env.example").read_text(), ".env.example is stale: run `make docs`"


def compose_sets_what_programs_read():
    for file in ("docker-compose.yml", "docker-compose.redis.yml", "docker-compose.prod.yml"):
        (document,) = read(file)
        for name in PORTS:
            expect_settings(document["services"][name].get("environment", {}), f"{file}, {name}")


def compose_keeps_the_port_table():
    (document,) = read("docker-compose.yml")
    services = document["services"]
    assert set(services) == set(PORTS) | set(STORES), set(services)
    for name, port in PORTS.items():
        service = services[name]
        assert service["command"] == [f"tradewind-{name}"] and service["environment"]["PORT"] == str(port), name
        assert service["ports"] == [f"${{BIND_ADDRESS:-127.0.0.1}}:{port}:{port}"], name
        assert service["healthcheck"]["test"] == ["CMD", "ready", str(port)], name
    for name, port in STORES.items():
        assert [it.split(":")[-2] for it in services[name]["ports"]] == [port], name
    urls = services["gateway"]["environment"]
    for name, port in PORTS.items():
        if name != "gateway":
            assert urls[variable(name)] == f"http://{name}:{port}"


def compose_is_bounded():
    services = read("docker-compose.yml")[0]["services"]
    for name, service in services.items():
        assert service["restart"] == "unless-stopped" and "no-new-privileges:true" in service["security_opt"], name
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}, name
        assert "healthcheck" in service or name == "jaeger", f"{name}: its image has nothing to ask itself with"
        assert ":latest" not in service["image"], name


def production_asks_for_every_secret():
    services = read("docker-compose.prod.yml")[0]["services"]
    for name in PORTS:
        settings = services[name]["environment"]
        for secret in ("JWT_SECRET", "API_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"):
            assert settings[secret].startswith(f"${{{secret}:?"), f"{name}: {secret} may be missing"
        assert settings["APP_ENV"] == "production" and settings["AUTH_REQUIRED"] == "true"
    for name in ("prometheus", "grafana", "jaeger"):
        assert all(port.startswith("${OPERATORS_ADDRESS:-127.0.0.1}:") for port in services[name]["ports"]), name


def every_service_has_a_database():
    made = set(re.search(r"for name in (.*); do", (ROOT / "infra/postgres/databases.sh").read_text())[1].split())
    assert made == set(PORTS) - {"gateway"} | {"messages"}, made


def the_image_holds_what_the_build_needs():
    """What is copied and compiled is in the context of the build; what compose mounts is in the checkout."""
    context = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = re.findall(r"^COPY (?!--from)(\S+)", (ROOT / "Dockerfile").read_text(), re.M)
    compiled = re.findall(r'path: "([^"\\]+)', (ROOT / "Package.swift").read_text())
    for path in copied + compiled:
        assert (ROOT / path).exists(), path
        assert any(path.rstrip("/").startswith(line) for line in context), f"{path} is not in the build's context"
    for service in read("docker-compose.yml")[0]["services"].values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            assert not source.startswith(".") or (ROOT / source).exists(), mount


def promtool(*arguments):
    if not shutil.which("promtool"):
        raise Skip("promtool is not installed")
    result = subprocess.run(
        ["promtool", *arguments], cwd=ROOT / "infra/prometheus", capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr


def prometheus_asks_everybody():
    jobs = {job["job_name"]: job for job in read("infra/prometheus/prometheus.yml")[0]["scrape_configs"]}
    asked = {it["labels"]["service"]: it["targets"] for it in jobs["tradewind"]["static_configs"]}
    assert asked == {name: [f"{name}:{port}"] for name, port in PORTS.items()}, asked


def the_memory_rule_knows_the_limit():
    services = read("docker-compose.yml")[0]["services"]
    limits = {services[name]["deploy"]["resources"]["limits"]["memory"] for name in PORTS}
    megabytes = int(re.search(r"vector\((\d+) \* 2\^20\)", (ROOT / "infra/prometheus/alerts.yml").read_text())[1])
    assert limits == {f"{megabytes}M"}, limits


def panels_show_metrics_that_exist():
    """Each metric that a rule or a panel asks for is in the code."""
    board = json.loads((ROOT / "infra/grafana/dashboards/tradewind.json").read_text())
    assert board["refresh"] == "10s"
    groups = read("infra/prometheus/alerts.yml")[0]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    recorded = {rule["record"] for rule in rules if "record" in rule}
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    code = "".join(path.read_text() for path in (ROOT / "Sources").rglob("*.swift"))
    for expression in asked + [rule["expr"] for rule in rules]:
        bare = re.sub(r'"[^"]*"|\{[^}]*\}|\b(?:by|without)\s*\([^)]*\)|\[\w+\]', "", expression)
        for name in re.findall(r"[a-z_]\w*(?::\w+)*", bare):
            if "_" not in name and ":" not in name or name.startswith("histogram_quantile"):
                continue
            known = re.sub(r"_(bucket|count|sum)$", "", name)
            assert name in recorded or f'"{known}"' in code, f"{name} in: {expression}"


def render_sets_what_programs_read():
    (blueprint,) = read("render.yaml")
    (group,) = blueprint["envVarGroups"]
    assert group["name"] == "Groupito"
    expect_settings([it["key"] for it in group["envVars"]], "render.yaml, Groupito")
    services = {it["name"].removeprefix("tradewind-"): it for it in blueprint["services"]}
    assert set(PORTS) <= set(services) and "dashboard" in services, set(services)
    for name, service in services.items():
        if service.get("runtime") != "static":
            assert service["region"] == "frankfurt", name
        if name in PORTS:
            assert f"tradewind-{name}" in service["dockerCommand"] and service["autoDeployTrigger"] == "commit", name
            assert {"fromGroup": "Groupito"} in service["envVars"], name
            settings = {it["key"]: it for it in service["envVars"] if "key" in it and not it["key"].endswith("_AT")}
            settings |= dict.fromkeys(re.findall(r"\b([A-Z_]+)=", service["dockerCommand"]))
            expect_settings(settings, f"render.yaml, {name}")
            assert settings["PORT"]["value"] == str(PORTS[name]), name


def manifests(overlay):
    if not yaml:
        raise Skip("the Python module yaml is not installed")
    return kustomize.build(ROOT / "infra/k8s/overlays" / overlay)


def kubectl_makes_the_same():
    """What the tests look at is what a cluster would get, but for the digests in names and the order."""
    if not shutil.which("kubectl"):
        raise Skip("kubectl is not installed")
    for overlay in ("development", "production"):
        built = subprocess.run(["kubectl", "kustomize", ROOT / "infra/k8s/overlays" / overlay],
                               capture_output=True, text=True, timeout=60)
        assert built.returncode == 0, built.stderr
        theirs = list(yaml.safe_load_all(built.stdout))
        for name in {it["metadata"]["name"] for it in theirs if it["kind"] in ("ConfigMap", "Secret")}:
            plain = re.sub(r"-[a-z0-9]{10}$", "", name)
            theirs = json.loads(json.dumps(theirs).replace(f'"{name}"', f'"{plain}"'))
        named = lambda documents: {(it["kind"], it["metadata"]["name"]): it for it in documents}
        ours, theirs = named(manifests(overlay)), named(theirs)
        differing = [key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)]
        assert not differing, f"{overlay}: {differing}"


def validate(documents):
    if not kubernetes_validate:
        raise Skip("the Python module kubernetes-validate is not installed")
    for document in documents:
        kubernetes_validate.validate(document, "1.31", strict=True)


def the_overlay_is_valid(overlay):
    documents = manifests(overlay)
    validate(documents)
    kinds = {(it["kind"], it["metadata"]["name"]): it for it in documents}
    config = next(it for (kind, name), it in kinds.items() if kind == "ConfigMap" and name == "tradewind")
    expect_settings(config["data"], f"infra/k8s, {overlay}")
    for name, port in PORTS.items():
        assert config["data"].get(variable(name), f"http://{name}:{port}") == f"http://{name}:{port}"
        pod = kinds["Deployment", name]["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert container["command"] == [f"tradewind-{name}"]
        assert container["ports"] == [{"name": "http", "containerPort": port}]
        assert container["securityContext"]["readOnlyRootFilesystem"] and pod["securityContext"]["runAsNonRoot"]
        assert {"livenessProbe", "readinessProbe", "startupProbe", "resources"} <= container.keys(), name
        assert container["envFrom"][0]["configMapRef"]["name"] == config["metadata"]["name"]
        assert kinds["Service", name]["spec"]["ports"][0]["port"] == port
        assert ("HorizontalPodAutoscaler", name) in kinds and ("PodDisruptionBudget", name) in kinds
    assert ("Ingress", "gateway") in kinds and ("NetworkPolicy", "nobody") in kinds


def secrets_of_kubernetes_exist():
    text = (ROOT / "infra/k8s/overlays/production/secrets.env.example").read_text()
    expect_settings(re.findall(r"^([A-Z_]+)=", text, re.M), "secrets.env.example")


def local_processes_follow_the_code():
    """scripts/dev in a folder where building is copying, and a program a few lines of shell."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for place in ("scripts", "tools", "Sources/Programs/tradewind", ".build/debug"):
            (root / place).mkdir(parents=True)
        shutil.copy(ROOT / "scripts/dev", root / "scripts/dev")
        compiler, source = root / "tools/swift", root / "Sources/Programs/tradewind/main.swift"
        compiler.write_text("#!/bin/sh\nsh -n Sources/Programs/tradewind/main.swift && cp --preserve=mode "
                            "Sources/Programs/tradewind/main.swift .build/debug/tradewind\n")
        compiler.chmod(0o755)

        def program(word):
            draft = root / "draft"
            draft.write_text(f"#!/bin/sh\necho {word} >> said\nexec sleep 600\n")
            draft.chmod(0o755)
            draft.rename(source)

        said = lambda: (root / "said").read_text().split() if (root / "said").exists() else []
        program("one")
        environment = {"PATH": f"{root}/tools:{os.environ['PATH']}"}
        follower = subprocess.Popen([root / "scripts/dev"], env=environment, stdout=subprocess.PIPE, text=True)
        try:
            eventually(lambda: said() == ["one"], 20, "a start")
            program("two")
            eventually(lambda: said() == ["one", "two"], 20, "a restart with the change")
            source.write_text("if then\n")
            for line in follower.stdout:
                if "left alone" in line:
                    break
            subprocess.run([root / "scripts/dev", "restart", "users"], env=environment, check=True, timeout=20)
            eventually(lambda: said() == ["one", "two", "two"], 20, "a restart that was asked for")
            subprocess.run([root / "scripts/dev", "stop"], env=environment, check=True, timeout=20)
            assert follower.wait(20) == 0
        finally:
            follower.kill()
            follower.wait()
            follower.stdout.close()


run([
    (".env.example says what the code says", the_example_is_fresh),
    ("compose sets what programs read", compose_sets_what_programs_read),
    ("compose keeps the port table", compose_keeps_the_port_table),
    ("compose bounds everybody", compose_is_bounded),
    ("production asks for every secret", production_asks_for_every_secret),
    ("every service has a database", every_service_has_a_database),
    ("the images find their files", the_image_holds_what_the_build_needs),
    ("promtool accepts what Prometheus is told", lambda: promtool("check", "config", "prometheus.yml")),
    ("alerts fire when they should, and only then", lambda: promtool("test", "rules", "alerts.test.yml")),
    ("Prometheus asks everybody", prometheus_asks_everybody),
    ("the rule about memory knows the limit", the_memory_rule_knows_the_limit),
    ("panels and rules ask for metrics that exist", panels_show_metrics_that_exist),
    ("Render's blueprint sets what programs read", render_sets_what_programs_read),
    ("Kubernetes accepts the development overlay, and it fits us", lambda: the_overlay_is_valid("development")),
    ("Kubernetes accepts the production overlay, and it fits us", lambda: the_overlay_is_valid("production")),
    ("kubectl makes the same of them as the tests do", kubectl_makes_the_same),
    ("the secrets of Kubernetes are settings", secrets_of_kubernetes_exist),
    ("local processes follow the code", local_processes_follow_the_code),
])
