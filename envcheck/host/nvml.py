"""The NVIDIA driver and its GPUs, asked through NVML."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from envcheck.host.base import Absent, Failed, Nvml, NvmlCard

if TYPE_CHECKING:
    import ctypes

T = TypeVar("T")

LIBRARY = "libnvidia-ml.so.1"
LOADER_CACHE = "/etc/ld.so.cache"
LOADER_DIRECTORIES = (
    *("/lib64", "/usr/lib64", "/lib", "/usr/lib"),
    *("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu"),
    *("/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu"),
)
SECONDS = 30.0
"""NVML's own start takes long where no persistence daemon keeps the driver awake."""

_VIRTUALIZATION = {0: "none", 1: "passthrough", 2: "vgpu", 3: "host-vgpu", 4: "host-vsga"}


def ask() -> Nvml:
    """The driver's version and every card. May block for long: call it under a deadline.

    Raises Absent (no library) and Failed, with NVML's error number as its code.
    """
    library = _load()
    import pynvml

    try:
        _start(library)
        try:
            count = pynvml.nvmlDeviceGetCount()
            cards = tuple(_card(index) for index in range(count))
            return Nvml(_text(pynvml.nvmlSystemGetDriverVersion()), cards)
        finally:
            _stop()
    except pynvml.NVMLError as error:
        _fail(error)


def processes() -> tuple[int, ...]:
    """The pids of what computes or draws on any card, as this machine counts them. As `ask`."""
    library = _load()
    import pynvml

    try:
        _start(library)
        try:
            cards = [pynvml.nvmlDeviceGetHandleByIndex(each) for each in range(pynvml.nvmlDeviceGetCount())]
            found = [process.pid for card in cards for process in _on_card(card)]
        finally:
            _stop()
    except pynvml.NVMLError as error:
        _fail(error)
    return tuple(dict.fromkeys(map(int, found)))


def _on_card(card: object) -> list[Any]:
    """By the newest of the questions that this driver knows; raises NVMLError where it knows none."""
    import pynvml

    known = [list(found) for kind in ("Compute", "Graphics") for found in _answers(kind, card)]
    if not known:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_FUNCTION_NOT_FOUND)
    return [process for found in known for process in found]


def _answers(kind: str, card: object) -> Iterator[Any]:
    """What runs on a card; nothing where it is not told. Drivers before 450 know neither question."""
    import pynvml

    for version in ("v3", "v2"):
        ask_driver = getattr(pynvml, f"nvmlDeviceGet{kind}RunningProcesses_{version}")
        found = _or_none(lambda: ask_driver(card))  # noqa: B023 - called at once
        if found is not None:
            yield found
            return


def _load() -> ctypes.CDLL:
    # Tried before pynvml is imported, which takes longer than all the rest where there is none.
    if _loader_has_none():
        raise Absent(f"no {LIBRARY}")
    import ctypes

    try:
        return ctypes.CDLL(LIBRARY)
    except OSError as error:
        if str(error).startswith(f"{LIBRARY}: cannot open shared object file: No such file"):
            raise Absent(f"no {LIBRARY}") from error
        raise Failed(f"{LIBRARY} can't be loaded: {error}") from error


def _loader_has_none() -> bool:
    """Whether the dynamic loader is sure to find no library: then not even ctypes need be loaded.

    It looks where LD_LIBRARY_PATH says, in its cache and in its own directories (ld.so(8)).
    """
    if "LD_LIBRARY_PATH" in os.environ:
        return False
    try:
        with open(LOADER_CACHE, "rb") as cache:
            if LIBRARY.encode() in cache.read():
                return False
    except OSError:
        return False
    return not any(os.path.lexists(os.path.join(place, LIBRARY)) for place in LOADER_DIRECTORIES)


def _start(library: ctypes.CDLL) -> None:
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        if error.value != pynvml.NVML_ERROR_FUNCTION_NOT_FOUND:
            raise
        # Drivers of the 384 time have no nvmlInitWithFlags, the only way that pynvml knows.
        code = library.nvmlInit_v2()
        if code != pynvml.NVML_SUCCESS:
            raise pynvml.NVMLError(code) from None


def _stop() -> None:
    import pynvml

    try:
        pynvml.nvmlShutdown()
    except pynvml.NVMLError:
        return


def _card(index: int) -> NvmlCard:
    """One card. One that can't be reached ("GPU is lost") keeps its place, with the reason for a name."""
    import pynvml

    try:
        handle = pynvml.nvmlDeviceGetHandleByIndex(index)
        name = _text(pynvml.nvmlDeviceGetName(handle))
    except pynvml.NVMLError as error:
        return NvmlCard(index, f"unreadable ({error})", None, None, None, None, None)
    return NvmlCard(
        number=index,
        name=name,
        memory=_or_none(lambda: int(pynvml.nvmlDeviceGetMemoryInfo(handle).total)),
        pci_bus=_or_none(lambda: _text(pynvml.nvmlDeviceGetPciInfo(handle).busId)),
        uuid=_or_none(lambda: _text(pynvml.nvmlDeviceGetUUID(handle))),
        virtualization=_or_none(
            lambda: _VIRTUALIZATION.get(int(pynvml.nvmlDeviceGetVirtualizationMode(handle)))
        ),
        mig=_or_none(lambda: pynvml.nvmlDeviceGetMigMode(handle)[0] == pynvml.NVML_DEVICE_MIG_ENABLE),
    )


def _or_none(ask_card: Callable[[], T]) -> T | None:
    """What a card answers, or None where this driver or card does not know the question."""
    import pynvml

    try:
        return ask_card()
    except pynvml.NVMLError:
        return None


def _text(value: Any) -> str:  # noqa: ANN401 - bytes in old pynvml, str in new
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def _fail(error: Any) -> NoReturn:  # noqa: ANN401 - pynvml is untyped
    raise Failed(f"NVML: {error}", error.value) from error
