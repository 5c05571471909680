"""Configuration: what a file may say, what it means, and how mistakes are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from conflict_lint.config import ConfigError, Settings, find, load, shown_as_toml
from conflict_lint.rule import Severity

FULL = """
select = ["CL1", "impossible-error-code"]
ignore = ["CL106"]
strict = true
fail-on = "error"
exclude = ["generated"]
extend-exclude = ["*_pb2.py"]
respect-gitignore = false
force-exclude = true
catalogue = ["conflict-catalogue.yaml"]

[severity]
lost-update = "error"
CL403 = "off"

[per-file-ignores]
"scripts/" = ["CL101"]

[tests]
paths = ["checks/"]
severity = "information"
"""


def written(folder: Path, text: str, name: str = "conflict-lint.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_every_key_is_read(tmp_path: Path) -> None:
    settings = load(written(tmp_path, FULL), "conflict-lint.toml")
    assert settings.select == ("CL1", "impossible-error-code")
    assert (settings.strict, settings.fail_on, settings.exclude) == (True, Severity.ERROR, ("generated",))
    assert (settings.respect_gitignore, settings.force_exclude) == (False, True)
    assert settings.catalogue == (str(tmp_path / "conflict-catalogue.yaml"),)
    assert settings.test_severity is Severity.INFORMATION
    assert {origin for _, origin in settings.origins} == {"conflict-lint.toml"}


def test_pyproject_says_the_same_as_a_file_of_its_own(tmp_path: Path) -> None:
    own = load(written(tmp_path, FULL), "x")
    text = "[tool.conflict-lint]" + FULL.replace("[severity]", "[tool.conflict-lint.severity]").replace(
        "[per-file-ignores]", "[tool.conflict-lint.per-file-ignores]"
    ).replace("[tests]", "[tool.conflict-lint.tests]")
    assert load(written(tmp_path, text, "pyproject.toml"), "x") == own


def test_a_file_of_its_own_goes_before_pyproject_and_pyproject_needs_the_table(tmp_path: Path) -> None:
    assert find(tmp_path) is None
    shared = written(tmp_path, "[tool.other]\n", "pyproject.toml")
    assert find(tmp_path) is None
    written(tmp_path, "[project]\ndescription = 'uses conflict-lint'\n", "pyproject.toml")
    assert find(tmp_path) is None
    written(tmp_path, "[tool.conflict-lint]\n", "pyproject.toml")
    assert find(tmp_path) == shared
    own = written(tmp_path, "")
    assert find(tmp_path) == own


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('selct = ["CL1"]', 'conflict-lint.toml:1: unknown key "selct"; did you mean "select"?'),
        ("strict = true\nselect = 'CL1'", 'conflict-lint.toml:2: "select" must be a list of non-empty strings'),
        ("select = [1]", '"select" must be a list of non-empty strings'),
        ('strict = "yes"', '"strict" must be true or false'),
        ('fail-on = "warnings"', 'one of hint, information, warning, error; did you mean "warning"?'),
        ('[severity]\nCL101 = "eror"', 'one of hint, information, warning, error, off; did you mean "error"?'),
        ("severity = 1", '"severity" must be a table of rules and severities'),
        ("[severity]\nCL101 = []", "must be one of"),
        (
            '[tests]\nsevrity = "hint"',
            'conflict-lint.toml:2: unknown key "tests.sevrity"; did you mean "tests.severity"?',
        ),
        ("tests = true", '"tests" must be a table'),
        ('exclude = ["!"]', '"exclude" must be gitignore patterns'),
        ('[per-file-ignores]\n"a.py" = "CL1"', '"per-file-ignores" must be a list of non-empty strings'),
        ("select = [", "is not valid TOML"),
        ("x = " + "[" * 100_000, "is not valid TOML"),
    ],
)
def test_a_mistake_names_file_line_and_nearest_word(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, text), "conflict-lint.toml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("conflict-lint.toml:")


def test_the_line_of_a_mistake_is_looked_for_in_our_table_only(tmp_path: Path) -> None:
    text = '[tool.other]\nselect = "x"\n\n[tool.conflict-lint]\nselect = "x"\n'
    with pytest.raises(ConfigError, match=r"^here:5: "):
        load(written(tmp_path, text, "pyproject.toml"), "here")


def test_unusable_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "conflict-lint.toml").write_bytes(b"x = '\xff'")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        load(tmp_path / "conflict-lint.toml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "absent.toml")
    written(tmp_path, 'tool = {conflict-lint = "no"}', "pyproject.toml")
    with pytest.raises(ConfigError, match="must be a table"):
        load(tmp_path / "pyproject.toml")


@pytest.mark.parametrize(
    ("select", "ignore", "enabled"),
    [
        (("ALL",), (), True),
        (("CL1",), (), True),
        (("CL4",), (), False),
        (("ALL",), ("CL1",), False),
        (("CL101",), ("CL1",), True),
        (("CL1",), ("CL101",), False),
        (("lost-update",), ("CL101",), False),
        (("lost-update",), ("ALL",), True),
        (("CL10",), ("CL1",), True),
        ((), (), False),
    ],
)
def test_the_more_specific_selector_wins(select: tuple[str, ...], ignore: tuple[str, ...], enabled: bool) -> None:
    assert Settings(select=select, ignore=ignore).enabled("CL101", "lost-update") is enabled


def test_what_the_tool_says_about_itself_is_only_left_out_by_name() -> None:
    assert Settings(select=("CL101",)).enabled("CL903", "unreadable")
    assert not Settings(ignore=("CL903",)).enabled("CL903", "unreadable")
    assert not Settings(ignore=("unreadable",)).enabled("CL903", "unreadable")


def test_severities_are_overridden_and_switched_off(tmp_path: Path) -> None:
    settings = load(written(tmp_path, FULL))
    assert settings.severity_of("CL101", "lost-update", Severity.WARNING) is Severity.ERROR
    assert settings.severity_of("CL102", "check-then-create", Severity.WARNING) is Severity.WARNING
    assert not settings.enabled("CL403", "impossible-error-code")


def test_files_get_their_own_settings(tmp_path: Path) -> None:
    settings = load(written(tmp_path, FULL))
    assert settings.for_file(str(tmp_path / "src/a.py")) is settings
    assert not settings.for_file(str(tmp_path / "scripts/a.py")).enabled("CL101", "lost-update")
    soft = settings.for_file(str(tmp_path / "checks/a.py"))
    assert soft.severity_of("CL101", "lost-update", Severity.WARNING) is Severity.INFORMATION
    assert soft.severity_of("CL105", "unguarded-write", Severity.HINT) is Severity.HINT


def test_unknown_rules_are_named_with_the_nearest_one() -> None:
    known = {"CL101": "lost-update", "CL403": "impossible-error-code"}
    assert Settings(select=("CL1", "lost-update", "ALL")).unknown_rule(known) == ""
    problem = Settings().overlaid("here", ignore=("lost-updat",)).unknown_rule(known)
    assert problem == 'here: ignore names no rule: "lost-updat"; did you mean "lost-update"?'
    assert Settings(severity=(("CL7", Severity.HINT),)).unknown_rule(known)
    assert Settings(per_file_ignores=(("a", ("CL7",)),)).unknown_rule(known)


@pytest.mark.parametrize("text", ["", FULL, 'exclude = ["a\\\\\\"b"]'])
def test_what_is_shown_is_a_configuration_that_means_the_same(tmp_path: Path, text: str) -> None:
    settings = load(written(tmp_path, text), "first")
    again = load(written(tmp_path, shown_as_toml(settings)), "second")
    assert again._replace(origins=()) == settings._replace(origins=())
