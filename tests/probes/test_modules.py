"""Whether the Nouveau and NVIDIA drivers are in the kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from envcheck.facts import Known, Unknown
from envcheck.host.tree import TreeHost
from envcheck.probes import modules

Tree = Callable[[Mapping[str, str]], TreeHost]


def test_proc_modules(tree: Tree) -> None:
    facts = modules.collect(
        tree({"proc/modules": "nouveau 1869689 1 - Live 0x0\nnvidia_drm 1 0 - Live 0x0\n"})
    )
    assert facts.nouveau == Known(True, "/proc/modules")
    assert facts.nvidia == Known(False, "/proc/modules")


def test_module_that_is_only_used_by_name(tree: Tree) -> None:
    text = "Module                  Size  Used by\nttm   99555  1 nouveau\nnvidia  9  1 nvidia_uvm\n"
    facts = modules.collect(tree({"sos_commands/kernel/lsmod": text}))
    assert (facts.nouveau, facts.nvidia) == (Known(False, "lsmod"), Known(True, "lsmod"))


def test_driver_built_into_the_kernel(tree: Tree) -> None:
    facts = modules.collect(tree({"proc/modules": "ext4 1 0 - Live 0x0\n", "sys/module/nouveau/refcnt": "1"}))
    assert facts.nouveau == Known(True, "/sys/module/nouveau")


def test_a_host_without_sysfs(tree: Tree) -> None:
    """In a chroot, say: that the driver's folder is not there then is no answer."""
    absent = "/proc/modules\nlsmod\n/proc/driver/nouveau/version\n/sys/module/nouveau\n"
    host = tree({"etc/hostname": "x", "sos_commands/envcheck/absent": f"{absent}/sys/module\n"})
    host.live = True
    assert isinstance(modules.collect(host).nouveau, Unknown)
    with_others = tree({"sys/module/ext4/refcnt": "1", "sos_commands/envcheck/absent": absent})
    with_others.live = True
    assert modules.collect(with_others).nouveau == Known(False, "/sys/module/nouveau")


def test_record_that_says_nothing(tree: Tree) -> None:
    facts = modules.collect(tree({"etc/hostname": "x"}))
    assert isinstance(facts.nouveau, Unknown)
    assert isinstance(facts.nvidia, Unknown)
