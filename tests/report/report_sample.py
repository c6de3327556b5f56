"""Reports made by hand, to be rendered."""

from __future__ import annotations

from typing import Any

from envcheck.problems import Problem, Step
from envcheck.results import Report, Result, Text, Waiver


def result(check: str, status: str = "fail", **fields: object) -> Result:
    """A result with sensible values for what the test does not name."""
    values: dict[str, Any] = {
        "module": "face-server",
        "level": "required",
        "title": Text("Docker engine", "Docker 引擎"),
        "requirement": Text("running, >= 17.12", "运行中，>= 17.12"),
        "actual": Text.same("1.13.1 (unix:///var/run/docker.sock)"),
        "reason": None,
        "source": "/version",
        "hints": (),
        "waived": None,
        "duration_s": 0.01,
    }
    return Result(id=check, status=status, **{**values, **fields})  # type: ignore[arg-type]


def report(*results: Result, **fields: object) -> Report:
    """A report of these results."""
    values: dict[str, Any] = {
        "modules": tuple(dict.fromkeys(each.module for each in results)),
        "host": "machine",
        "started": "2026-01-02T03:04:05+08:00",
        "duration_s": 0.5,
    }
    return Report(results=results, **{**values, **fields})


MIXED = report(
    result("os-release", "pass", module="offline-security-server", actual=Text.same("CentOS Linux 7.2.1511")),
    result(
        "physical-machine",
        module="offline-security-server",
        title=Text("Physical machine, no virtual one", "物理机，不支持虚拟机"),
        requirement=Text("a physical machine", "物理机"),
        actual=Text("KVM guest (DMI: QEMU Standard PC)", "KVM 虚拟机（DMI：QEMU Standard PC）"),
    ),
    result("docker", hints=("docker-upgrade",)),
    result("storage-driver", "skipped", actual=None, reason=Text("blocked by docker", "被 docker 阻塞")),
    result(
        "nvidia-driver-tested",
        "unknown",
        level="recommended",
        actual=None,
        reason=Text("nvidia-smi: no answer within 10 s", "nvidia-smi：10 秒内没有应答"),
        hints=("docker-upgrade", "slow-nvidia"),
    ),
    log="/var/log/envcheck/envcheck.log",
    notes=(Text("Not run as root: ports could not be decided", "未以 root 运行：ports 无法判定"),),
    distribution="centos",
)
"""Every status and level, two modules, hints shared by two checks."""

WAIVED = report(result("memory", waived=Waiver("test machine", "someone", "2026-12-31")))

LONG_COMMAND = "rpm -Uvh --oldpackage " + " ".join(
    f"/home/packages/package-{number}.rpm" for number in range(9)
)

PROBLEMS = {
    "docker-upgrade": Problem(
        id="docker-upgrade",
        title=Text("Docker is too old", "Docker 版本过低"),
        cause=Text("The engine is older than 17.12.", "Docker 引擎版本低于 17.12。"),
        steps=(
            Step(
                Text("Install the packages that came along.", "安装随包提供的软件包。"),
                {"rhel": (LONG_COMMAND,), "debian": ("dpkg -i *.deb",)},
            ),
            Step(None, {"any": ("docker version",)}),
        ),
        reboot=False,
        risk="high",
        warning=Text("Containers stop.", "容器会停止。"),
        source="ours",
    ),
    "slow-nvidia": Problem(
        id="slow-nvidia",
        title=Text("The driver answers late", "驱动应答缓慢"),
        cause=Text("No persistence daemon runs.", "没有运行 persistence 守护进程。"),
        steps=(Step(Text("Wait, then check again.", "稍候，再检查。"), {}),),
        reboot=True,
        risk="low",
        warning=None,
        source="ours",
    ),
}
