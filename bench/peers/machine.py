"""What a figure was measured on."""

import os
import platform
import subprocess
import time
from pathlib import Path

import launch


def describe(device):
    """What figures must have in common to be compared with each other."""
    gpu = {"gpu": said_by("nvidia-smi", "--query-gpu=name", "--format=csv,noheader") or "unknown"} if device == "cuda" else {}
    return {"processor": processor(), "processors": os.cpu_count(), **gpu, "revision": revision()}


def now():
    """When something begins, and what the machine does before it."""
    return {"begun": time.strftime("%Y-%m-%d %H:%M:%S"), "load": round(os.getloadavg()[0], 2)}


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
