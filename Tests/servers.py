"""Servers of others that tests and benchmarks start for themselves, each in a folder and on a port of its own."""

import os, pathlib, shutil, signal, socket, subprocess, time


class Missing(Exception):
    """Says what is not installed here."""


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Redis:
    """Keeps what it was told when it is killed, unless `durable` is false."""

    def __init__(self, folder, durable=True):
        if not shutil.which("redis-server"):
            raise Missing("redis-server is not installed")
        self.port = free_port()
        keeps = "yes" if durable else "no"
        self.command = ["redis-server", "--port", str(self.port), "--save", "", "--appendonly", keeps]
        self.folder = folder
        self.start()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            self.command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    raise Missing("redis-server does not start")
                time.sleep(0.02)

    def stop(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()


class Postgres:
    """Reached through a socket in its folder; durable, as it is by default."""

    def __init__(self, folder, *settings):
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
        if not found:
            raise Missing("PostgreSQL is not installed")
        self.programs, self.home = found[-1].parent, pathlib.Path(folder) / "postgres"
        self.home.mkdir()
        # PostgreSQL refuses to run as root, and then must be let into folders that are root's.
        self.wrapper = []
        if os.geteuid() == 0:
            self.wrapper = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            pathlib.Path(folder).chmod(0o755)
            shutil.chown(self.home, "postgres")
        self.settings = [part for setting in settings for part in ("-c", setting)]
        self.run("initdb", "-D", "data", "-U", "tradewind", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()

    @property
    def environment(self):
        """What our programs need to find it."""
        return {"POSTGRES_HOST": str(self.home), "POSTGRES_USER": "tradewind"}

    def start(self):
        self.process = subprocess.Popen(
            [*self.wrapper, str(self.programs / "postgres"), "-D", "data", "-k", str(self.home), "-c",
             "listen_addresses=", "-c", "max_connections=300", *self.settings],
            cwd=self.home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while subprocess.run([self.programs / "pg_isready", "-q", "-h", self.home]).returncode:
            if self.process.poll() is not None:
                raise Missing("PostgreSQL does not start")
            time.sleep(0.05)

    def run(self, program, *arguments):
        return subprocess.run(
            [*self.wrapper, str(self.programs / program), *arguments], cwd=self.home, check=True, capture_output=True,
            text=True).stdout

    def sql(self, database, statement):
        return self.run("psql", "-h", str(self.home), "-U", "tradewind", "-d", database, "-AtXc", statement).strip()

    def everyone(self, number):
        """Sends a signal to the server and its children."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in [self.process.pid, *map(int, children)]:
            os.kill(pid, number)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
