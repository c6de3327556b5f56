"""Secrets on other lines than their names, and what Kubernetes keeps."""

from __future__ import annotations

import base64
import json

import pytest

from envcheck.bundle.redact import Redactor
from envcheck.bundle.redact.stream import BLOCK

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEhunter2xx9\nMIIEdef\n-----END RSA PRIVATE KEY-----\n"
CODED = base64.b64encode(b"hunter2!x9 of the bank").decode()
TEXTS = [
    "password: |\n  hunter2xx9\n  hunter2xx9 too\nnext: stays\n",
    "a:\n  db_password: >-\n    hunter2xx9\n  next: stays\n",
    "password:\n  hunter2xx9\nnext: stays\n",
    '{"password":\n  "hunter2xx9", "next": "stays"}',
    '{"auths": {"h": {"auth":\n\t"hunter2xx9"}}, "next": "stays"}',
    "- name: DB_PASSWORD\n  value: hunter2xx9\n- name: next\n  value: stays\n",
    "- name: DB_PASSWORD\n  value: |\n    hunter2xx9\n    hunter2xx9\n- name: next\n  value: stays\n",
    "- value: hunter2xx9\n  name: DB_PASSWORD\n- name: next\n  value: stays\n",
    '{"value":"hunter2xx9","name":"DB_PASSWORD"},{"name":"next","value":"stays"}',
    '{"Key":"DB_PASSWORD","Value":"hunter2xx9"}, stays',
    '{"key":"db.password","type":"string","value":"hunter2xx9"}, stays',
    "password: !vault |\n  hunter2xx9\n  hunter2xx9\nnext: stays\n",
    '"Cmd": [\n  "mysqladmin",\n  "-uroot",\n  "-phunter2xx9",\n  "stays"\n]',
    '"Args": [\n  "--db-password",\n  "hunter2xx9",\n  "stays"\n]',
    '{"name":"DB_PASSWORD","value":"hunter2xx9"},{"name":"next","value":"stays"}',
    '  "name": "API_TOKEN",\n  "value": "hunter2xx9"\n "stays"',
    r"{\"name\":\"DB_PASSWORD\",\"value\":\"hunter2xx9\"},\"stays\"",
    "<property><name>password</name><value>hunter2xx9</value></property> stays",
    '<add key="password" value="hunter2xx9"/> stays',
    json.dumps({"a": KEY, "next": "stays"}),
    json.dumps(json.dumps({"a": KEY, "next": "stays"})),
    KEY.replace("\n", "\r\n") + "stays",
    "  tls.key: |\n" + "".join(f"    {line}\n" for line in KEY.splitlines()) + "next: stays\n",
    "Private-Lines: 2\nMIIEhunter2xx9\nhunter2xx9\nPrivate-MAC: aa\nstays",
    f"apiVersion: v1\ndata:\n  db: {CODED}\n  user: {CODED}\nkind: Secret\nnext: stays\n",
    f"items:\n- apiVersion: v1\n  data:\n    db: {CODED}\n  kind: Secret\n  next: stays\n",
    f'{{"kind":"Secret","data":{{"db":"{CODED}"}},"next":"stays"}}',
    f'"last-applied": "{{\\"data\\":{{\\"db\\":\\"{CODED}\\"}},\\"kind\\":\\"Secret\\"}}", "stays"',
    "kind: Secret\nstringData:\n  conf: |\n    hunter2xx9\n    more\n  b: hunter2xx9\nnext: stays\n",
]


@pytest.mark.parametrize("member", ["", "host/etc/x.yaml"])
@pytest.mark.parametrize("text", TEXTS)
def test_nothing_of_it_remains(text: str, member: str) -> None:
    redactor = Redactor()
    found = redactor.text(text.encode(), member).decode()
    assert "hunter2" not in found
    assert CODED not in found
    assert "stays" in found
    assert set(redactor.counts()) <= {"secret", "private-key"}
    assert redactor.text(found.encode(), member).decode() == found


@pytest.mark.parametrize("shift", [0, 40, 5000, BLOCK // 2])
def test_a_key_in_a_line_longer_than_a_block(shift: int) -> None:
    body = "\\n".join(f"MIIEhunter2{number:04}" for number in range(200))
    line = '{"x":"' + "y " * ((BLOCK - shift) // 2) + '","k":"-----BEGIN PRIVATE KEY-----\\n' + body
    line += '\\n-----END PRIVATE KEY-----\\n","z":"' + "y " * BLOCK + 'stays"}'
    found = Redactor().text(line.encode())
    assert b"hunter2" not in found
    assert found.endswith(b'stays"}')


ORDINARY = [
    "secret:\n  name: stays\n", "token:\n- stays\n", "kind: ConfigMap\ndata:\n  a: stays\n", "- name: path\n  value: stays\n",
    "password:\n", "passwords:\n  - stays\n", "note:\n  password of root is not set\n", "error:\n  at line 3\n", "kind: SecretStore\ndata:\n  a: b\n",
]  # fmt: skip


@pytest.mark.parametrize("text", ORDINARY)
def test_what_is_none_stays(text: str) -> None:
    assert Redactor().text(text.encode()).decode() == text
