"""Words that stand for a whole answer, or for a part of one."""

from __future__ import annotations

from envcheck.rulebook.chinese import ANSWERS, PLACES

PARTS = {
    "architecture": "架构",
    "userland bits": "用户态位数",
    "physical cores": "物理核",
    "frequency": "主频",
    "conflicts": "冲突",
    "leftovers": "残留",
    "present": "是否存在",
    "version": "版本",
    "d type": "d_type",
    "d_type": "d_type",
}
"""Names of parts of a fact, which stand before their values."""

WORDS = {
    **ANSWERS,
    **PLACES,
    "unknown": "未知",
    "true": "是",
    "false": "否",
    "nothing": "无内容",
    # what things are
    "active": "活动",
    "all there": "齐全",
    "container": "容器",
    "created": "已创建",
    "dead": "已失效",
    "device": "设备",
    "directory": "目录",
    "disabled": "禁用（disabled）",
    "down": "未连接",
    "empty": "空文件",
    "enforcing": "强制（enforcing）",
    "exited": "已退出",
    "fifo": "管道",
    "file": "文件",
    "link unknown": "连接状态未知",
    "loopback": "回环",
    "missing": "缺少",
    "no address": "无地址",
    "other": "其他",
    "owner unknown": "占用者未知",
    "owner unknown (not root)": "占用者未知（非 root 用户）",
    "paused": "已暂停",
    "permissive": "宽容（permissive）",
    "physical": "物理机",
    "reachable": "可访问",
    "socket": "套接字",
    "unnamed": "未命名",
    "virtual": "虚拟",
    "vm": "虚拟机",
    "wireless": "无线",
    # the state of a cluster
    # where an answer would have come from
    "DMI": "DMI",
    "connecting": "连接测试",
    "current clock": "当前频率",
    "file system": "文件系统",
    "logs": "日志",
    "user database": "用户数据库",
    "MySQL's greeting": "MySQL 握手信息",
    "trusted path ({a})": "可信路径（{a}）",
    "file system of {a}": "{a} 所在的文件系统",
}
"""Names of products and commands are the same in both languages."""
