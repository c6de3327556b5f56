"""The problems that come with envcheck: complete, in both languages, and right for today's systems."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from envcheck.probes.formats import service_conf
from envcheck.problems import Problem, Step, commands_for, load
from envcheck.results import Text
from envcheck.rulebook import shipped_rules

FILE = Path(shipped_rules()) / "problems.yaml"
PROBLEMS = load(FILE.read_text(encoding="utf-8"), str(FILE))
NEEDED = """
    docker-install docker-not-running docker-upgrade podman-not-docker docker-no-answer
    storage-driver-overlay2 overlay2-no-dtype devicemapper-small no-space-left container-space
    selinux-permission-denied selinux-config-undone nouveau-in-use kernel-source-missing
    nvidia-driver-install nvidia-driver-leak nvidia-driver-untested nvidia-module-not-loaded
    nvidia-version-mismatch nvidia-device-nodes nvidia-runtime-missing nvidia-docker-leftovers
    docker-ce-dependencies daemon-json-invalid daemon-json-graph port-taken nginx-install-fail
    ports-absent-after-install glibc-too-old gcc-too-old python27-missing python-default-not-27
    tar-missing not-root no-wired-lan machine-auth-failure wrong-machine address-changed
    docker-install-sources-changed license-not-ready license-server-running license-server-restart
    license-replace license-unreachable face-deployed-or-not face-log-places restart-container
    os-unsupported os-untested kernel-too-old cpu-unsupported cpu-slow cpu-not-recommended memory-small
    disk-small images-disk-small virtual-machine wsl-unsupported no-nvidia-card gpu-unsuitable
    gpu-some-unsuitable gpu-not-recommended base-environment
    glibc-newer-wanted libstdcxx-too-old docker-old-in-the-way docker-thin-pool-full gpu-fallen-off-bus
    nvidia-xid gpu-out-of-memory nvml-unknown-error docker-iptables-chain license-expired oom-kill
    oom-kill-cgroup mysqld-port-taken mysqld-permission clock-jump disk-io-error filesystem-read-only
""".split()  # noqa: SIM905 - reads as one list of words
HOSTS = ("centos", "ubuntu", "sles")
CHINESE = re.compile("[\u4e00-\u9fff]")


def commands(problem: Problem) -> Iterator[str]:
    for step in problem.steps:
        for lines in step.commands.values():
            yield from lines


def typed(name: str, distribution: str) -> list[str]:
    """What the engineer on that distribution is told to type."""
    return [line for step in PROBLEMS[name].steps for line in commands_for(step, distribution)]


def texts(problem: Problem) -> Iterator[Text]:
    yield problem.title
    yield problem.cause
    if problem.warning:
        yield problem.warning
    yield from (step.text for step in problem.steps if step.text)


every_problem = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=list(PROBLEMS))


def test_what_any_module_may_point_to_names_nothing_of_one_product() -> None:
    assert typed("port-taken", "centos")[0] == "ss -ltnp"
    assert not re.search(r"\d", PROBLEMS["kernel-too-old"].title.en)
    assert "df -h FOLDER" in typed("disk-full-here", "ubuntu")


def test_every_problem_of_the_requirements_is_there() -> None:
    assert set(NEEDED) - set(PROBLEMS) == set()


@every_problem
def test_everything_is_said_in_both_languages(problem: Problem) -> None:
    for text in texts(problem):
        assert CHINESE.search(text.zh), text.zh
        assert not CHINESE.search(text.en), text.en


@every_problem
def test_every_problem_ends_in_something_to_type(problem: Problem) -> None:
    assert any(step.commands for step in problem.steps)


@every_problem
def test_every_family_has_a_command_where_another_has(problem: Problem) -> None:
    for step in problem.steps:
        if step.commands and "any" not in step.commands:
            assert set(step.commands) == {"rhel", "debian", "suse"}


@every_problem
def test_a_command_that_reboots_is_announced(problem: Problem) -> None:
    reboots = any(line in ("reboot", "poweroff") for line in commands(problem))
    assert problem.reboot == reboots


@every_problem
def test_the_risk_is_not_less_than_that_of_the_steps_taken_over(problem: Problem) -> None:
    order = ("none", "low", "high")
    for step in problem.steps:
        if step.origin:
            assert order.index(problem.risk) >= order.index(PROBLEMS[step.origin].risk)
            assert problem.reboot >= PROBLEMS[step.origin].reboot


@every_problem
def test_commands_are_valid_shell(problem: Problem) -> None:
    for line in set(commands(problem)):
        done = subprocess.run(["bash", "-n", "-c", line], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line}\n{done.stderr}"


def test_no_command_is_cut_at_a_comma() -> None:
    """In a list in brackets YAML ends an unquoted text at every comma: `mount -o remount,rw` would be two."""
    assert typed("tmp-not-writable", "centos")[-1] == "mount -o remount,rw /tmp"
    quoted = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'')
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if re.search(r"\b(?:any|rhel|debian|suse): \[", line):
            assert not re.search(r",\S", quoted.sub("", line)), line


@every_problem
def test_no_command_needs_a_network(problem: Problem) -> None:
    for line in commands(problem):
        assert not re.search(r"\bwget\b|https?://(?!127\.0\.0\.1|LICENSE_IP)", line), line
        for install in re.findall(r"yum\b[^|&]*\binstall\b", line):
            assert "--disablerepo='*'" in install, line


@every_problem
def test_what_stands_for_something_else_is_explained_beside_it(problem: Problem) -> None:
    """A word in capitals that is to be replaced stands in the step's text too."""
    words = re.compile(
        r"\b(?:NAME(?!,)|IFACE|CONTAINER|DISK|PARTITION|PACKAGE|IMAGE|VERSION|OLD_ADDRESS|LICENSE_IP)\b"
    )
    for step in problem.steps:
        for lines in step.commands.values():
            for word in (word for line in lines for word in words.findall(line)):
                assert step.text is not None
                assert word in step.text.en
                assert word in step.text.zh


