"""What a figure was measured on."""

import os
import platform
import subprocess
from pathlib import Path

import launch


def describe():
    return {
        "processor": processor(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "revision": revision(),
    }


def processor():
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), platform.processor())


def revision():
    """The commit, with a plus if files were changed since; unknown outside of a checkout."""
    found = subprocess.run(
        ["git", "-C", str(launch.ROOT), "describe", "--always", "--dirty=+", "--exclude=*"], capture_output=True, text=True
    )
    return found.stdout.strip() or "unknown"
