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
    """The commit, with a plus if files were changed since; unknown outside of a checkout, and without git."""
    return said_by("git", "-C", str(launch.ROOT), "describe", "--always", "--dirty=+", "--exclude=*") or "unknown"


def said_by(*command):
    """What a program prints, of several lines the first; nothing where it fails or is not there."""
    try:
        said = subprocess.run(command, capture_output=True, text=True).stdout
    except OSError:
        return ""
    return said.strip().partition("\n")[0]
