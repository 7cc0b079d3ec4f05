"""The proxies of deploy/, started as their files say, but with names, ports and certificate of the tests."""

import datetime as dt
import ipaddress
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DEPLOY = Path(__file__).parents[2] / "deploy"
PATHS = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"])
PATIENCE_S = 20


class NoProxy(Exception):
    """A program that is not on this machine."""


def program(name: str) -> str:
    """Where it is. Raises NoProxy."""
    found = shutil.which(name, path=PATHS)
    if not found:
        raise NoProxy(f"{name} was not found. Install the package {name}.")
    return found


@dataclass(frozen=True)
class Place:
    """Where a proxy listens, and in front of what. folder: for all that it writes, and its certificate."""

    folder: Path
    http: int
    https: int
    behind: int

    @property
    def certificate(self) -> Path:
        """Which clients are to believe."""
        return self.folder / "luzhi.pem"


@contextmanager
def nginx(place: Place) -> Iterator[None]:
    """As deploy/nginx.conf says."""
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    for ours, theirs in {
        "listen 80;": f"listen 127.0.0.1:{place.http};",
        "listen 443 ssl;": f"listen 127.0.0.1:{place.https} ssl;",
        "luzhi.example.org": "localhost",
        "/etc/ssl/": f"{place.folder}/",
        "127.0.0.1:8000": f"127.0.0.1:{place.behind}",
    }.items():
        assert ours in site
        site = site.replace(ours, theirs)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    kept = "".join(f"{kind}_temp_path {place.folder}/{kind};\n" for kind in kinds)
    who = "user root;\n" if os.geteuid() == 0 else ""  # the folder is its owner's alone
    around = f"{who}daemon off;\npid {place.folder}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{kept}{site}}}\n"
    conf = place.folder / "nginx.conf"
    conf.write_text(around)
    with _running([program("nginx"), "-c", str(conf), "-p", str(place.folder), "-e", "stderr"], place):
        yield


@contextmanager
def caddy(place: Place) -> Iterator[None]:
    """As deploy/Caddyfile says, with the certificate of a closed network."""
    site = (DEPLOY / "Caddyfile").read_text("utf-8")
    for ours, theirs in {
        "luzhi.example.org {": "localhost {",
        "#tls /etc/ssl/luzhi.pem /etc/ssl/luzhi.key": f"tls {place.folder}/luzhi.pem {place.folder}/luzhi.key",
        "127.0.0.1:8000": f"127.0.0.1:{place.behind}",
    }.items():
        assert ours in site
        site = site.replace(ours, theirs)
    options = f"admin off\nhttp_port {place.http}\nhttps_port {place.https}\nskip_install_trust\n"
    conf = place.folder / "Caddyfile"
    conf.write_text(f"{{\n{options}}}\n{site}")
    with _running([program("caddy"), "run", "--config", str(conf), "--adapter", "caddyfile"], place):
        yield


PROXIES = {"nginx": nginx, "caddy": caddy}


@contextmanager
def _running(command: list[str], place: Place) -> Iterator[None]:
    log = place.folder / "proxy.log"
    with log.open("wb") as said:
        environment = {"PATH": PATHS, "HOME": str(place.folder), "XDG_DATA_HOME": str(place.folder)}
        process = subprocess.Popen(command, stdout=said, stderr=said, env=environment)
    try:
        _wait(process, place.https, log)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Until it listens. Another process cannot tell us when, so we ask again and again."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"The proxy did not start:\n{log.read_text()}")


def certify(folder: Path) -> None:
    """luzhi.pem and luzhi.key: a certificate for localhost, signed by itself, that holds for a day."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=1)
        )
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "luzhi.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "luzhi.key").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
