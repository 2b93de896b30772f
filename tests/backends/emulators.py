"""An S3 and an Azure on this machine, for the sweeps."""

import base64
import hashlib
import hmac
import os
import re
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path
from threading import Thread

import httpx

AZURITE = Path("tools/azurite/node_modules/azurite/dist/src/blob/main.js")

# The emulator's own account: published, the same on every machine, good for nothing else.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

_LISTENS = re.compile(rb"http://127\.0\.0\.1:\d+")


@contextmanager
def s3() -> Iterator[str]:
    """moto's server with the bucket ``ours``."""
    with _running([sys.executable, "-m", "moto.server", "-p", "0"]) as url:
        httpx.put(f"{url}/ours").raise_for_status()
        yield url


@contextmanager
def azure() -> Iterator[str]:
    """Azurite with the container ``ours``."""
    node = Path(sys.executable).with_name("node")
    options = ["--inMemoryPersistence", "--skipApiVersionCheck", "--silent", "--blobPort", "0"]
    with _running([str(node), str(AZURITE), *options]) as url:
        _make_container(url, "ours")
        yield url


@contextmanager
def _running(command: list[str]) -> Iterator[str]:
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as process:
        assert process.stdout is not None
        said, found = [], None
        while found is None and (line := process.stdout.readline()):
            said.append(line)
            found = _LISTENS.search(line)
        if found is None:
            raise RuntimeError(b"".join(said).decode())
        try:
            # Read on, or it would stop once the pipe is full.
            rest = Thread(target=deque, args=(process.stdout, 0))
            rest.start()
            yield found[0].decode()
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # node is a child of its launcher
            rest.join()


def _make_container(url: str, name: str) -> None:
    headers = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-08-06"}
    signed = "".join(f"{key}:{value}\n" for key, value in sorted(headers.items()))
    text = "PUT" + "\n" * 12 + f"{signed}/{ACCOUNT}/{ACCOUNT}/{name}\nrestype:container"
    digest = hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()
    authorization = f"SharedKey {ACCOUNT}:{base64.b64encode(digest).decode()}"
    httpx.put(
        f"{url}/{ACCOUNT}/{name}?restype=container",
        headers={**headers, "Authorization": authorization},
    ).raise_for_status()
