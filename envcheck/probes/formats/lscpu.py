"""The text of lscpu, of any age and in English or Chinese."""

from __future__ import annotations

from functools import lru_cache

from envcheck.lazy import regex

_LINE = regex(r"\s*([^:：]+?)\s*[:：]\s*(\S.*?)?\s*")
_CHINESE = {
    "架构": "Architecture",
    "CPU 运行模式": "CPU op-mode(s)",
    "每个座的核数": "Core(s) per socket",
    "每座核数": "Core(s) per socket",
    "座": "Socket(s)",
    "型号名称": "Model name",
    "CPU 最大 MHz": "CPU max MHz",
    "虚拟化": "Virtualization",
    "超管理器厂商": "Hypervisor vendor",
    "虚拟化类型": "Virtualization type",
    "标记": "Flags",
    "在线 CPU 列表": "On-line CPU(s) list",
    "CPU 动态 MHz": "CPU MHz",
    "厂商 ID": "Vendor ID",
}
_CHINESE_VALUES = {"无": "none", "完全": "full", "半": "para", "容器": "container"}


@lru_cache(maxsize=4)  # several probes read the same text; none changes what it gets
def read(text: str) -> dict[str, str]:
    """The values by their English label; raises ValueError for a text that is not lscpu's."""
    values: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match and match[2]:
            values.setdefault(_CHINESE.get(match[1], match[1]), _CHINESE_VALUES.get(match[2], match[2]))
    if not values.keys() & {"Architecture", "Model name", "Vendor ID"}:
        raise ValueError("not the output of lscpu")
    return values
