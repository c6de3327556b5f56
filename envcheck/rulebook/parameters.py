"""The parameters of a rule set, and their use in its checks.

    params:
      license-port:
        title: {en: Port of the licence service, zh: 鉴权服务端口}
        type: port                        # a word of `settings.TYPES`; [port] is a list of them
        default: 8887                     # left out: what needs it is skipped until it is set
        text: {en: …, zh: …}              # more about it, for `list -v`
        choices: [a, b]                   # all that it may be
        min: 1                            # it is never less

In a requirement `$license-port` stands where a value stands; in a title or a requirement in
words it stands for the value as people read it, and `$$` is a dollar sign. Its type must fit
the fact. A probe is asked with the parameters that bear the names of its settings; the first
of these may stand in brackets instead, as it is or as another parameter: `path[/home].status`,
`path[$data-dir].status`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from envcheck import probes
from envcheck.errors import RequestError
from envcheck.facts import split, subject
from envcheck.lazy import regex
from envcheck.rulebook.model import Parameter
from envcheck.rulebook.requirement import Unset
from envcheck.rulebook.settings import TYPES, Given, Value, read_value, said
from envcheck.rulebook.source import Node, each, is_id, nearest, quoted, refuse
from envcheck.rulebook.types import Type, fields_of
from envcheck.text import Text

KEYS = ("title", "text", "type", "default", "choices", "min")
ORDERED = ("integer", "number", "port", "size", "frequency", "version")
"""Types of which one value is less than another."""

_IN_TEXT = regex(r"\$(\$|[a-z][a-z0-9]*(?:-[a-z0-9]+)*)")


def build_all(nodes: Iterable[Node]) -> dict[str, Parameter]:
    """The parameters in these `params:`, by name; a later one changes what an earlier one says.

    Raises RuleErrors with everything that is wrong.
    """
    nodes = list(nodes)
    first = nodes[0].file if nodes else ""
    fields: dict[str, dict[str, Node]] = {}

    def read(entry: tuple[Node, Node]) -> tuple[str, Parameter]:
        key, value = entry
        changes = key.file != first and key.text not in fields
        if changes and not {"title", "type"} <= {each.text for each, _ in value.items()}:
            near = nearest(key.text, fields) or "; it has none"
            raise key.error(
                f"no parameter {quoted(key.text)} to change, and a new one has title and type{near}"
            )
        if not is_id(key.text) or key.text[0].isdigit():
            raise key.error(f"{quoted(key.text)} is no name: lower-case words joined by hyphens")
        fields[key.text] = {**fields.get(key.text, {}), **value.fields(KEYS)}
        return key.text, _build(key, fields[key.text])

    return dict(each(read, (entry for node in nodes for entry in node.items())))


def _build(key: Node, fields: Mapping[str, Node]) -> Parameter:
    missing = [wanted for wanted in ("title", "type") if wanted not in fields]
    refuse([key.error(f"the key {wanted!r} is missing") for wanted in missing])
    word, many = _type(fields["type"])
    made = Parameter(
        name=key.text,
        type=word,
        many=many,
        title=fields["title"].bilingual(),
        text=fields["text"].bilingual() if "text" in fields else None,
        choices=_choices(fields, word),
        least=_least(fields["min"], word) if "min" in fields else None,
    )
    return made._replace(default=_default(fields["default"], made)) if "default" in fields else made


def _type(node: Node) -> tuple[str, bool]:
    many = node.kind == "list" and len(node.children) == 1
    word = node.children[0] if many else node
    if word.string() not in TYPES:
        raise word.error(f"unknown type {quoted(word.text)}{nearest(word.text, TYPES)}")
    return word.text, many


def _choices(fields: Mapping[str, Node], word: str) -> tuple[str, ...]:
    if "choices" not in fields:
        return ()
    node = fields["choices"]
    for item in node.list():
        try:
            TYPES[word].read(item.string())
        except ValueError as error:
            raise item.error(str(error)) from None
    if not node.children:
        raise node.error("without a choice it could not be set")
    return tuple(item.text for item in node.children)


def _least(node: Node, word: str) -> Value:
    if word not in ORDERED:
        raise node.error(
            f"{TYPES[word].words} is never less than another; types with a min: {', '.join(ORDERED)}"
        )
    try:
        return TYPES[word].read(node.string())
    except ValueError as error:
        raise node.error(str(error)) from None


def _default(node: Node, parameter: Parameter) -> Value:
    items = node.list() if parameter.many else [node]
    for item in items if parameter.type == "path" else ():
        if not item.string().startswith("/"):
            raise item.error("the path begins with a slash: a rule file has no working directory")
    given = tuple(item.string() for item in items) if parameter.many else node.string()
    try:
        return read_value(parameter, given)
    except ValueError as error:
        raise node.error(str(error)) from None


class Scope:
    """The parameters that stand at one place, their values, and which of them were used there."""

    def __init__(self, parameters: Mapping[str, Parameter], values: Mapping[str, Value]) -> None:
        self.parameters = parameters
        self.values = values
        self.used: dict[str, None] = {}
        self.asked: dict[str, None] = {}
        """Those that probes were asked with though they need not be set."""
        self.consulted = False
        """Whether another scope could have made a difference."""

    def fresh(self) -> Scope:
        """The same parameters, none of them used yet."""
        return Scope(self.parameters, self.values)

    @property
    def unset(self) -> tuple[str, ...]:
        """Those that were used and have no value."""
        return tuple(name for name in self.used if name not in self.values)

    def find(self, node: Node, name: str) -> Parameter:
        """The parameter of that name, used from now on. Raises RuleError at the node for another name."""
        self.consulted = True
        if name not in self.parameters:
            known = nearest(name, self.parameters) or "; this rule set has none"
            raise node.error(f"unknown parameter {quoted(name)}{known}")
        self.used[name] = None
        return self.parameters[name]

    def operand(self, node: Node, name: str, wanted: Type) -> Value:
        """What `$name` stands for where a fact of type `wanted` is compared; Unset without a value.

        Raises RuleError where the parameter's type does not fit.
        """
        parameter = self.find(node, name)
        if TYPES[parameter.type].kind != wanted.kind or not set(wanted.choices) >= _needed(parameter, wanted):
            raise node.error(f"the parameter {name!r} is {described(parameter)}: this fact is a {wanted}")
        return self.values.get(name, Unset(name))

    def bilingual(self, node: Node) -> Text:
        """A text in both languages, the parameters in it replaced by their values."""
        text = node.bilingual()
        if "$" not in text.en and "$" not in text.zh:
            return text
        return Text(*(_IN_TEXT.sub(lambda found: self._word(node, found[1]), part) for part in text))

    def _word(self, node: Node, name: str) -> str:
        if name == "$":
            return name
        self.find(node, name)
        return said(self.values[name]) if name in self.values else "…"

    def ask(self, fact: Node) -> None:
        """Use what the probe of this fact is asked with. Raises RuleError where that does not fit."""
        probe, about = subject(split(fact.text)[0])
        settings = probes.settings_class(probe)
        if settings is None:
            if about is not None:
                raise fact.error(wrong_subject(probe, about))
            return
        self.consulted = True
        fields = fields_of(settings)
        for place, field in enumerate(fields):
            name = field.replace("_", "-")
            wanted = fields[field]
            if place == 0 and about is not None:
                self._about(fact, about, wanted, probe)
                continue
            needed = field not in settings._field_defaults
            if name in self.parameters:
                _fit(fact, self.parameters[name], wanted, probe)
                (self.find(fact, name) if needed else self.asked.update({name: None}))
            elif needed:
                raise fact.error(_unasked(fact, probe, name, wanted))

    def _about(self, fact: Node, about: str, wanted: Type, probe: str) -> None:
        """What stands in the brackets of a probe: `path[/home]`, or a parameter, `path[$data-dir]`."""
        if about.startswith("$"):
            _fit(fact, self.find(fact, about[1:]), wanted, probe)
        else:
            wrong = wrong_subject(probe, about)
            if wrong:
                raise fact.error(wrong)


def _unasked(fact: Node, probe: str, name: str, wanted: Type) -> str:
    said = f"{probe!r} is asked with {name!r}: name that parameter under `params`"
    if wanted.kind != "text":
        return said
    about = "/some/dir" if probes.is_about_path(probe) else f"SOME-{name.upper()}"
    return f"{said}, or say it in brackets: {probe}[{about}]{fact.text[len(probe) :]}"


def wrong_subject(probe: str, text: str) -> str:
    """Why this cannot stand in the brackets of a probe; empty where it can, as a parameter's name may."""
    settings = probes.settings_class(probe)
    if settings is None:
        return f"{probe!r} is asked about nothing: leave out the brackets"
    if text.startswith("$"):
        return ""
    wanted = fields_of(settings)[settings._fields[0]]
    if wanted.kind != "text":
        return f"{probe!r} is asked about a {wanted}: name a parameter in the brackets, [$name]"
    if not text or not text.isprintable() or text != text.strip():
        return f"{probe!r} cannot be asked about {quoted(text)}"
    if probes.is_about_path(probe) and not text.startswith("/"):
        return f"the path {quoted(text)} begins with a slash: it is the same wherever the check is run"
    return ""


