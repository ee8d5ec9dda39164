"""Starts the workers of compare.py: finds a JDK, builds the command lines, talks to the processes."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from glob import glob
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# There is one in a bundle, beside the jars.
BUNDLED_JAVA = ROOT / "java/bin/java"
FLOORS = ("bench", "mtl", "nn", "autograd", "kernels", "tensor")
NEEDED_JAVA = 25
# What the JVM warns of is no answer.
JAVA_LOG = ["-Xlog:disable", "-Xlog:all=warning:stderr"]
# As the launcher starts it.
LIB = ROOT / ("lib" if BUNDLED_JAVA.is_file() else "mtl/dist/src/main/lib")
JAVA_OPTIONS = "-Xms16m -Xmn8m -Xmx1g -XX:+UseSerialGC -XX:-UsePerfData"
MALLOC = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_MMAP_THRESHOLD_": "131072"}
JDKS = ["/usr/lib/jvm/*", "/usr/java/*", "/opt/java/*", "~/.sdkman/candidates/java/*", "~/.jdks/*"]


class Worker:
    """A process that waits until it is asked; it is over once it gave no answer, which is a SystemExit."""

    def __init__(self, name, command, environment):
        self.name = name
        self.process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        self.about = self.answer()["ready"]

    def ask(self, command):
        # One that has ended gives no answer either.
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
        return self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"compare: {self.name} ended with code {self.process.wait()}; see above")
        try:
            return json.loads(line)
        except ValueError as e:
            self.kill()
            raise SystemExit(f"compare: {self.name} gave no answer but {line.rstrip()!r}") from e

    def quit(self):
        """Ends it; returns its peak memory in MiB: resident, or of the GPU."""
        peak = self.ask("quit")["peak_mib"]
        self.process.communicate()
        return peak

    def kill(self):
        """Ends it at once, if it has not ended."""
        self.process.kill()
        self.process.communicate()


def java():
    """The bundle's own, or else the JDK of JAVA_HOME or of the path or an installed one: the first that is new enough."""
    if BUNDLED_JAVA.is_file():
        return BUNDLED_JAVA
    on_path = shutil.which("java")
    candidates = [os.environ.get("JAVA_HOME"), on_path and Path(on_path).resolve().parents[1]]
    for pattern in JDKS:
        candidates += sorted(glob(os.path.expanduser(pattern)))
    for candidate in filter(None, candidates):
        release = Path(candidate) / "release"
        found = release.is_file() and re.search(r'JAVA_VERSION="(\d+)', release.read_text())
        if found and int(found[1]) >= NEEDED_JAVA:
            return Path(candidate) / "bin/java"
    raise SystemExit(f"compare: needs a JDK {NEEDED_JAVA} or newer and found none; set JAVA_HOME")


def class_path():
    if BUNDLED_JAVA.is_file():
        return os.pathsep.join([str(ROOT / "lib/native"), str(ROOT / "lib/*")])
    classes = [ROOT / floor / "target/classes" for floor in FLOORS]
    missing = [str(c) for c in classes if not c.is_dir()]
    if missing:
        raise SystemExit(f"compare: {missing[0]} is missing; build with: mvn -q -Pfast -DskipTests package")
    return os.pathsep.join([*map(str, classes), str(ROOT / "mtl/target/lib/*")])


def auxgrad(threads, options, folder, mode, network, precision, size, device="cpu"):
    return [
        java(), "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
        "-Djdk.reflect.useNativeAccessorOnly=true", f"-XX:CompileCommandFile={LIB / 'jit.commands'}",
        *JAVA_LOG, *options.split(), f"-Dauxgrad.threads={threads}", "-cp", class_path(), "io.auxgrad.bench.peers.PeerWorker",
        folder, mode, network, precision, size, device,
    ]  # fmt: skip


def pytorch(threads, folder, mode, precision, device, *options):
    command = [sys.executable, "-B", HERE / "pytorch_worker.py", folder, mode, "--device", device]
    return [*command, "--threads", threads, "--precision", precision, *options]
