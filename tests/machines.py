"""Whole machines for tests: Debian with systemd, nginx and sudo, in containers.

The container engine is one of the test's own, with a registry for images and a network that ends
on this machine. Nothing in it asks an index: pip finds a folder of wheels.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = {
    "dockerd": "docker.io",
    "docker": "docker.io",
    "docker-registry": "docker-registry",
    "mmdebstrap": "mmdebstrap",
    "ip": "iproute2",
}
RELEASE = "bookworm"
PACKAGES = (
    *("systemd", "systemd-sysv", "dbus", "sudo", "ca-certificates", "openssl"),
    *("python3-venv", "nginx-light", "apache2-utils", "certbot", "python3-certbot-nginx"),
    # An authority for certificates that asks as Let's Encrypt does.
    "pebble",
    "node-configurable-http-proxy",
)
# What a Python of that release takes, whichever Python runs the tests.
WHEELS_FOR = (
    *("--python-version=3.11", "--implementation=cp", "--only-binary=:all:"),
    *("--abi=cp311", "--abi=abi3", "--abi=none"),
    *(f"--platform={tag}_x86_64" for tag in ("manylinux2014", "manylinux_2_28")),
)
SUBNET = "172.31.255"
BRIDGE = "reactive-tests"
REGISTRY = "registry.example.org"
START_SECONDS = 60
# Where systemd in a container keeps its own.
CONTROL_GROUP = Path("/sys/fs/cgroup/systemd")

_MACHINE = """
FROM debian
COPY wheels /wheels
COPY pip.conf /etc/
COPY pebble.json /srv/acme/
COPY pebble.service /etc/systemd/system/
COPY cli.ini /etc/letsencrypt/
RUN openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
      -keyout /srv/acme/key.pem -out /srv/acme/certificate.pem \
 && systemctl enable pebble
CMD ["/sbin/init"]
"""
_FILES = {
    "pip.conf": "[global]\nno-index = true\nfind-links = /wheels\n",
    "pebble.json": json.dumps(
        {
            "pebble": {
                "listenAddress": "127.0.0.1:14000",
                "managementListenAddress": "127.0.0.1:15000",
                "certificate": "/srv/acme/certificate.pem",
                "privateKey": "/srv/acme/key.pem",
                # Where it looks whether somebody has the name that they say.
                "httpPort": 80,
                "tlsPort": 443,
            }
        }
    ),
    "pebble.service": """[Service]
Environment=PEBBLE_VA_NOSLEEP=1
ExecStart=/usr/bin/pebble -config /srv/acme/pebble.json
[Install]
WantedBy=multi-user.target
""",
    "cli.ini": """server = https://localhost:14000/dir
no-verify-ssl = true
agree-tos = true
register-unsafely-without-email = true
non-interactive = true
""",
}


def obstacle() -> str | None:
    """Why there can be no machines here, if so."""
    missing = sorted({package for name, package in PROGRAMS.items() if not shutil.which(name)})
    if os.geteuid() != 0:
        return "machines need root"
    if not CONTROL_GROUP.is_dir():
        return "machines need control groups of the first version"
    return f"machines need {', '.join(missing)}" if missing else None


@dataclass(frozen=True)
class Engine:
    """A container engine, and a registry at `registry.example.org`."""

    folder: Path

    @property
    def variables(self) -> dict[str, str]:
        return {"DOCKER_HOST": f"unix://{self.folder}/docker.sock"}

    def answers(self) -> bool:
        return self._ran("info").returncode == 0

    def docker(self, *arguments: str | Path, said: str = "") -> str:
        """Run the client; gives what it prints."""
        done = self._ran(*arguments, said=said)
        assert done.returncode == 0, f"{arguments}:\n{done.stdout[-4000:]}"
        return done.stdout

    def _ran(self, *arguments: str | Path, said: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["docker", *map(str, arguments)],
            env={**os.environ, **self.variables},
            input=said,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def build(self, name: str, dockerfile: str, **files: str) -> None:
        """An image of these files, and of what stands in the image's folder already."""
        folder = self.folder / re.sub(r"\W", "-", name)
        folder.mkdir(exist_ok=True)
        for file, text in {**files, "Dockerfile": dockerfile}.items():
            (folder / file).write_text(text)
        self.docker("build", "-q", "-t", name, folder)

    @contextmanager
    def machine(self, image: str, *names: str) -> Iterator[Machine]:
        """A machine that has started; it knows itself by the names too."""
        options = [f"--add-host={name}:127.0.0.1" for name in names]
        # What systemd needs of the kernel.
        options += ["--cap-add=SYS_ADMIN", "--cgroupns=private", "--tmpfs=/run", "--tmpfs=/tmp"]
        options += [f"--security-opt={what}=unconfined" for what in ("seccomp", "apparmor")]
        options += [f"--volume={CONTROL_GROUP}:{CONTROL_GROUP}"]
        identity = self.docker("run", "-d", *options, image).strip()
        try:
            machine = Machine(self, identity)
            # Nobody can ask before there is somebody to answer.
            wait = "until systemctl is-system-running --wait; do sleep 0.5; done"
            machine.shell(f"timeout {START_SECONDS} bash -c '{wait}'")
            yield machine
        finally:
            self.docker("rm", "-f", "-v", identity)

    def address(self, container: str) -> str:
        """Where a container can be reached."""
        what = "{{.NetworkSettings.IPAddress}}"
        return self.docker("inspect", "-f", what, container).strip()

    def is_healthy(self, container: str) -> bool:
        """Whether it runs, and its health check says that all is well."""
        filters = ("--filter", f"name={container}", "--filter", "health=healthy")
        return bool(self.docker("ps", "-q", *filters))


