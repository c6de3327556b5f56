"""What is planted on a host is in no byte of what comes out, however it is written."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator

import pytest

from envcheck.bundle.redact import Redactor
from tests.conftest import Tree

PASSWORDS = ("hunter2!x9", "S3cr;et,&pw")
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAplanted+key/body1\nsecondLineOfIt0987\n-----END RSA PRIVATE KEY-----"
KEY_BODY = ("MIIEowIBAAKCAQEAplanted", "secondLineOfIt0987")

HOST = {
    "etc/hostname": "fra-node17.corp.acme-bank.com\n",
    "etc/hosts": "127.0.0.1 localhost\n10.77.3.41 fra-node17.corp.acme-bank.com fra-node17\n10.77.3.9 ora-db2\n",
    "etc/resolv.conf": "search corp.acme-bank.com\nnameserver 10.77.0.53\n",
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\nwuxiaoming:x:1003:1003:Wu:/home/wuxiaoming:/bin/bash\n",
    "etc/machine-id": "5bd0a1f3c2e94b7f8a6d3c1e0f927b44\n",
    "proc/sys/kernel/random/boot_id": "0a9d3c77-5b1e-4f60-9c1d-2e8f7a6b5c4d\n",
    "sys/class/dmi/id/product_serial": "CZJ7140G2K\n",
    "sys/class/dmi/id/product_uuid": "31393138-3331-5a43-4a37-313430473244\n",
    "sys/class/net/eno1/address": "3c:a8:2a:1f:9d:e4\n",
    "sys/block/sda/device/wwid": "naa.5000c500a7b3d1e9\n",
    "sos_commands/networking/ip_-o_addr": (
        "2: eno1    inet 10.77.3.41/22 brd 10.77.3.255 scope global eno1\n"
        "2: eno1    inet6 2408:8000:c000:77::3:41/64 scope global\n"
        "2: eno1    inet6 fe80::3ea8:2aff:fe1f:9de4/64 scope link\n"
    ),
    "sos_commands/envcheck/nvml.json": json.dumps(
        {
            "driver_version": "384.66",
            "cards": [{"name": "Tesla P4", "uuid": "GPU-7c2e9f10-33ab-4d5e-9a1b-0c2d4e6f8a91"}],
        }
    ),
    "sos_commands/envcheck/docker_info.json": json.dumps(
        {"ID": "QX7M:3JLD:ABCD:ZK5P:UV2W:6RTY:HJK3:LMN4:OPQ5:RST6:UVW7:XYZ2", "Name": "fra-node17"}
    ),
}
PLANTED = {
    "host": ("fra-node17", "FRA-NODE17", "Fra-node17", "ora-db2"),
    "domain": ("corp.acme-bank.com", "CORP.ACME-BANK.COM"),
    "user": ("wuxiaoming", "wuxiaom+"),
    "address": (
        *(
            "10.77.3.41",
            "10-77-3-41",
            "29034D0A",
            "29034d0a",
            "0A4D0329",
            "0a4d0329",
            "10.77.3.9",
            "10.77.0.53",
        ),
        *("::ffff:10.77.3.41", "2408:8000:c000:77::3:41", "2408:8000:C000:77:0:0:3:41"),
        *("24088000c00000770000000000030041", "fe80::3ea8:2aff:fe1f:9de4"),
    ),
    "mac": (
        *("3c:a8:2a:1f:9d:e4", "3C:A8:2A:1F:9D:E4", "3c-a8-2a-1f-9d-e4", "3ca8.2a1f.9de4", "enx3ca82a1f9de4"),
        *("3ca82a1f9de4", "fe800000000000003ea82afffe1f9de4", "3ea8:2aff:fe1f:9de4"),
    ),
    "serial": ("CZJ7140G2K", "czj7140g2k", "5000c500a7b3d1e9", "5000C500A7B3D1E9"),
    "uuid": (
        *("31393138-3331-5a43-4a37-313430473244", "38313931-3133-435a-4a37-313430473244"),
        *("3139313833315a434a37313430473244", "GPU-7c2e9f10-33ab-4d5e-9a1b-0c2d4e6f8a91"),
        *("5bd0a1f3c2e94b7f8a6d3c1e0f927b44", "5bd0a1f3-c2e9-4b7f-8a6d-3c1e0f927b44"),
        *("0a9d3c77-5b1e-4f60-9c1d-2e8f7a6b5c4d", "0a9d3c775b1e4f609c1d2e8f7a6b5c4d"),
        "QX7M:3JLD:ABCD:ZK5P:UV2W:6RTY:HJK3:LMN4:OPQ5:RST6:UVW7:XYZ2",
    ),
    # nobody told us of these
    "foreign": (
        *("license.acmebank.com.cn", "LICENSE.ACMEBANK.COM.CN", "corp-secret.cn", "registry.othercorp.com"),
        *("proxy.othercorp.internal", "172_29_45_78", "172-29-45-78"),
    ),
}
FRAMES = (
    "{}", " {} ", "x={}", "<{}>", '"{}"', "'{}'", "({})", "[{}]", "a,{},b", "/{}/", "{}:", "{}.", "{};", "{}\t",
    r"\n{}", r"\t{}\n", r"\"{}\"", r"\u0020{}", "%20{}", "\x1b[31m{}\x1b[0m", "\x1b[1;32m{}", "_{}_", "{}_log", "-{}-",
    "Nov  2 10:00:00 {} sshd[4]: x", "//{}/export", "at {} again",
)  # fmt: skip


@pytest.fixture
def redactor(tree: Tree) -> Redactor:
    found = Redactor()
    found.learn_from_host(tree(HOST))
    return found


def known() -> Iterator[str]:
    for spellings in PLANTED.values():
        yield from spellings


def leaks(text: bytes, secrets: Iterator[str]) -> list[str]:
    lower = text.lower()
    return [each for each in secrets if each.lower().encode() in lower]


@pytest.mark.parametrize("member", ["", "host/etc/anything", "logs/x.log"])
@pytest.mark.parametrize("frame", FRAMES)
def test_known_identifiers_in_any_frame(redactor: Redactor, frame: str, member: str) -> None:
    for spelling in known():
        text = f"before\n{frame.format(spelling)}\nafter\n".encode()
        if f"-{spelling}-" in frame.format(spelling) and spelling.startswith(("10.", "10-", "172")):
            continue  # a range or a longer number in dashes
        found = redactor.text(text, member)
        assert spelling.lower().encode() not in found.lower(), found


@pytest.mark.parametrize(
    "text",
    [
        "NAME      STATUS     ROLES    AGE   VERSION\nzeus-a1   NotReady   <none>   4d    v1.18.3\n",
        '{"metadata":{"name":"zeus-a1","labels":{"kubernetes.io/hostname":"zeus-a1"}}}',
        '{"addresses":[{"type":"InternalIP","address":"10.0.0.1"},{"type":"Hostname","address":"zeus-a1"}]}',
    ],
)
def test_nodes_of_the_cluster_are_known_everywhere(tree: Tree, text: str) -> None:
    host = tree({"sos_commands/kubernetes/kubectl_get_nodes": text})
    host.recorded("kubectl_*")
    redactor = Redactor()
    redactor.learn_from(host.answers)
    for line in ("zeus-a1 not ready: NotReady", text):
        assert b"zeus" not in redactor.text(line.encode())
    assert b"NotReady" in redactor.text(b"zeus-a1 not ready: NotReady")


def test_a_node_called_as_what_the_check_looks_for(tree: Tree) -> None:
    table = "NAME    STATUS   ROLES    AGE   VERSION\nReady   Ready    <none>   4d    v1.18.3\nb2      Ready    <none>   4d    v1.18.3\n"
    host = tree({"sos_commands/kubernetes/kubectl_get_nodes": table})
    host.recorded("kubectl_*")
    redactor = Redactor()
    redactor.learn_from(host.answers)
    assert redactor.text(table.encode(), "host/x").count(b" Ready ") == 2


def test_who_serves_a_mounted_share_is_known_everywhere(tree: Tree) -> None:
    host = tree(
        {
            "proc/mounts": "zeus-a1:/exp /mnt nfs4 rw 0 0\n//hera-b2/x /srv cifs rw 0 0\n/dev/sda1 / xfs rw 0 0\n"
        }
    )
    host.read("/proc/mounts")
    redactor = Redactor()
    redactor.learn_from(host.answers)
    assert redactor.text(b"df: zeus-a1:/exp 90%, hera-b2 and /dev/sda1").count(b"host-x") == 2


def test_a_log_full_of_them(redactor: Redactor) -> None:
    shuffled = random.Random(5)
    lines = [shuffled.choice(FRAMES).format(each) for each in known() for _ in range(20)]
    shuffled.shuffle(lines)
    text = "\n".join(line for line in lines if not line.startswith("-")).encode()
    assert leaks(text, known())
    assert leaks(redactor.text(text), known()) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_other_encodings(redactor: Redactor, encoding: str) -> None:
    text = "".join(f"主机 {each} 。\r\n" for each in known()).encode(encoding)
    found = redactor.text(text).decode(encoding)
    assert leaks(found.encode(), known()) == []
    assert found.count("主机") == len(list(known()))


def test_names_of_members(redactor: Redactor) -> None:
    for each in (
        "10.77.3.41",
        "fra-node17",
        "wuxiaoming",
        "enx3ca82a1f9de4",
        "5bd0a1f3c2e94b7f8a6d3c1e0f927b44",
    ):
        for name in (f"logs/{each}/a.log", f"logs/secfile_{each}", f"host/home/{each}/x", f"logs/{each}.log"):
            new = redactor.name(name)
            assert each not in new
            assert new.count("/") == name.count("/")


UNKNOWN = [
    ("192.0.2.17", "Accepted publickey for x from 192.0.2.17 port 22"),
    ("192.0.2.17", "GET http://192.0.2.17:8080/a"),
    ("192.0.2.17", "secfile_192.0.2.17"),
    ("192-0-2-17", "ip-192-0-2-17.compute.internal"),
    ("192.0.2.17", '{"log":"x\\n192.0.2.17 - -"}'),
    ("C0000211", "   1: 110200C0:0050 C0000211:1F90 01 "),
    ("C0000211", "TCP  C0000211:1F90 rr"),
    ("2001:db8:9::7", "inet6 2001:db8:9::7/64 scope global"),
    ("2001:db8:9::7", "tcp6 0 0 2001:db8:9::7:443 :::* LISTEN"),
    ("fd12:3456::9:8:7:6", "[fd12:3456::9:8:7:6]:80"),
    ("20010db8000900000000000000000007", "20010db8000900000000000000000007 02 40 00 80 eth0"),
    ("52:54:00:ab:cd:ef", "link/ether 52:54:00:ab:cd:ef brd ff:ff:ff:ff:ff:ff"),
    ("525400abcdef", "enx525400abcdef: flags"),
    ("1d3c5e7f-0000-4a5b-8c9d-001122334455", "root=UUID=1d3c5e7f-0000-4a5b-8c9d-001122334455 ro"),
    ("PF2ABC3D", "\tSerial Number: PF2ABC3D\n"),
    ("S2HRNX0H", 'NAME="sda" SERIAL="S2HRNX0H" TYPE="disk"'),
    ("S2HRNX0H", "E: ID_SERIAL_SHORT=S2HRNX0H"),
    ("S2HRNX0H", "ata-SAMSUNG_MZ7KM_S2HRNX0H-part1 -> ../../sda1"),
    ("0324317042611", "    Serial Number                   : 0324317042611"),
    ("0324317042611", "<serial>0324317042611</serial>"),
    ("5002538c40a1b2c3", "wwn-0x5002538c40a1b2c3"),
    ("11 22 33 44 55 66 77", "Serial Number: VMware-56 4d 11 22 33 44 55 66-77 88 99 aa bb cc dd ee"),
    ("liqiang", "/home/liqiang/start.sh"),
    ("liqiang", r"C:\Users\liqiang\x"),
    ("liqiang", r'"path":"\/home\/liqiang\/x"'),
    ("liqiang", "uid=1009(liqiang) gid=1009(liqiang)"),
    ("liqiang", "session opened for user liqiang by (uid=0)"),
    ("liqiang", "sudo: liqiang : TTY=pts/0 ; PWD=/"),
    ("zhaoliu", "Nov 21 00:20:09 h su: (to root) zhaoliu on pts/0"),
    ("zhaoliu", "su[77]: FAILED SU (to root) zhaoliu on pts/0"),
    ("AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA", "id AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA x"),
    ("dbsvc9", "mysql://dbsvc9:hunter2!x9@db/x"),
    ("dbsvc9", "mysql://dbsvc9:P@w/1@db:3306/x"),
    ("lisi", "mail to lisi@corp-secret.cn"),
    ("corp-secret", "mail to lisi@corp-secret.cn"),
    ("othercorp", "pull registry.othercorp.com/app:1.2"),
    ("othercorp", "HTTP_PROXY=http://proxy.othercorp.internal:3128"),
    ("othercorp", "harbor.othercorp.io/app:1.2"),
    ("othercorp", "lookup db.othercorp.cloud on 10.0.0.1:53: no such host"),
    ("othercorp", "db.othercorp.de"),
    ("acmebank", "license.acmebank.com.cn:8887 refused"),
    ("192_0_2_17", "node_192_0_2_17"),
    ("192_0_2_17", "192_0_2_17.example.com"),
    ("172_29_45_78", "x 172_29_45_78 y"),
    ("otherhost7", "Nov 21 00:20:09 otherhost7 sshd[1]: x\n"),
    ("otherhost7", "2026-11-21T00:20:09.123+08:00 otherhost7 kernel: x\n"),
    ("otherhost7", " Static hostname: otherhost7\n"),
    ("otherhost7", "Linux otherhost7 3.10.0-327.el7.x86_64 #1 SMP"),
    ("otherhost7", "主机名：otherhost7"),
    ("otherhost7", "节点名: otherhost7"),
    ("otherhost7", 'E1122 kubelet.go:2448] Error getting node" err="node \\"otherhost7\\" not found"'),
    ("otherhost7", 'I1122 kubelet_node_status.go:70] "Attempting to register node" node="otherhost7"'),
    ("otherhost7", "nfs: server otherhost7 not responding, still trying"),
    ("otherhost7", "otherhost7:/export/home on /mnt type nfs4 (rw,relatime)"),
    ("otherhost7", "otherhost7:/export/home /mnt nfs4 rw 0 0"),
    ("otherhost7", "//otherhost7/share on /mnt type cifs (rw)"),
    ("othercorp", "ldap: base ou=people,dc=corp,dc=othercorp,dc=com"),
    ("liqiang", "用户名：liqiang 登录成功"),
    ("liqiang", "{u'user': u'liqiang'}"),
    ("liqiang", "%22user%22%3A%22liqiang%22"),
    ("CZX9988776", "序列号：CZX9988776"),
    ("3c:a8:2a:1f:9d:e4", "IN=eth0 OUT= MAC=3c:a8:2a:1f:9d:e4:00:11:22:33:44:55:08:00 SRC=10.0.0.1"),
    ("00:11:22:33:44:55", "IN=eth0 OUT= MAC=3c:a8:2a:1f:9d:e4:00:11:22:33:44:55:08:00 SRC=10.0.0.1"),
    ("2a:1f:9d:e4", "client-id ff:2a:1f:9d:e4:00:01:00:01:2c:aa:bb:cc:3c:a8:2a:1f:9d:e4"),
    ("1f:9d:e4", "duid 00:01:00:01:2c:aa:bb:cc:3c:a8:2a:1f:9d:e4"),
]


@pytest.mark.parametrize("member", ["", "host/sos_commands/x/y"])
@pytest.mark.parametrize(("secret", "text"), UNKNOWN)
def test_unknown_identifiers_by_what_is_around(secret: str, text: str, member: str) -> None:
    assert secret.encode() not in Redactor().text(text.encode(), member)


NOTATIONS = [
    "mysql -uroot -p{} db", "mysql -uroot -p'{}'", "mysqldump -h h -p\"{}\"", "sshpass -p {} ssh h", "curl -u admin:{} http://h/",
    "docker login -u a -p {} h", "redis-cli -a {} ping", "x --password {} y", "x --password={}", "x --db-password '{}'",
    '["--password", "{}"]', "https://u:{}@h/x", "redis://:{}@h:6379/0", "password={}", "password = {}\n", "password: {}\n",
    'password: "{}"', "PGPASSWORD={} psql", "DB_PASS={}\n", "requirepass {}", '{{"password": "{}"}}', '{{"Password":"{}"}}',
    r'{{\"password\": \"{}\"}}', "<password>{}</password>", "IDENTIFIED BY '{}'", "passwd={}&x=1", "client_secret={}\n",
    "secret_key: {}\n", "api_key={}\n", "X-Auth-Token: {}\n", "密码：{}\n", "set password={};", "access_token={}&a=b",
    "?X-Amz-Signature={}&x", "&Signature={}", "ALTER USER u IDENTIFIED WITH mysql_native_password BY '{}'",
    "{{u'password': u'{}', u'x': 1}}", "password = b'{}'", "%22password%22%3A%22{}%22", r'"body": "{{\x22password\x22:\x22{}\x22}}"',
    r"{{\u0022password\u0022:\u0022{}\u0022}}", "&quot;password&quot;:&quot;{}&quot;", "&lt;password&gt;{}&lt;/password&gt;",
    "<password><![CDATA[{}]]></password>", "\x1b[31mpassword\x1b[0m: {}", "\x1b[31mpassword\x1b[0m=\x1b[32m{}\x1b[0m", "password\u00a0: {}\n",
    '["mysql","-uroot","-p{}"]', "SET PASSWORD FOR 'root'@'%' = PASSWORD('{}');", "CREATE USER u WITH PASSWORD '{}';", "VALUES ('x', PASSWORD('{}'))",
    "curl --proxy-user u:{} h", "curl --cookie 'sid={}' h", '"Authorization":["Bearer {}"]', '"Cookie":["sid={}"]', "echo {} | sudo -S ls",
    "echo {} | docker login -u x --password-stdin", "kubectl create secret generic x --from-literal=foo={}", "ipmitool -H h -U a -P {} sol",
    "rootpw --plaintext {}", "bindpw {}", "smbclient -U user%{} //h/y", "snmpwalk -v2c -c {} h", "sqlplus scott/{}@orcl",
    '%any : PSK "{}"', "令牌：{}\n", "授权码：{}\n", "鉴权码: {}\n", "“密码”：“{}”", "密 码：{}\n", "密码 {}\n", "machine h\nlogin u\npassword {}\n",
    "the password was set to {}", "new password -> {}", "password [{}]", "| password | {} |", "PHPSESSID={}", "master_key: {}\n",
    '"MYSQL_ROOT_PASSWORD={}",', "login deploy password {}", "-passin pass:{}", "Authorization: Bearer {}{}", "token: '{}'",
]  # fmt: skip


@pytest.mark.parametrize("member", ["", "host/etc/x.conf"])
@pytest.mark.parametrize("notation", NOTATIONS)
def test_passwords(notation: str, member: str) -> None:
    for password in PASSWORDS:
        if password == PASSWORDS[1] and not any(
            mark in notation for mark in ("'", '"', "password = ", "password: ")
        ):
            continue  # no shell or URL takes it so without quotes
        text = notation.replace("{}", password).replace("{{", "{").replace("}}", "}").encode()
        found = Redactor().text(text, member)
        assert password.encode() not in found, found
        assert password[:6].encode() not in found
        assert b"REDACTED" in found


IN_URLS = [
    "mysql://svc:{}@db:3306/x", "mysql://svc:{}@db/x", "redis://:{}@10.1.2.3:6379/0", "amqp://u:{}@[fd12::9]:5672",
    "jdbc:postgresql://u:{}@db.othercorp.cn/x?a=b", '"url": "ftp://u:{}@h/"', "mongodb://svc@tenant:{}@a:1,b:2/x",
    "https://u:{}@localhost/a.png",
]  # fmt: skip
ODD = ["P@w/1secret", "a:b/c@d:e", "pass/word", "p@ss", "1:2@x/y/z", "p@ss.w0rd/1"]


@pytest.mark.parametrize("member", ["", "host/etc/x.conf"])
@pytest.mark.parametrize("password", ODD)
@pytest.mark.parametrize("notation", IN_URLS)
def test_passwords_of_urls_hold_anything(notation: str, password: str, member: str) -> None:
    redactor = Redactor()
    found = redactor.text(notation.format(password).encode(), member)
    assert b":REDACTED@" in found
    remembered = json.dumps(json.loads(redactor.dump_map())["pseudonyms"])
    for part in ("secret", "w/1", "b/c", "word", "y/z", "w0rd", password):
        assert part not in password or part.encode() not in found, found
        assert part not in password or f'"{part}' not in remembered
    assert found.count(b"REDACTED") == 1
    assert redactor.text(found, member) == found


@pytest.mark.parametrize(
    "text",
    ["http://host:8080/x@y", "http://10.0.0.300:80/a@b", "tcp://db:3306", "https://github.com/a/b.git@v1"],
)
def test_a_port_is_no_password(text: str) -> None:
    assert Redactor().text(text.encode()).decode() == text


@pytest.mark.parametrize("member", ["", "host/etc/x.conf"])
def test_keys_and_tokens(member: str) -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9"
    coded = base64.b64encode(KEY.encode()).decode()
    auth = base64.b64encode(b"deploy:hunter2!x9").decode()
    texts = [
        KEY, json.dumps({"key": KEY}), f"client-key-data: {coded}\n", f"x {token} y", '{"auths":{"h":{"auth":"%s"}}}' % auth,
        f"Authorization: Basic {auth}\n", "key AKIAIOSFODNN7EXAMPLE x", "root:$6$abcdefgh$0123456789abcdefghij:17000:",
    ]  # fmt: skip
    found = b"\n".join(Redactor().text(text.encode(), member) for text in texts)
    assert (
        leaks(found, iter([*KEY_BODY, token, coded, auth, "AKIAIOSFODNN7EXAMPLE", "0123456789abcdefghij"]))
        == []
    )


@pytest.mark.parametrize("member", ["", "host/etc/x.conf"])
@pytest.mark.parametrize(
    "text",
    [
        '{"ak":"%s","x":1}', "sk=%s", "{u'sk': u'%s'}", "BDUSS=%s; path=/", "sk-%s", "npm_%s%s", "AIza%s%s", "eyJhdXRocyI6%s",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=%s", "grub.pbkdf2.sha512.10000.%s",
    ],
)  # fmt: skip
def test_keys_by_their_form(text: str, member: str) -> None:
    key = "a1B2c3D4e5F6g7H8i9J0k1L2"
    found = Redactor().text(text.replace("%s", key).encode(), member)
    assert key[:8].encode() not in found, found


ORDINARY = [
    "Failed password for root from 240.0.0.1 port 22 ssh2", "password authentication failed", "Enter password:",
    "password    sufficient    pam_unix.so sha512 shadow nullok", "The password must contain at least 8 characters",
    "task: foo1234567890123456789", "disk: sda1234567890123456789abc", '"Key": "foo", "Value": "bar"', "mysql -h h -P 3306 -u root db",
    "docker run -p 8300:8300 -u 1000:1000 image", "ipmitool -I lan -p 623 sel list", "snmpd -c /etc/snmp/snmpd.conf",
    "systemd-ask-password-console.path", 'secret "default-token-x7k2q" not found', "authentication failure; logname= uid=0 euid=0",
    "&lt;b&gt;text&lt;/b&gt; %22a%22%3A%22b%22", "authorization: required", "name: memory-limit\nvalue: 12\n",
    "- value: 12\n  name: limit\n- name: db_password\n", '"node": "v12.1.0"', "C:/Users on nfs", "volume:/data nothing",
]  # fmt: skip


@pytest.mark.parametrize("text", ORDINARY)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert Redactor().text(text.encode()).decode() == text


def test_known_names_in_any_case(redactor: Redactor) -> None:
    for name in ("Fra-Node17", "fRA-nODE17", "WuXiaoMing", "Wuxiaoming"):
        for text in (f"x {name} y", f"{name} {name.lower()} {name}\n" * 3):
            found = redactor.text(text.encode())
            assert name.lower().encode() not in found.lower()
            assert len(set(found.split()) - {b"x", b"y"}) == 1  # one pseudonym for all spellings


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("offset", [0, 1])
def test_utf16_without_its_mark(redactor: Redactor, encoding: str, offset: int) -> None:
    text = "".join(f"主机 {each} 密码：hunter2x9\r\n" for each in known())
    found = redactor.text(b"x" * offset + text.encode(encoding))[offset:].decode(encoding)
    assert leaks(found.encode(), iter([*known(), "hunter2x9"])) == []
    assert found.count("主机") == len(list(known()))


def test_json_stays_json() -> None:
    document = {
        "password": 12345,
        "token": None,
        "auth": "aGk6aG8=",
        "secret": ["a"],
        "pwd": {"x": 1},
        "passwd": True,
        "n": 1,
    }
    for indent in (None, 2):
        found = json.loads(
            Redactor().text(json.dumps(document, indent=indent).encode(), "host/etc/docker/daemon.json")
        )
        assert found == {**document, "password": "REDACTED", "auth": "REDACTED"}


@pytest.mark.parametrize("name", ["logs/home/x/conf/license.cfg", "host/a/face.lic"])
def test_bodies_of_licences(name: str) -> None:
    redactor = Redactor()
    found = redactor.text(b"any body at all " * 1000, name)
    assert b"any body" not in found
    assert redactor.counts() == {"licence": 1}
    assert redactor.text(found, name) == found


def test_the_folder_of_the_package_is_no_person() -> None:
    line = b"cp /home/original/package/Install/x.log /home/original/\n"
    assert Redactor().text(line, "logs/x.log") == line


def test_the_log_of_a_licence_service_is_no_licence() -> None:
    line = b"FATAL machine auth check failure\n"
    assert Redactor().text(line, "logs/license_service.log.wf") == line
