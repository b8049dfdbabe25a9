"""What the figures were measured on: kinds and numbers, never names of hosts."""
import os
import pathlib
import platform
import re


def describe():
    cpus = pathlib.Path("/proc/cpuinfo")
    model = re.search(r"^model name\s*: (.+)$", cpus.read_text(encoding="utf-8"), re.MULTILINE) if cpus.exists() else None
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": model[1] if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory / 2**30),
        "kernel": f"{platform.system()} {re.match(r'[0-9.]*', platform.release())[0]}",
    }
