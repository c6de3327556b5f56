"""Ports, addresses and the services that answer at them."""

from __future__ import annotations

PORTS = {
    "{a} by an unknown owner on {b}": "{a} 被未知占用者占用，地址 {b}",
    "{a} by an unknown owner (not root) on {b}": "{a} 被未知占用者（非 root 用户，无法查看）占用，地址 {b}",
    "{a} by container {b} on {c}": "{a} 被容器 {b} 占用，地址 {c}",
    "{a} by {b} (pid {c}) on {d}": "{a} 被 {b}（pid {c}）占用，地址 {d}",
    "{a} by NodePort of {b} on {c}": "{a} 被 {b} 的 NodePort 占用，地址 {c}",
    "port named {a}, of unknown number": "名为 {a} 的端口，端口号未知",
    "an unknown owner": "未知占用者",
    "an unknown owner (not root)": "未知占用者（非 root 用户）",
    "{a} answers on {b}, for this host alone: {C}": "{a} 在 {b} 有应答，仅限本机：{C}",
    "{a} answers on {b}: {C}": "{a} 在 {b} 有应答：{C}",
    "{a} answers": "{a} 有应答",
    "{a} answers ({b})": "{a} 有应答（{b}）",
    "{a} answers ({b}), a loopback address": "{a} 有应答（{b}），但为回环地址",
    "{a} answers ({b}) from inside {c}": "从 {c} 内访问 {a} 有应答（{b}）",
    "answers": "有应答",
    "answers with {a}": "应答状态为 {a}",
    "refused: nothing listens there": "连接被拒绝：没有程序在监听",
    "refused: nothing listens there ({a})": "连接被拒绝：没有程序在监听（{a}）",
    "no answer in time": "超时无应答",
    "no answer in time ({a})": "超时无应答（{a}）",
    "no route to it": "没有到达该地址的路由",
    "no route to it ({a})": "没有到达该地址的路由（{a}）",
    "no host of that name is known": "主机名无法解析",
    "no host of that name is known ({a})": "主机名无法解析（{a}）",
    "no connection": "无法连接",
    "no connection ({a})": "无法连接（{a}）",
    "it hung up without an answer": "对方未应答即断开连接",
    "it hung up without a greeting": "对方未发送握手信息即断开连接",
    "it has no address": "没有地址",
    "{a}, {b} of them not reserved": "{a}，其中 {b} 个未保留",
    "{a} is no address with a port": "{a} 不是带端口的地址",
    "{a} is no range of ports": "{a} 不是端口范围",
    "no API server says another range": "没有 API server 指定其他范围",
    "of a host without IPv6 name it in sos_commands/envcheck/absent": (
        "若主机没有 IPv6，请在 sos_commands/envcheck/absent 中写明"
    ),
    "an output of {a} that lists all listening ports is not in this record": (
        "记录中没有列出全部监听端口的 {a} 输出"
    ),
    "netstat was asked without -a: listening ports are left out": "netstat 未带 -a：没有列出监听端口",
    "not in the format of {a}": "不是 {a} 的格式",
    "{a} not seen: {B}": "看不到 {a}：{B}",
    "{a} greets as {b}, a loopback address": "{a} 的握手信息为 {b}，但为回环地址",
    "{a} greets as {b}": "{a} 的握手信息为 {b}",
    "no greeting of MySQL: {a}": "不是 MySQL 握手信息：{a}",
    "a greeting that is cut short": "握手信息不完整",
    "an error of MySQL that is cut short": "MySQL 错误信息不完整",
    "what answers is no licence service: no {a} in its page (status {b})": (
        "应答者不是授权服务：页面中没有 {a}（状态 {b}）"
    ),
    "no {a} in what answers: {B}": "应答中没有 {a}：{B}",
    "not set: --set {a}=IP:PORT": "未设置：--set {a}=IP:PORT",
    "not set: --set {a}=IP:PORT, and there is no {b}": "未设置：--set {a}=IP:PORT，且没有 {b}",
    "{a} names none that can be used: {B}": "{a} 中没有可用的地址：{B}",
    "{a} is neither a host name nor an IP address": "{a} 既不是主机名也不是 IP 地址",
}