def described(parameter: Parameter) -> str:
    """The type in words: `a port`, `a list of sizes`."""
    if parameter.choices:
        return f"one of {', '.join(parameter.choices)}"
    words = f"a list of {parameter.type}s" if parameter.many else TYPES[parameter.type].words
    return words if parameter.least is None else f"{words} from {said(parameter.least)} up"


def _needed(parameter: Parameter, wanted: Type) -> set[str]:
    """What a fact that is one of a few texts must be able to be."""
    return set(parameter.choices) or {""} if wanted.choices else set()


def _fit(fact: Node, parameter: Parameter, wanted: Type, probe: str) -> None:
    item = wanted.item if wanted.kind == "list" and wanted.item is not None else wanted
    fits = TYPES[parameter.type].kind == item.kind and set(item.choices) >= _needed(parameter, item)
    if not fits or parameter.many != (wanted.kind == "list"):
        raise fact.error(
            f"{probe!r} is asked with a {wanted}: the parameter {parameter.name!r} is {described(parameter)}"
        )


def values_of(parameters: Mapping[str, Parameter], given: Mapping[str, Given]) -> dict[str, Value]:
    """The value of each parameter that has one. Raises RequestError for one that does not fit."""
    values = {name: found.default for name, found in parameters.items() if found.default is not None}
    wrong: list[str] = []
    for name, text in given.items():
        try:
            values[name] = read_value(parameters[name], text)
        except ValueError as error:
            wrong.append(f"--set {name}: {described(parameters[name])} is wanted: {error}")
    if wrong:
        raise RequestError("\n".join(wrong))
    return values


NO_PARAMETERS = Scope({}, {})
"""Where there are no parameters."""
