"""What a package's probe says of itself, told from one process to another.

The classes of its facts are the package's own, and to unpickle one would import the package.
So each is told by its fields, and stood for by a class of ours with the same annotations.
"""

from __future__ import annotations

import io
import pickle
from types import ModuleType
from typing import Annotated, Any, Optional, get_args, get_origin, get_type_hints

from envcheck.facts import doc
from envcheck.record import Record

_OURS = ("builtins", "typing", "types", "envcheck")
_SHOWN = frozenset(doc(""))
"""What else a package's metadata may hold, functions of its own say, is not told."""


class Told(Record):
    """As it is told."""

    classes: tuple[tuple[str, bytes], ...]
    """The name of each, and its annotations, pickled with the places of others in this list."""
    facts: Optional[int]
    """The place of the class that it answers with; None where that is not to be known."""
    settings: Optional[int]
    needed: tuple[str, ...]
    """The settings without a default."""
    about_path: bool


class Description(Record):
    """As it is understood."""

    facts: Optional[type]
    settings: Optional[type[Any]]
    about_path: bool


DEFAULT = "the default"
"""Stands for the default of a setting, which may be anything of the package's own."""


def tell(module: ModuleType) -> Told:
    """What there is to tell, where the module may be imported."""
    telling = _Telling()
    settings = getattr(module, "Settings", None)
    defaults = getattr(settings, "_field_defaults", {})
    return Told(
        facts=telling.facts(module),
        settings=telling.place(settings) if isinstance(settings, type) else None,
        needed=tuple(name for name in getattr(settings, "_fields", ()) if name not in defaults),
        about_path=getattr(module, "ABOUT_PATH", False) is True,
        classes=telling.classes(),
    )


class _Telling:
    """The classes that were met."""

    def __init__(self) -> None:
        self._met: list[type] = []

    def facts(self, module: ModuleType) -> Optional[int]:
        try:
            return self.place(get_type_hints(module.collect)["return"])
        except Exception:  # noqa: BLE001 - it is not our code, and says so again when it is asked
            return None

    def place(self, met: type) -> int:
        if met not in self._met:
            self._met.append(met)
        return self._met.index(met)

    def classes(self) -> tuple[tuple[str, bytes], ...]:
        told: list[tuple[str, bytes]] = []
        while len(told) < len(self._met):  # each may name more of them
            each = self._met[len(told)]
            told.append((each.__name__, self._annotations(each)))
        return tuple(told)

    def _annotations(self, met: type) -> bytes:
        hints = get_type_hints(met, include_extras=True)
        written = io.BytesIO()
        pickler = _Pickler(written)
        pickler.place = self.place
        pickler.dump({name: _shown(hints[name]) for name in vars(met).get("__annotations__", ())})
        return written.getvalue()


class _Pickler(pickle.Pickler):
    place: Any

    def persistent_id(self, part: object) -> Optional[int]:
        """The place of a class that is not ours."""
        foreign = isinstance(part, type) and part.__module__.partition(".")[0] not in _OURS
        return self.place(part) if foreign and get_origin(part) is None else None


def _shown(annotation: Any) -> Any:  # noqa: ANN401 - an annotation
    """The annotation, its example value as it is shown."""
    if get_origin(annotation) is not Annotated or not isinstance(annotation.__metadata__[0], dict):
        return annotation
    said = {key: part for key, part in annotation.__metadata__[0].items() if key in _SHOWN}
    return Annotated[get_args(annotation)[0], {**said, "example": _words(said.get("example"))}]


def _words(example: object) -> object:
    if type(example) is tuple:
        return tuple(map(_words, example))
    ours = type(example).__module__.partition(".")[0] in _OURS
    return example if ours else str(example)


def description(told: Told) -> Description:
    """What was told, with classes of ours for the package's. Raises what unpickling does."""
    stand_ins = [type(name, (), {"__module__": __name__}) for name, _ in told.classes]
    for stand_in, (_, content) in zip(stand_ins, told.classes):
        reader = _Unpickler(io.BytesIO(content))
        reader.stand_ins = stand_ins
        stand_in.__annotations__ = reader.load()
    settings = None if told.settings is None else _settings(stand_ins[told.settings], told.needed)
    facts = None if told.facts is None else stand_ins[told.facts]
    return Description(facts, settings, told.about_path)


class _Unpickler(pickle.Unpickler):
    stand_ins: list[type]

    def persistent_load(self, place: int) -> type:
        """The class that stands for the one in that place."""
        return self.stand_ins[place]

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - part of an annotation
        if module.partition(".")[0] not in (*_OURS, "operator", "_operator"):  # typing's own need getitem
            raise pickle.UnpicklingError(f"it holds a {name} of {module}")
        return super().find_class(module, name)


def _settings(stand_in: type, needed: tuple[str, ...]) -> type[Any]:
    annotations = stand_in.__annotations__
    defaults = {name: DEFAULT for name in annotations if name not in needed}
    space = {"__module__": __name__, "__annotations__": annotations, **defaults}
    make: Any = type(Record)  # to type checkers a Record is a NamedTuple
    made: type[Any] = make(stand_in.__name__, (Record,), space)
    return made