@dataclass(frozen=True)
class Machine:
    """A container in which systemd runs."""

    engine: Engine
    identity: str

    @property
    def address(self) -> str:
        return self.engine.address(self.identity)

    def add_user(self, name: str) -> None:
        """Somebody who may use sudo without a password."""
        self.shell(f"useradd --create-home --shell /bin/bash {name}")
        self.shell(f"echo '{name} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/{name}")

    def write(self, path: str, text: str) -> None:
        self.shell(f"mkdir -p $(dirname {path}) && cat > {path}", said=text)

    def shell(self, command: str, *, user: str = "root", said: str = "") -> str:
        """Run a command line as somebody who has logged in, in their home; gives what it prints."""
        login = ["exec", "-i", "-u", user, self.identity, "bash", "-lc", f"cd; {command}"]
        return self.engine.docker(*login, said=said)


@contextmanager
def engine(folder: Path, wheel: Path, *requirements: str) -> Iterator[Engine]:
    """An engine with the image `machine`, whose pip finds the wheel and what is named.

    Args:
        folder: an empty one for its files.
        wheel: of this package.
        requirements: what else pip is to find there, with all that it needs.
    """
    wheels = folder / "machine/wheels"
    download = [sys.executable, "-m", "pip", "download", "-q", f"--dest={wheels}"]
    subprocess.run([*download, *WHEELS_FOR, str(wheel), *requirements], check=True)
    tree = folder / "debian.tar"
    bootstrap = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(PACKAGES)}"]
    subprocess.run([*bootstrap, RELEASE, str(tree)], check=True)
    with _running(folder) as engine:
        engine.docker("import", tree, "debian")
        tree.unlink()
        engine.build("machine", _MACHINE, **_FILES)
        yield engine


@contextmanager
def _running(folder: Path) -> Iterator[Engine]:
    gateway = f"{SUBNET}.1"
    hosts = folder / "hosts"
    hosts.write_text(f"{Path('/etc/hosts').read_text()}\n{gateway} {REGISTRY}\n")
    options = [f"--data-root={folder}/images", f"--exec-root={folder}/exec"]
    options += [f"--pidfile={folder}/pid", f"--host=unix://{folder}/docker.sock"]
    options += [f"--bridge={BRIDGE}", f"--fixed-cidr={SUBNET}.0/24", "--ip-masq=false"]
    options += [f"--insecure-registry={REGISTRY}", "--iptables=false", "--ip6tables=false"]
    # For the engine alone the registry has that name.
    script = f'mount --bind {hosts} /etc/hosts && exec dockerd "$@"'
    daemon = ["unshare", "--mount", "bash", "-c", script, "dockerd", *options]
    settings = {
        "version": 0.1,
        "storage": {"filesystem": {"rootdirectory": f"{folder}/registry"}},
        "http": {"addr": f"{gateway}:80"},
    }
    (folder / "registry.yml").write_text(json.dumps(settings))
    registry = ["docker-registry", "serve", str(folder / "registry.yml")]
    engine = Engine(folder)
    with ExitStack() as stack:
        stack.enter_context(_bridge(gateway))
        log = stack.enter_context((folder / "engine.log").open("wb"))
        for command in (daemon, registry):
            process = subprocess.Popen(command, stdout=log, stderr=log)
            stack.callback(process.wait, START_SECONDS)
            stack.callback(process.terminate)
        deadline = time.monotonic() + START_SECONDS
        while not engine.answers():
            assert time.monotonic() < deadline, (folder / "engine.log").read_text()
            time.sleep(0.5)
        yield engine


@contextmanager
def _bridge(address: str) -> Iterator[None]:
    """A network of this machine alone; one that a killed run has left goes."""
    subprocess.run(["ip", "link", "delete", BRIDGE], check=False, stderr=subprocess.DEVNULL)
    subprocess.run(["ip", "link", "add", BRIDGE, "type", "bridge"], check=True)
    try:
        subprocess.run(["ip", "address", "add", f"{address}/24", "dev", BRIDGE], check=True)
        subprocess.run(["ip", "link", "set", BRIDGE, "up"], check=True)
        yield
    finally:
        subprocess.run(["ip", "link", "delete", BRIDGE], check=True)
