"""Configuration: what ``[tool.conflict-lint]`` or ``conflict-lint.toml`` may say, and what it means for one file.

Every key is listed once, in ``_KEYS``. Whatever is not there, or has the wrong type, is a ``ConfigError`` that names
the file, the line, the key and the nearest right spelling: a setting that is silently ignored protects nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from conflict_lint.patterns import Patterns
from conflict_lint.severity import Severity
from conflict_lint.spelling import did_you_mean

FILE_NAME = "conflict-lint.toml"
SHARED_NAME = "pyproject.toml"
LEVELS: dict[str, Severity] = {str(level): level for level in Severity}

DEFAULT_EXCLUDE = (
    *(".bzr", ".cache", ".direnv", ".eggs", ".git", ".hg", ".hypothesis", ".ipynb_checkpoints", ".mypy_cache", ".nox"),
    *(".pants.d", ".pyenv", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode"),
    *("__pycache__", "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "venv"),
)
DEFAULT_TEST_PATHS = ("test/", "tests/", "test_*.py", "*_test.py", "conftest.py")


class ConfigError(Exception):
    """A configuration that cannot be used. ``path`` is the file, ``line`` its 1-based line or 0 when unknown."""

    def __init__(self, path: str, reason: str, line: int = 0) -> None:
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}" if path else reason)
        self.path, self.reason, self.line = path, reason, line


class Settings(NamedTuple):
    """What one run asks for. ``base`` is the absolute directory that patterns are relative to.

    ``select`` and ``ignore`` hold rule codes, code prefixes, rule names or ``ALL``; the more specific one wins, and
    ``ignore`` wins a tie. ``ceiling`` caps the severity of every finding (it is how tests get softer ones).
    ``src`` are directories, relative to ``base``, in which imports are looked up beside those that are found without.
    ``origins`` says where each field that is not a default was set, for ``config --show``.
    """

    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    severity: tuple[tuple[str, Severity | None], ...] = ()
    strict: bool = False
    fail_on: Severity = Severity.WARNING
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    force_exclude: bool = False
    catalogue: tuple[str, ...] = ()
    src: tuple[str, ...] = ()
    test_paths: tuple[str, ...] = DEFAULT_TEST_PATHS
    test_severity: Severity | None = None
    base: str = ""
    ceiling: Severity | None = None
    origins: tuple[tuple[str, str], ...] = ()

    def enabled(self, code: str, name: str) -> bool:
        """Tell whether the rule runs. What the tool says about itself (CL9xx) runs unless it is ignored by name."""
        if any(rule in (code, name) and level is None for rule, level in self.severity):
            return False
        selected = max((_specificity(selector, code, name) for selector in self.select), default=0)
        if code.startswith("CL9"):
            selected = max(selected, len("CL9"))
        return selected > max((_specificity(selector, code, name) for selector in self.ignore), default=0)

    def severity_of(self, code: str, name: str, default: Severity) -> Severity:
        """Return the severity that findings of this rule carry: overridden by code or name, then capped."""
        level = next((level for rule, level in self.severity if rule in (code, name) and level), default)
        return level if self.ceiling is None else min(level, self.ceiling)

    def for_file(self, path: str) -> Settings:
        """Return these settings as they hold for the file at the absolute ``path``."""
        ignored = [
            code for pattern, codes in self.per_file_ignores if self._matches((pattern,), path) for code in codes
        ]
        soft = self.test_severity if self.test_severity and self._matches(self.test_paths, path) else None
        if not ignored and soft is None:
            return self
        return self._replace(ignore=(*self.ignore, *ignored), ceiling=soft)

    def _matches(self, patterns: tuple[str, ...], path: str) -> bool:
        key = (self.base, patterns)
        if key not in _compiled:
            _compiled[key] = Patterns(*key)
        return bool(_compiled[key].verdict(path))

    def overlaid(self, origin: str, **values: object) -> Settings:
        """Return these settings with ``values`` that were set at ``origin`` (a file, the command line, an editor)."""
        origins = {**dict(self.origins), **dict.fromkeys(values, origin)}
        return self._replace(**values, origins=tuple(origins.items()))  # type: ignore[arg-type]

    @property
    def names_rules(self) -> bool:
        """Tell whether a rule is named anywhere, so that ``unknown_rule`` is worth the price of listing them."""
        return self.select != ("ALL",) or bool(self.ignore or self.per_file_ignores or self.severity)

    def unknown_rule(self, known: Mapping[str, str]) -> str:
        """Return what is wrong with the first selector or severity that names no rule of ``known`` (code to name)."""
        mentioned = {
            "select": self.select,
            "ignore": self.ignore,
            "per_file_ignores": [code for _, codes in self.per_file_ignores for code in codes],
            "severity": [rule for rule, _ in self.severity],
        }
        for field, selectors in mentioned.items():
            for selector in selectors:
                if not any(_specificity(selector, code, name) for code, name in known.items()):
                    near = did_you_mean(selector, [*known, *known.values(), "ALL"])
                    origin = dict(self.origins).get(field, "")
                    return f'{origin}: {field.replace("_", "-")} names no rule: "{selector}"{near}'
        return ""


_compiled: dict[tuple[str, tuple[str, ...]], Patterns] = {}


def _specificity(selector: str, code: str, name: str) -> int:
    """Return how narrowly ``selector`` means this rule: 0 not at all, then ``ALL``, prefixes, the code or name."""
    if selector in (code, name):
        return len(code) + 1
    if selector == "ALL":
        return 1
    return len(selector) if selector.startswith("CL") and code.startswith(selector) else 0


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise ValueError("a list of non-empty strings")
    return tuple(value)


def _patterns(value: object) -> tuple[str, ...]:
    patterns = _strings(value)
    try:
        Patterns("/", patterns)
    except ValueError as error:
        raise ValueError(f"gitignore patterns ({error})") from error
    return patterns


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _level(value: object) -> Severity:
    if not isinstance(value, str) or value not in LEVELS:
        raise ValueError(_one_of(value, LEVELS))
    return LEVELS[value]


def _severities(value: object) -> tuple[tuple[str, Severity | None], ...]:
    if not isinstance(value, dict):
        raise ValueError("a table of rules and severities")
    for level in value.values():
        if level not in ("off", *LEVELS):
            raise ValueError(_one_of(level, [*LEVELS, "off"]))
    return tuple((rule, LEVELS.get(level)) for rule, level in value.items())


def _ignores(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise ValueError("a table of patterns and lists of rules")
    _patterns(list(value))
    return tuple((pattern, _strings(rules)) for pattern, rules in value.items())


def _one_of(value: object, known: Any) -> str:
    near = did_you_mean(value, known) if isinstance(value, str) else ""
    return f"one of {', '.join(known)}{near}"


_KEYS: dict[str, tuple[str, Callable[[object], object]]] = {
    "select": ("select", _strings),
    "ignore": ("ignore", _strings),
    "per-file-ignores": ("per_file_ignores", _ignores),
    "severity": ("severity", _severities),
    "strict": ("strict", _flag),
    "fail-on": ("fail_on", _level),
    "exclude": ("exclude", _patterns),
    "extend-exclude": ("extend_exclude", _patterns),
    "respect-gitignore": ("respect_gitignore", _flag),
    "force-exclude": ("force_exclude", _flag),
    "catalogue": ("catalogue", _strings),
    "src": ("src", _strings),
    "tests.paths": ("test_paths", _patterns),
    "tests.severity": ("test_severity", _level),
}


def find(directory: Path) -> Path | None:
    """Return the configuration file that stands in ``directory`` itself, or None.

    ``conflict-lint.toml`` goes before ``pyproject.toml``, which counts only when it has a ``[tool.conflict-lint]``.
    Raises ConfigError when the file cannot be read.
    """
    own = directory / FILE_NAME
    if own.is_file():
        return own
    shared = directory / SHARED_NAME
    return shared if shared.is_file() and _table(shared, str(shared)) is not None else None


def load(path: Path, shown: str = "") -> Settings:
    """Read the settings of the configuration file at ``path``; ``shown`` is how messages name it.

    Raises ConfigError for a file that cannot be read, is not TOML, or has an unknown key or a value of a wrong type.
    """
    shown = shown or str(path)
    base = path.absolute().parent
    table = dict(_flattened(_table(path, shown) or {}, shown))
    values = fields(table, shown, lambda key: line_of(str(path), key))
    if "catalogue" in values:
        values["catalogue"] = tuple(str(base / entry) for entry in values["catalogue"])
    return Settings().overlaid(shown, **values)._replace(base=str(base))


def fields(table: Mapping[str, Any], shown: str, line: Callable[[str], int] = lambda key: 0) -> dict[str, Any]:
    """Read keys (those of nested tables dotted) and values as fields of ``Settings``.

    ``line`` finds the 1-based line of a key. Raises ConfigError for an unknown key or a value of a wrong type.
    """
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _KEYS:
            raise ConfigError(shown, f'unknown key "{key}"{did_you_mean(key, _KEYS)}', line(key))
        field, read = _KEYS[key]
        try:
            values[field] = read(value)
        except ValueError as error:
            raise ConfigError(shown, f'"{key}" must be {error}', line(key)) from error
    return values


def shown_as_toml(settings: Settings) -> str:
    """Return the settings as TOML, each key with a comment that says where its value comes from."""
    origins = dict(settings.origins)
    lines, tables = [], []
    for key, (field, _) in _KEYS.items():
        value = getattr(settings, field)
        comment = f"  # {origins.get(field, 'default')}"
        table, _, last = key.rpartition(".")
        if field in ("severity", "per_file_ignores"):
            tables += ["", f"[{key}]{comment}", *(f"{_toml(rule)} = {_toml(given)}" for rule, given in value)]
        elif table:
            tables += ["", f"[{table}]"] * (f"[{table}]" not in tables)
            tables += [f"{last} = {_toml(value)}{comment}"] if value is not None else [f"# {last} is not set"]
        else:
            lines.append(f"{key} = {_toml(value)}{comment}")
    return "\n".join([*lines, *tables, ""])


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    text = "off" if value is None else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _table(path: Path, shown: str) -> dict[str, Any] | None:
    """Return our table of the file at ``path``, or None for a pyproject.toml that has none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(shown, f"cannot be read: {error.strerror}") from error
    if path.name != SHARED_NAME:
        return _parsed(data, shown)
    if b"conflict-lint" not in data:
        return None
    tool = _parsed(data, shown).get("tool")
    table = tool.get("conflict-lint") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(shown, '"tool.conflict-lint" must be a table')
    return table


def _parsed(data: bytes, shown: str) -> dict[str, Any]:
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigError(shown, f"is not UTF-8 (byte {error.start})") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(shown, f"is not valid TOML: {error}") from error


def _flattened(table: dict[str, Any], shown: str) -> Iterable[tuple[str, Any]]:
    """Yield the keys and values of our table, those of its ``tests`` table with a dotted key."""
    for key, value in table.items():
        if key != "tests":
            yield key, value
        elif isinstance(value, dict):
            yield from ((f"tests.{inner}", given) for inner, given in value.items())
        else:
            raise ConfigError(shown, '"tests" must be a table')


def line_of(file: str, key: str) -> int:
    """Return the 1-based line on which ``key`` is set in a file, or 0; only ever a help to find the place."""
    path = Path(file)
    last = re.escape(key.rpartition(".")[2])
    setting = re.compile(rf"\s*(?:\[+[^\]]*\b)?(?:[\w-]+\.)?[\"']?{last}[\"']?\s*[=.\]]")
    ours = path.name != SHARED_NAME
    for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
        if path.name == SHARED_NAME and (header := re.match(r"\s*\[+([^\]]*)", line)):
            ours = "conflict-lint" in header[1]
        if ours and setting.match(line):
            return number
    return 0
