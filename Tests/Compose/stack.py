#!/usr/bin/env python3
"""The whole system in containers, as docker-compose.yml says: built, started, tried from outside, ended, begun again.

    Tests/Compose/stack.py          (make compose-test)

Needs a Docker engine, and takes minutes. It is a project of its own at a loopback address of its own, so that it runs
beside whatever else runs here; at the end, its containers and its data are gone.
"""

import json, os, pathlib, subprocess, sys, tempfile, time, urllib.error, urllib.parse, urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "Interop"))
from harness import PORTS, eventually, run

ROOT = pathlib.Path(__file__).parents[2]
ADDRESS = "127.77.0.1"
SERVICES = list(PORTS)
SECRETS = {
    "JWT_SECRET": "only-for-this-test-" * 3, "API_KEY": "a-key-for-this-test-" * 3,
    "POSTGRES_PASSWORD": "tradewind", "REDIS_PASSWORD": "a password: with/signs@in#it",
}
ENVIRONMENT = os.environ | {
    "COMPOSE_PROJECT_NAME": "tradewind-test", "BIND_ADDRESS": ADDRESS, "OPERATORS_ADDRESS": ADDRESS,
    "TRADEWIND_TAG": os.environ.get("TRADEWIND_TAG", "test"), "COMPOSE_PROGRESS": "plain",
}


def compose(*arguments, overlays=(), minutes=5, fails=False, **settings):
    files = ["docker-compose.yml", *overlays, *filter(None, [os.environ.get("COMPOSE_TEST_OVERLAY")])]
    command = ["docker", "compose", *(word for file in files for word in ("-f", file)), *arguments]
    result = subprocess.run(
        command, cwd=ROOT, env=ENVIRONMENT | settings, timeout=minutes * 60, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert (result.returncode != 0) == fails, f"{' '.join(command)}\n{result.stdout[-4000:]}"
    return result.stdout


def up(**more):
    compose("up", "--detach", "--no-build", "--wait", "--wait-timeout", "240", **more)


def ask(url, body=None, token=None):
    head = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    content = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(f"http://{ADDRESS}:{url}", content, head), timeout=10) as answer:
        return answer.read()


def status(url, **more):
    try:
        ask(url, **more)
        return 200
    except urllib.error.HTTPError as refusal:
        return refusal.code


