"""One redaction: everything that goes into a bundle passes through the same Redactor."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Optional

from envcheck.bundle.redact import learn
from envcheck.bundle.redact.finders import Finder, bodies
from envcheck.bundle.redact.finders.colons import Colons
from envcheck.bundle.redact.finders.commands import Commands
from envcheck.bundle.redact.finders.domains import Domains
from envcheck.bundle.redact.finders.foreign import Foreign
from envcheck.bundle.redact.finders.hosts import Hosts
from envcheck.bundle.redact.finders.ids import Ids
from envcheck.bundle.redact.finders.quads import Quads
from envcheck.bundle.redact.finders.secrets import Secrets
from envcheck.bundle.redact.finders.sockets import Sockets
from envcheck.bundle.redact.finders.users import Users
from envcheck.bundle.redact.finders.values import Values
from envcheck.bundle.redact.headers import Headers
from envcheck.bundle.redact.identities import Identities
from envcheck.bundle.redact.known import Known
from envcheck.bundle.redact.lines import Lines
from envcheck.bundle.redact.long_lines import LongLines
from envcheck.bundle.redact.members import Member, member
from envcheck.bundle.redact.pseudonyms import Pseudonyms
from envcheck.bundle.redact.spans import aligned, replaced
from envcheck.bundle.redact.stream import as_utf8, blocks, pieces
from envcheck.bundle.redact.wrapped import Wrapped

if TYPE_CHECKING:
    from envcheck.host.base import Answer, Host, Question

SCHEMA = "envcheck.redaction/1"
_BODY = b"REDACTED: the body of a licence file\n"


class Redactor:
    """Replaces identifiers by pseudonyms and secrets by REDACTED, the same way everywhere.

    `identifiers`: further ones to replace everywhere, by kind (host, domain, user, serial,
    address, mac, uuid). `keep`: names of users that stay, besides the product's and the
    system's. To redact again what was redacted changes nothing.
    """

    def __init__(
        self,
        identifiers: Optional[Mapping[str, Iterable[str]]] = None,
        keep: Iterable[str] = (),
        pseudonyms: Optional[Pseudonyms] = None,
    ) -> None:
        self._pseudonyms = pseudonyms or Pseudonyms()
        self._known = Known(self._pseudonyms)
        self._quads = Quads(self._pseudonyms)
        self._domains = Domains(self._pseudonyms, self._known)
        self._hosts = Hosts(self._pseudonyms, self._known)
        self._foreign = Foreign(self._pseudonyms, self._known)
        self._values = Values(self._pseudonyms)
        self._identities = Identities(self._pseudonyms, self._known, self._quads, self._foreign)
        self._headers = Headers(self._pseudonyms, self._known)
        self._others: tuple[Finder, ...] = (
            *self._quads.finders(),
            *Colons(self._pseudonyms).finders(),
            *Sockets(self._pseudonyms).finders(),
            *Ids(self._pseudonyms).finders(),
            *self._hosts.finders(),
            *Users(self._pseudonyms, {name.encode() for name in keep}).finders(),
            *Secrets().finders(),
            *Commands().finders(),
            *self._foreign.finders(),
        )
        self._lines = self._with_domains()
        for kind, each in (identifiers or {}).items():
            self._identities.add(kind, each)
        self._lines = self._with_domains()

    # -- learning ---------------------------------------------------------------------

    def learn_from(self, answers: Mapping[Question, Answer]) -> None:
        """Know the identifiers in a host's answers from now on, wherever and however they are written."""
        learn.from_answers(answers, self._identities)
        self._lines = self._with_domains()

    def learn_from_host(self, host: Host) -> None:
        """Ask a host who it is, without a trace in its answers, and know that from now on."""
        learn.from_host(host, self._identities)
        self._lines = self._with_domains()

    def _with_domains(self) -> Lines:
        of_host = (self._domains.finder(), self._hosts.own())
        return Lines((*of_host, *self._others), self._known, self._pseudonyms.counts)

    # -- redacting --------------------------------------------------------------------

    def name(self, name: str) -> str:
        """The name of a member; its folders are names of the layout and stay, unless they identify."""
        data = name.encode("utf-8", "surrogateescape")
        return self._lines.thorough(data, versions=True, columns=False).decode("utf-8", "surrogateescape")

    def text(self, data: bytes, name: str = "") -> bytes:
        """A whole text; `name` is that of its member."""
        parts: list[bytes] = []
        self.stream(data, parts.append, name)
        return b"".join(parts)

    def stream(self, source: object, sink: Callable[[bytes], object], name: str = "") -> None:
        """A member of any size in little memory: from an iterable of bytes or a file to a function."""
        kind = member(name)
        if kind.licence:
            self._licence(pieces(source), sink)
            return
        wrapped = Wrapped(pieces(source), sink, name)
        self._text(wrapped, kind)
        if wrapped.closed:
            self._pseudonyms.count("archive")
        wrapped.end()

    def _text(self, wrapped: Wrapped, kind: Member) -> None:
        parts, write = as_utf8(wrapped.parts, wrapped.write)
        long_lines = LongLines(self._lines)
        for block, ends in blocks(parts):
            if long_lines.open or not ends:
                write(long_lines.take(block))
                if block.endswith(b"\n"):
                    write(long_lines.end())
            else:
                write(self._block(block, kind))
        write(long_lines.end())

    def _block(self, data: bytes, kind: Member) -> bytes:
        hidden = bodies.spans(data)
        if hidden:
            self._lines.count(hidden)
            data = replaced(data, hidden)
        value = "host" if data.strip().lower() in self._known.common else kind.value
        spans = list(self._values.spans(value, data)) if value else []
        if spans:
            self._lines.count(spans)
            return aligned(data, spans)
        self._headers.learn(data)
        data = self._headers.replace(data)
        if kind.columns:
            return self._lines.thorough(data, versions=kind.versions, columns=True)
        return self._lines.fast(data, versions=kind.versions)

    def _licence(self, parts: Iterable[bytes], write: Callable[[bytes], object]) -> None:
        if [True for part in parts if part.strip() and part != _BODY]:  # all of it is read
            self._pseudonyms.count("licence")
        write(_BODY)

    # -- afterwards -------------------------------------------------------------------

    def counts(self) -> Mapping[str, int]:
        """How many places were replaced so far, by kind."""
        return {kind: count for kind, count in sorted(self._pseudonyms.counts.items()) if count}

    def dump_map(self) -> bytes:
        """What stands for what, as JSON: to be kept on the host, and to go on with by `load_map`."""
        document = {"schema": SCHEMA, **self._pseudonyms.dump(), "known": self._known.dump()}
        document["known"]["addresses"] = sorted(quad.decode() for quad in self._quads.known)
        return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "surrogateescape")

    @classmethod
    def load_map(cls, data: bytes) -> Redactor:
        """A Redactor that gives the same pseudonyms. Raises ValueError for what is no map."""
        try:
            document: dict[str, Any] = json.loads(data)
            if document["schema"] != SCHEMA:
                raise ValueError(f"the map's schema is {document['schema']!r}, not {SCHEMA!r}")
            found = cls(pseudonyms=Pseudonyms.load(document))
            found._identities.load(document["known"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a map of a redaction: {error!r}") from error
        found._lines = found._with_domains()
        return found
