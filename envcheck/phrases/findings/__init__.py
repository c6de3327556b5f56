"""What probes find, and why they find nothing, by subject."""

from __future__ import annotations

from envcheck.phrases.findings.cluster import CLUSTER
from envcheck.phrases.findings.docker import DOCKER
from envcheck.phrases.findings.gpu import GPU
from envcheck.phrases.findings.machine import MACHINE
from envcheck.phrases.findings.package import PACKAGE
from envcheck.phrases.findings.ports import PORTS
from envcheck.phrases.findings.system import SYSTEM

FINDINGS = {**MACHINE, **SYSTEM, **PORTS, **GPU, **DOCKER, **CLUSTER, **PACKAGE}
