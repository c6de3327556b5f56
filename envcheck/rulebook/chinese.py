"""What the names and words in rules and facts are called in Chinese. Read when somebody wants to see them.

Names of products and commands, and signs of comparison, are the same in both languages.
"""

from __future__ import annotations

from envcheck.text import Text

ANSWERS = {
    "yes": "是",
    "no": "否",
    "none": "无",
    "base size": "基础设备大小",
    "driver": "驱动",
    "pool free": "存储池剩余空间",
    "state": "状态",
    "up": "已连接",
    "absent": "不存在",
    "bad-kubeconfig": "kubeconfig 无效",
    "certificate-expired": "证书已过期",
    "certificate-untrusted": "证书不受信任",
    "failed": "失败",
    "no-kubeconfig": "没有 kubeconfig",
    "running": "运行中",
    "unauthorised": "未通过认证",
    "unreachable": "无法访问",
    "wired": "有线",
}
"""Words that probes answer with, too: `envcheck.phrases` has them from here."""

WORDS = {
    **ANSWERS,
    # parts of a fact
    "addressed": "有地址",
    "conflicts": "冲突",
    "d type": "d_type 支持",
    "distribution": "发行版",
    "findings": "检查结果",
    "free": "剩余空间",
    "kind": "类别",
    "leftovers": "残留",
    "major": "主版本号",
    "name": "名称",
    "number": "编号",
    "present": "存在",
    "product": "产品自身",
    "version": "版本",
    # what they may be
    "address": "地址有误",
    "answers": "有应答",
    "archive": "压缩包",
    "blanks": "多余的空格",
    "blocked": "被拦截",
    "control": "控制字符",
    "extra": "多余的配置项",
    "folder": "文件夹",
    "graph-refused": "graph 配置项被拒绝",
    "greets": "有握手信息",
    "invalid": "无效",
    "invalid-json": "JSON 格式错误",
    "loopback": "回环地址",
    "missing": "缺少配置项",
    "module-not-loaded": "内核模块未加载",
    "no-device-nodes": "没有设备节点",
    "no-driver": "没有驱动",
    "no-library": "没有驱动库",
    "not-an-object": "不是 JSON 对象",
    "not-granted": "未授权",
    "port": "端口有误",
    "stopped": "已停止",
    "twice": "重复的配置项",
    "valid": "有效",
    "version-mismatch": "版本不一致",
    "working": "正常工作",
}
"""Names of parts with blanks for underscores, and values as a rule writes them."""

PLACES = {
    "effective user id": "有效用户 ID",
    "kernel release": "内核版本",
    "packages": "软件包",
    "release files": "版本文件",
    "trusted path": "可信路径",
}
"""Sources that probes name where they have no answer."""

SOURCES = {
    **PLACES,
    "/etc/docker/daemon.json or the rootless engine's own": "/etc/docker/daemon.json 或 rootless 引擎的文件",
    "/proc/net/tcp and tcp6": "/proc/net/tcp 和 tcp6",
    "/sys/class/net and the kernel's addresses": "/sys/class/net 和内核的地址表",
    "64-bit C library": "64 位 C 库",
    "CPU flags": "CPU 标志",
    "FaceApiV3Test.php in the container": "容器内的 FaceApiV3Test.php",
    "MySQL's protocol": "MySQL 协议",
    "NSS (so LDAP too)": "NSS（含 LDAP）",
    "PCI bus": "PCI 总线",
    "also inside containers": "包括容器内",
    "container marks": "容器标志",
    "curl or wget in the container": "容器内的 curl 或 wget",
    "distribution": "发行版",
    "else Kubernetes' default": "否则为 Kubernetes 的默认值",
    "else where distributions keep it": "否则为各发行版的默认位置",
    "file system of docker's root": "docker 根目录所在的文件系统",
    "file system where images go": "镜像所在的文件系统",
    "found by `ldconfig -p`": "由 `ldconfig -p` 查找",
    "free blocks and inodes": "空闲块和 inode",
    "its programs": "系统自身的程序",
    "memory.total less the parameter service-memory": "memory.total 减去参数 service-memory",
    "mount flags": "挂载选项",
    "names and addresses": "名称和地址",
    "of a record /etc/passwd and /etc/group": "记录中为 /etc/passwd 和 /etc/group",
    "of a record ps": "记录中为 ps",
    "of a record sysctl -a too": "记录中还包括 sysctl -a",
    "or the archive read to its end": "或完整读取压缩包",
    "other release files": "其他版本文件",
    "python2 and python": "python2 和 python",
    "read to its end without unpacking": "完整读取，不解压",
    "recorded nvidia-smi outputs": "记录中的 nvidia-smi 输出",
    "rpm or dpkg": "rpm 或 dpkg",
    "running python2.7": "试运行 python2.7",
    "the API server's command line or manifest": "API server 的命令行或清单",
    "the archive": "压缩包",
    "the engine's API": "引擎的 API",
    "the file": "该文件",
    "the folder": "文件夹",
    "the library's ELF tables": "库的 ELF 表",
    "the library's file name": "库的文件名",
    "the logs": "日志",
    "the request": "命令行参数",
    "their packages": "其软件包",
    "when the process or container was started": "进程或容器的启动时间",
}
"""Where facts come from, as far as that is said in words."""

TYPES = {
    "text": "文本",
    "true or false": "是或否",
    "version": "版本",
    "size": "大小",
    "frequency": "频率",
    "number": "数",
    "whole number": "整数",
    "record": "记录",
    "list of records": "记录列表",
    "list of ": "列表：",
    "list: ": "列表：",
    "one of ": "取值之一：",
}
"""How types are called, and what stands before a part of one."""

PARAMETERS = {
    "text": "文本",
    "path": "路径",
    "address": "主机名或 IP 地址",
    "endpoint": "HOST:PORT（主机:端口）",
    "port": "端口",
    "integer": "整数",
    "number": "数",
    "size": "大小，如 32 GB",
    "frequency": "频率，如 2.1 GHz",
    "version": "版本，如 3.10",
    "flag": "true 或 false",
}
"""The types of parameters, by the word that stands in a rule file."""


def word(text: str) -> Text:
    """A name or a value in both languages; the same where it has no other name in Chinese."""
    return Text(text, WORDS.get(text, text))


def source(text: str) -> Text:
    """A source of a fact in both languages."""
    return Text(text, SOURCES.get(text, text))