def test_docker_is_told_data_root_never_graph() -> None:
    every = (line for problem in PROBLEMS.values() for line in commands(problem))
    writing_graph = [line for line in every if '"graph"' in line and "pop" not in line]
    assert len(set(writing_graph)) == 1
    assert "sed" in writing_graph[0]
    for name in ("no-space-left", "container-space", "storage-driver-overlay2", "images-disk-small"):
        assert any('"data-root"' in line and '"overlay2"' in line for line in typed(name, "centos")), name


@pytest.mark.parametrize("name", ["docker-not-running", "docker-no-answer"])
def test_an_address_from_the_environment_is_not_forgotten(name: str) -> None:
    assert {"env | grep ^DOCKER_", "docker context ls"} <= set(commands(PROBLEMS[name]))


def test_storage_drivers_that_engines_dropped_are_said() -> None:
    cause = PROBLEMS["storage-driver-overlay2"].cause
    assert "aufs from Docker 24, devicemapper from 25" in cause.en
    assert "24 移除 overlay、aufs，25 移除 devicemapper" in cause.zh


@pytest.mark.parametrize(
    ("distribution", "rebuild"),
    [("centos", "dracut -f"), ("ubuntu", "update-initramfs -u"), ("sles", "mkinitrd || dracut -f")],
)
def test_nouveau_needs_the_initramfs_rebuilt_before_the_reboot(distribution: str, rebuild: str) -> None:
    lines = typed("nouveau-in-use", distribution)
    assert "blacklist nouveau" in lines[0]
    assert lines[1:3] == [rebuild, "reboot"]


@pytest.mark.parametrize(
    ("distribution", "package"),
    [
        ("centos", "kernel-devel-$(uname -r)"),
        ("ubuntu", "linux-headers-$(uname -r)"),
        ("sles", "kernel-default-devel"),
    ],
)
def test_kernel_headers_are_named_as_the_distribution_names_them(distribution: str, package: str) -> None:
    assert any(package in line for line in typed("kernel-source-missing", distribution))


@pytest.mark.parametrize("distribution", HOSTS)
def test_python27_has_a_way_out_where_the_distribution_dropped_it(distribution: str) -> None:
    assert any(
        "Python-2.7.18" in line and "altinstall" in line for line in typed("python27-missing", distribution)
    )
    text = " ".join(text.en for text in texts(PROBLEMS["python27-missing"]))
    assert "EL 9, Debian 12" in text


def test_nodeps_is_said_to_be_risky() -> None:
    problem = PROBLEMS["docker-ce-dependencies"]
    step: Step = problem.steps[-1]
    assert "--nodeps" in step.commands["any"][0]
    assert step.text is not None
    assert "risky" in step.text.en
    assert "有风险" in step.text.zh
    assert problem.warning is not None
    assert "--nodeps" in problem.warning.zh


def test_containers_are_entered_by_exec_never_attached() -> None:
    assert not any("docker attach" in line for problem in PROBLEMS.values() for line in commands(problem))


def run_on(line: str, config: Path) -> dict[str, object]:
    """Run a command that edits daemon.json on a file of ours instead."""
    edited = line.replace("/etc/docker/daemon.json", str(config))
    edited = edited.replace("$(command -v python3 python2.7 python | head -n 1)", sys.executable)
    subprocess.run(["bash", "-c", edited], check=True)
    found: dict[str, object] = json.loads(config.read_text(encoding="utf-8"))
    return found


def editing(name: str) -> list[str]:
    return [line for line in typed(name, "centos") if "json.dumps" in line]


def test_moving_dockers_data_keeps_the_rest_of_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "daemon.json"
    config.write_text(json.dumps({"graph": "/old", "storage-opts": ["dm.x=1"], "runtimes": {"nvidia": {}}}))
    moved = {"data-root": "/home/work/docker", "storage-driver": "overlay2"}
    assert run_on(editing("no-space-left")[0], config) == {"runtimes": {"nvidia": {}}, **moved}
    config.unlink()
    assert run_on(editing("no-space-left")[0], config) == moved


