"""How envcheck is packaged: the package, and the rule sets as its data."""

from __future__ import annotations

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
VERSION = re.search(r'__version__ = "(.+?)"', (HERE / "envcheck/__init__.py").read_text(encoding="utf-8"))
if VERSION is None:
    raise SystemExit("envcheck/__init__.py does not say its version")

# Where it has wheels; elsewhere logs are searched by a slower engine.
HYPERSCAN = (
    "hyperscan>=0.9; python_version >= '3.10' and python_version < '3.15'"
    " and platform_system == 'Linux' and platform_machine == 'x86_64'"
)

setup(
    name="envcheck",
    version=VERSION[1],
    description="Says before the install whether a server is what the product needs, and how to mend it",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.9",
    packages=[*find_packages(include=["envcheck", "envcheck.*"]), "envcheck.rules"],
    package_dir={"envcheck.rules": "rules"},
    package_data={
        "envcheck": ["py.typed"],
        "envcheck.problems": ["*.json"],
        "envcheck.report": ["*.json"],
        "envcheck.rulebook": ["*.json"],
        "envcheck.rules": ["*.yaml"],
    },
    install_requires=[
        "PyYAML>=5.4",
        HYPERSCAN,
        "backports.zstd>=1; python_version < '3.14'",
        "docker>=5",
        "nvidia-ml-py>=11.450",
        "platformdirs>=2.2,<4.4",  # later ones import tempfile and shutil at every start
        "psutil>=5.8",
        "pyelftools>=0.27",
        "tabulate>=0.8.10,<0.9",  # 0.9 imports dataclasses and inspect at every start
        "wcwidth>=0.2,<0.3",  # later ones take five times as long to import
    ],
    extras_require={
        "kit": [
            "cyclonedx-python-lib[json-validation]==11.12.0",  # exactly: the kit is to the byte the same
            "pip>=23",
            "ziglang==0.17.1",  # scripts/kit/interpreter.py says so too
        ],
        "test": [
            "coverage[toml]>=7.10",
            "cyclonedx-python-lib[json-validation]>=9",
            "distro>=1.6",
            "hypothesis>=6",
            "jsonschema>=4",
            "mypy>=1.10",
            "pyelftools>=0.30",
            "pyfakefs>=5",
            "pytest>=8",
            "pytest-cov>=4",
            "pytest-timeout>=2",
            "pytest-xdist>=3",
            "ruff>=0.6",
            "types-PyYAML",
            "types-docker",
            "types-jsonschema",
            "types-psutil",
            "types-setuptools",
            "types-tabulate",
            "setuptools>=64",  # with which the example package of the tests is built
            "wheel>=0.38",
        ],
    },
    entry_points={"console_scripts": ["envcheck = envcheck.__main__:main"]},
    zip_safe=False,
)
