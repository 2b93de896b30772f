"""A Python that has imported the dependencies already, for the machines of the rehearsed workflows.

A job of a workflow starts the command several times, and most of the time of each start goes into
importing libraries. Here one process imports them; what a machine runs as its ``python`` hands its
arguments, environment, folder and standard files over, and a fork of that process runs the script.
The reconciler's own code is not among what is imported: each fork takes it from its own checkout.
"""

import contextlib
import gc
import json
import os
import runpy
import select
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

DEPENDENCIES = ("deepdiff", "httpx", "jsonschema", "rich.console", "stamina", "structlog", "yaml")

CLIENT = """\
#!{python} -IS
import json, os, signal, socket, sys
said = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    socket.send_fds(server, [len(said).to_bytes(8)], [0, 1, 2])
    server.sendall(said)
    answers = server.makefile()
    pid = int(answers.readline())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(pid, number))
    status = int(answers.readline())
code = os.waitstatus_to_exitcode(status)
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
sys.exit(code)
"""


@contextmanager
def prepared(folder):
    """The process that is forked; yields the text of what a machine has as its ``python``."""
    address = str(folder / "python")
    with subprocess.Popen(
        [sys.executable, "-I", __file__, address],
        env={},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield CLIENT.format(python=sys.executable, address=address)
        process.stdin.close()


def serve(address):
    """Fork for each that connects; return the path of its script in the fork, never here.

    Ends when standard input does, so that it outlives nobody who started it.
    """
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)  # noqa: T201  (read by whoever started it)
        children = 0
        while True:
            if sys.stdin in select.select([listener, sys.stdin], [], [])[0]:
                sys.exit()
            connection, _ = listener.accept()
            while children and os.waitpid(-1, os.WNOHANG)[0]:
                children -= 1
            if os.fork() == 0:
                listener.close()
                return _handed_over(connection)
            children += 1
            connection.close()


def _handed_over(connection):
    """Become what was asked for, in a child of this process, which waits to tell how it ended."""
    size, files, _, _ = socket.recv_fds(connection, 8, 3)
    with connection.makefile("rb") as stream:
        arguments, environment, folder = json.loads(stream.read(int.from_bytes(size)))
    child = os.fork()
    if child:
        connection.sendall(b"%d\n" % child)
        _, status = os.waitpid(child, 0)
        with contextlib.suppress(BrokenPipeError):
            connection.sendall(b"%d\n" % status)
        os._exit(0)
    connection.close()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    sys.stdin, sys.stdout = open(0), open(1, "w")  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, errors="backslashreplace")  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [each for each in arguments if each != "-I"]
    return sys.argv[0]


if __name__ == "__main__":
    project = str(Path(__file__).parents[2])
    sys.path = [path for path in sys.path if path != project]
    for name in DEPENDENCIES:
        __import__(name)
    gc.freeze()
    runpy.run_path(serve(sys.argv[1]), run_name="__main__")