def test_registering_the_runtime_keeps_the_rest_of_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "daemon.json"
    config.write_text('{"data-root": "/d", "runtimes": {"other": {}}}')
    written = run_on(editing("nvidia-runtime-missing")[0], config)
    assert written["data-root"] == "/d"
    assert written["runtimes"] == {
        "other": {}, "nvidia": {"path": "nvidia-container-runtime", "runtimeArgs": []},
    }  # fmt: skip


def test_growing_devicemappers_base_size_keeps_its_other_options(tmp_path: Path) -> None:
    config = tmp_path / "daemon.json"
    config.write_text('{"storage-opts": ["dm.basesize=10G", "dm.thinpooldev=/dev/mapper/p"]}')
    written = run_on(editing("devicemapper-small")[-1], config)
    assert written["storage-opts"] == ["dm.thinpooldev=/dev/mapper/p", "dm.basesize=40G"]


def test_a_broken_daemon_json_is_left_as_it_is(tmp_path: Path) -> None:
    config = tmp_path / "daemon.json"
    config.write_text("{broken")
    with pytest.raises(subprocess.CalledProcessError):
        run_on(editing("no-space-left")[0], config)
    assert config.read_text() == "{broken"


def test_the_old_name_graph_is_renamed_in_place(tmp_path: Path) -> None:
    config = tmp_path / "daemon.json"
    config.write_text('{\n  "graph" : "/home/work/docker",\n  "debug": true\n}\n')
    sed = next(line for line in typed("daemon-json-graph", "centos") if line.startswith("sed"))
    assert run_on(sed, config) == {"data-root": "/home/work/docker", "debug": True}


def test_service_conf_keeps_what_is_not_wrong(tmp_path: Path) -> None:
    """On a single host it holds other settings too, which the service needs; a cluster's may hold none."""
    wrong = (
        "# 各服务\n\ufeffMYSQL_SVC_SERVICE_HOST = 10.0.0.6\nLICENSE_SERVER_HOST=10.0.0.\b5\n"
        "LICENSE_SERVER_HOST=127.0.0.1\nODP_PORT=8300\n#LICENSE_SERVER_PORT=1\n"
    )
    (tmp_path / "service.conf").write_text(wrong, encoding="utf-8")
    copy, write, _, only = typed("service-conf-wrong", "centos")
    copy = re.sub(r"^cd \S+ && ", "", copy)
    write = write.replace("DATABASE_IP", "10.0.0.6").replace("LICENSE_IP", "10.0.0.5")
    subprocess.run(["sh", "-c", f"{copy}\n{write}"], check=True, cwd=tmp_path)
    four = (
        "MYSQL_SVC_SERVICE_HOST=10.0.0.6\nMYSQL_SVC_SERVICE_PORT=5535\n"
        "LICENSE_SERVER_HOST=10.0.0.5\nLICENSE_SERVER_PORT=8887\n"
    )
    mended = (tmp_path / "service.conf").read_text(encoding="utf-8")
    assert mended == f"# 各服务\nODP_PORT=8300\n#LICENSE_SERVER_PORT=1\n{four}"
    assert (tmp_path / "service.conf.bak").read_text(encoding="utf-8") == wrong
    subprocess.run(["sh", "-c", only], check=True, cwd=tmp_path)
    mended = (tmp_path / "service.conf").read_text(encoding="utf-8")
    assert service_conf.findings(mended) == []
    assert "ODP_PORT" not in mended


def test_selinux_is_made_permissive_in_its_configuration(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("# SELINUX= can take\nSELINUX=enforcing # as shipped\nSELINUXTYPE=targeted\n")
    sed = next(line for line in typed("selinux-config-undone", "centos") if line.startswith("sed"))
    subprocess.run(["bash", "-c", sed.replace("/etc/selinux/config", str(config))], check=True)
    assert config.read_text() == "# SELINUX= can take\nSELINUX=permissive\nSELINUXTYPE=targeted\n"


@pytest.mark.parametrize(
    ("folders", "ids"), [([""], ["mnt"]), (["AppStream", "BaseOS"], ["BaseOS", "AppStream"])]
)
def test_the_installation_media_becomes_a_yum_source(
    tmp_path: Path, folders: list[str], ids: list[str]
) -> None:
    mnt, target = tmp_path / "mnt", tmp_path / "media.repo"
    for folder in folders:
        (mnt / folder / "repodata").mkdir(parents=True)
    line = next(line for line in typed("installation-media", "centos") if "repodata" in line)
    line = line.replace("/mnt", str(mnt)).replace("/etc/yum.repos.d/media.repo", str(target))
    subprocess.run([shutil.which("bash") or "bash", "-c", line], check=False)
    written = target.read_text()
    assert re.findall(r"\[media-(.*)\]", written) == ids
    assert written.count("gpgcheck=0") == len(ids)
    assert f"baseurl=file://{mnt}" in written