def demo():
    walk = subprocess.run(
        ["scripts/demo", f"http://{ADDRESS}:3005"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert walk.returncode == 0, walk.stdout + walk.stderr


def containers():
    ids = compose("ps", "--quiet").split()
    return json.loads(subprocess.check_output(["docker", "inspect", *ids], env=ENVIRONMENT))


def query(expression):
    found = json.loads(ask("9090/api/v1/query?" + urllib.parse.urlencode({"query": expression})))
    return found["data"]["result"]


def images_build():
    compose("build", "gateway", "frontend", minutes=40)


def everything_gets_healthy():
    up()
    health = {it["Config"]["Labels"]["com.docker.compose.service"]: it["State"]["Health"]["Status"]
              for it in containers()}
    assert set(health) >= {*SERVICES, "frontend", "postgres", "redis", "kafka", "prometheus"}, health
    assert set(health.values()) == {"healthy"}, health


def services_own_nothing():
    for container in containers():
        name = container["Config"]["Labels"]["com.docker.compose.service"]
        host = container["HostConfig"]
        if name in SERVICES + ["frontend"]:
            assert container["Config"]["User"] not in ("", "0", "root"), name
            assert host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"], name
        assert host["Memory"] and host["RestartPolicy"]["Name"] == "unless-stopped", name


def the_demo_passes():
    demo()
    overview = json.loads(ask("3005/api/overview"))
    assert not overview["isPartial"], overview["missing"]


def the_dashboard_is_there():
    for port in (3000, 3005):
        assert b"<!doctype html>" in ask(f"{port}/").lower()
    assert json.loads(ask("3000/api/overview"))["services"]


def prometheus_sees_everybody():
    def all_up():
        targets = json.loads(ask("9090/api/v1/targets"))["data"]["activeTargets"]
        return {it["health"] for it in targets} == {"up"} and len(targets) == len(SERVICES) + 1
    eventually(all_up, 30, "every target up")
    rules = json.loads(ask("9090/api/v1/rules"))["data"]["groups"]
    assert sum(len(group["rules"]) for group in rules) == 11
    assert {rule["health"] for group in rules for rule in group["rules"]} <= {"ok", "unknown"}


def every_panel_has_figures():
    board = json.loads((ROOT / "infra/grafana/dashboards/tradewind.json").read_text())
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            eventually(lambda: query(target["expr"]), 60, f"a figure of {panel['title']}")


def users():
    return {user["id"] for user in json.loads(ask("3005/api/users"))}


def data_stays():
    before = users()
    compose("down")
    up()
    assert before and users() == before
    demo()


def a_backup_comes_back():
    """Over a user who came after it."""
    before = users()
    with tempfile.TemporaryDirectory() as folder:
        def script(name):
            result = subprocess.run([f"scripts/{name}", "--compose", f"{folder}/kept"], cwd=ROOT, env=ENVIRONMENT,
                                    timeout=300, text=True, stdin=subprocess.DEVNULL, capture_output=True)
            return result.returncode, result.stdout + result.stderr
        code, said = script("backup")
        assert code == 0 and "orders.sql.gz" in said, said
        demo()
        assert users() > before
        code, said = script("restore")
        assert code == 1 and "stop the services first" in said, said
        compose("stop", "users", "orders", "payments", "channels", "auth")
        code, said = script("restore")
        assert code == 0, said
    up()
    assert users() == before
    demo()


def redis_alone_will_do():
    compose("down")
    up(overlays=["docker-compose.redis.yml"])
    assert "kafka" not in compose("ps", "--services", overlays=["docker-compose.redis.yml"])
    demo()
    compose("down", overlays=["docker-compose.redis.yml"])


def production_wants_secrets():
    production = {"overlays": ["docker-compose.prod.yml"]}
    for missing in SECRETS:
        given = SECRETS | {missing: ""}
        assert missing in compose("config", "--quiet", fails=True, **production, **given)
    up(**production, **SECRETS)
    assert status("3005/api/users") == 401 and status("3005/api/orders", token="nonsense") == 401
    person = {"email": f"ada+{time.time_ns()}@example.com", "name": "Ada", "password": "SecurePass123!"}
    token = json.loads(ask("3005/api/auth/register", person))["accessToken"]
    assert status("3005/api/auth/me", token=token) == 200
    for port in (3001, 5432, 6379, 9094):
        try:
            ask(f"{port}/health/live")
        except OSError:
            continue
        raise AssertionError(f"{port} can be reached from outside")


def deploy(tag, overlay=None):
    files = ["docker-compose.yml", "docker-compose.prod.yml", *filter(None, [overlay])]
    return subprocess.run(
        ["scripts/deploy"], cwd=ROOT, timeout=2400, text=True, stdin=subprocess.DEVNULL,
        env=ENVIRONMENT | SECRETS | {"COMPOSE_FILE": ":".join(files), "TRADEWIND_TAG": tag},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def a_deployment_goes_back():
    good, bad = ENVIRONMENT["TRADEWIND_TAG"], ENVIRONMENT["TRADEWIND_TAG"] + "-sick"
    result = deploy(good)
    assert result.returncode == 0 and f"http://{ADDRESS}:3005" in result.stdout, result.stdout[-4000:]
    image = os.environ.get("TRADEWIND_IMAGE", "tradewind")
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as overlay:
        # A version whose programs say that all is well, and which never gets ready.
        never = f"FROM {image}:{good} AS tradewind\nUSER 0\nRUN ln -sf /bin/false /usr/local/bin/ready\nUSER 10001\n"
        json.dump({"services": {"gateway": {"build": {"dockerfile_inline": never}}}}, overlay)
        overlay.flush()
        result = deploy(bad, overlay.name)
    subprocess.run(["docker", "image", "rm", f"{image}:{bad}", f"{image}-frontend:{bad}"], capture_output=True)
    assert result.returncode == 1 and f"{good} runs as before" in result.stdout, result.stdout[-4000:]
    assert status("3005/api/users") == 401
    assert {it["Config"]["Image"] for it in containers() if "tradewind" in it["Config"]["Image"]} == \
        {f"{image}:{good}", f"{image}-frontend:{good}"}


def main():
    if subprocess.run(["docker", "info"], capture_output=True).returncode:
        sys.exit("A Docker engine is needed; `docker info` does not find one.")
    clear = lambda: compose("--profile", "*", "down", "--volumes", "--remove-orphans")
    clear()
    try:
        run([
            ("the images build", images_build),
            ("everything gets healthy", everything_gets_healthy),
            ("services own nothing, and are bounded", services_own_nothing),
            ("the demo passes through the gateway", the_demo_passes),
            ("the dashboard is there, on its own port and at the gateway", the_dashboard_is_there),
            ("Prometheus sees everybody, and has its rules", prometheus_sees_everybody),
            ("every panel of Grafana's dashboard has figures", every_panel_has_figures),
            ("down and up again, the data is still there", data_stays),
            ("a backup comes back", a_backup_comes_back),
            ("with Redis for messages there is no Kafka", redis_alone_will_do),
            ("production starts with secrets only, and asks who calls", production_wants_secrets),
            ("a deployment that does not get well goes back to what ran before", a_deployment_goes_back),
        ])
    finally:
        clear()


if __name__ == "__main__":
    main()
