"""The software bill of materials: what is in the kit, in CycloneDX's JSON."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from scripts.kit import sources
from scripts.kit.packages import Package
from scripts.kit.steps import BuildError, sha256


def document(archive: Path, name: str, version: str, held: list[Package], epoch: int) -> str:
    """The valid document for an archive that holds these packages and the pinned sources.

    Raises BuildError where it does not fit CycloneDX's schema.
    """
    kit = Component(
        name=name,
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref=name,
        licenses=[DisjunctiveLicense(id="Apache-2.0")],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256(archive))],
    )
    components = [*map(_package, held), *map(_source, sources.pinned().values())]
    bom = Bom(
        serial_number=uuid5(NAMESPACE_URL, f"{name}:{sha256(archive)}"),
        metadata=BomMetaData(component=kit, timestamp=datetime.fromtimestamp(epoch, timezone.utc)),
        components=components,
    )
    bom.register_dependency(kit, components)
    text = JsonV1Dot6(bom).output_as_string(indent=2) + "\n"
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if problem is not None:
        raise BuildError(f"the bill of materials is not valid: {problem}")
    return text


def _package(package: Package) -> Component:
    purl = PackageURL("pypi", None, package.name, package.version)
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        purl=purl,
        bom_ref=str(purl),
        licenses=[DisjunctiveLicense(name=package.licence)],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=package.sha256)],
    )


def _source(source: sources.Source) -> Component:
    """A library of the interpreter, or itself: compiled from Debian's source package."""
    purl = PackageURL("deb", "debian", source.name, source.version, {"arch": "source"})
    return Component(
        name=source.name,
        version=source.version,
        type=ComponentType.LIBRARY,
        purl=purl,
        bom_ref=str(purl),
        licenses=[DisjunctiveLicense(name=source.licence)],
        properties=[
            Property(name="envcheck:upstream-version", value=source.upstream),
            Property(name="envcheck:dsc-sha256", value=source.dsc_sha256),
        ],
    )
