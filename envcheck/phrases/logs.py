"""Why a log is passed over, or is not read to its end."""

from __future__ import annotations

LOGS = {
    "not to its end: {A}": "未读完：{A}",
    "a link to a directory is not followed": "不跟随指向目录的符号链接",
    "is a pipe": "是管道",
    "is a socket": "是套接字",
    "is a device": "是设备",
    "is no regular file": "不是普通文件",
    "is a binary journal: pipe `journalctl --file FILE` into `envcheck diagnose -`": (
        "是二进制 journal：请将 `journalctl --file FILE` 的输出通过管道传给 `envcheck diagnose -`"
    ),
    "is compressed with zstd, which is not read here: unpack it first": (
        "为 zstd 压缩，此处无法读取：请先解压"
    ),
    "the compressed data is cut off": "压缩数据不完整",
    "the compressed data is damaged: {a}": "压缩数据已损坏：{a}",
    "expands to more than {a} GiB": "解压后超过 {a} GiB",
    "too many containers": "容器过多",
    "No such file or directory": "没有该文件或目录",
    "Permission denied": "权限不足",
    "Too many levels of symbolic links": "符号链接层数过多",
    "Input/output error": "输入/输出错误",
    "No such device or address": "没有该设备或地址",
}
