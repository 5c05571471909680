"""Which files a run is about, and which project each belongs to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conflict_lint.analysis.source import Unreadable
from conflict_lint.config import ConfigError, Settings
from conflict_lint.project import MAX_BYTES, Discovery, Projects, ProjectView, discover, is_excluded, read


def tree(root: Path, *paths: str) -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def found(root: Path, *paths: str, **settings: object) -> list[str]:
    return [file.shown for file in discovered(root, *paths, **settings).files]


def discovered(root: Path, *paths: str, **settings: object) -> Discovery:
    projects = Projects(str(root), adjust=lambda found: found.overlaid("test", **settings))
    return discover(paths or (".",), projects)


def test_python_files_are_found_in_order_and_only_once(tmp_path: Path) -> None:
    tree(tmp_path, "b/c.py", "b.py", "a.py", "b/d.pyi", "b/data.txt", "x.py/y.py", "ünï/ö.py")
    assert found(tmp_path) == ["a.py", "b.py", "b/c.py", "x.py/y.py", "ünï/ö.py"]
    assert found(tmp_path, "b", "b/c.py", "./b/../a.py", "a.py") == ["a.py", "b/c.py"]
    assert found(tmp_path, "b/data.txt") == ["b/data.txt"]
    assert found(tmp_path / "b", "..", "c.py") == ["../a.py", "../b.py", "../x.py/y.py", "../ünï/ö.py", "c.py"]


def test_build_folders_and_the_like_are_left_out_unless_named_by_hand(tmp_path: Path) -> None:
    tree(tmp_path, "a.py", ".venv/a.py", "pkg/node_modules/a.py", "build/lib/a.py", "pkg/a.py", "dist/a.py")
    assert found(tmp_path) == ["a.py", "pkg/a.py"]
    assert found(tmp_path, "build", "dist/a.py") == ["build/lib/a.py", "dist/a.py"]
    assert found(tmp_path, "build", "dist/a.py", force_exclude=True) == []
    assert found(tmp_path, "pkg", "a.py", force_exclude=True) == ["a.py", "pkg/a.py"]


def test_excluded_patterns_are_relative_to_the_configuration(tmp_path: Path) -> None:
    tree(tmp_path, "src/gen/a.py", "src/a_pb2.py", "src/a.py", "gen/a.py")
    (tmp_path / "conflict-lint.toml").write_text('extend-exclude = ["/src/gen/", "*_pb2.py"]\n')
    assert found(tmp_path) == ["gen/a.py", "src/a.py"]
    assert found(tmp_path / "src") == ["a.py"]
    assert found(tmp_path / "src", "a_pb2.py") == ["a_pb2.py"]


def test_gitignore_files_are_honoured_where_they_stand(tmp_path: Path) -> None:
    tree(tmp_path, ".git/x.py", "a.py", "scratch/a.py", "pkg/scratch/a.py", "pkg/gen.py", "pkg/keep/gen.py", "pkg/b.py")
    (tmp_path / ".gitignore").write_text("# a comment\n/scratch/\ngen.py\n")
    (tmp_path / "pkg/keep/.gitignore").write_text("!gen.py\n")
    (tmp_path / "pkg/.gitignore").write_text("b.*\n")
    assert found(tmp_path) == ["a.py", "pkg/keep/gen.py", "pkg/scratch/a.py"]
    assert found(tmp_path / "pkg") == ["keep/gen.py", "scratch/a.py"]
    assert found(tmp_path, respect_gitignore=False) == [
        "a.py",
        "pkg/b.py",
        "pkg/gen.py",
        "pkg/keep/gen.py",
        "pkg/scratch/a.py",
        "scratch/a.py",
    ]
    assert found(tmp_path, "scratch", "pkg/b.py") == ["pkg/b.py", "scratch/a.py"]
    assert found(tmp_path, "scratch", "pkg/b.py", force_exclude=True) == []


def test_a_nested_repository_has_its_own_rules(tmp_path: Path) -> None:
    tree(tmp_path, ".git/x", "sub/.git/x", "sub/gen.py", "gen.py")
    (tmp_path / ".gitignore").write_text("gen.py\n")
    assert found(tmp_path) == ["sub/gen.py"]


def test_a_broken_gitignore_line_costs_only_itself(tmp_path: Path) -> None:
    tree(tmp_path, "a.py", "b.py")
    (tmp_path / ".gitignore").write_bytes(b"!\n\xff\xfe\n***/\nb.py\n")
    assert found(tmp_path) == ["a.py"]


def test_links_are_followed_to_files_but_never_to_directories(tmp_path: Path) -> None:
    tree(tmp_path, "a/b.py", "elsewhere.txt")
    try:
        (tmp_path / "a/loop").symlink_to(tmp_path)
        (tmp_path / "a/self.py").symlink_to(tmp_path / "a/self.py")
        (tmp_path / "a/linked.py").symlink_to(tmp_path / "elsewhere.txt")
        (tmp_path / "a/.#lock.py").symlink_to("nobody@nowhere")
    except OSError:
        pytest.skip("no links on this system")
    assert found(tmp_path) == ["a/b.py", "a/linked.py", "a/self.py"]
    with pytest.raises(Unreadable):
        read(str(tmp_path / "a/self.py"))


def test_a_missing_path_is_a_problem_and_the_others_are_still_found(tmp_path: Path) -> None:
    tree(tmp_path, "a.py")
    result = discovered(tmp_path, "absent.py", "a.py", "nul\0l")
    assert [file.shown for file in result.files] == ["a.py"]
    assert result.problems[0] == "absent.py: No such file or directory"
    assert "null" in result.problems[1]


def test_a_broken_nested_configuration_costs_its_own_directory(tmp_path: Path) -> None:
    tree(tmp_path, "a.py", "sub/b.py", "sub/deep/c.py", "tub/d.py")
    (tmp_path / "sub/conflict-lint.toml").write_text("strict = 1\n")
    result = discovered(tmp_path)
    assert [file.shown for file in result.files] == ["a.py", "tub/d.py"]
    assert result.problems == ('sub/conflict-lint.toml:1: "strict" must be true or false',)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_directory_is_told(tmp_path: Path) -> None:
    tree(tmp_path, "a.py", "shut/b.py")
    (tmp_path / "shut").chmod(0)
    result = discovered(tmp_path)
    (tmp_path / "shut").chmod(0o700)
    assert [(each.shown, each.reason) for each in result.unlisted] == [("shut", "Permission denied.")]


def test_the_nearest_configuration_and_the_nearest_root_win(tmp_path: Path) -> None:
    tree(tmp_path, ".git/x", "a.py", "one/pyproject.toml", "one/a.py", "two/sub/a.py")
    (tmp_path / "conflict-lint.toml").write_text("strict = true\n")
    (tmp_path / "two/pyproject.toml").write_text("[tool.conflict-lint]\nfail-on = 'error'\n")
    files = {file.shown: file for file in discovered(tmp_path).files}
    roots = {shown: (file.root, file.relative) for shown, file in files.items()}
    assert roots == {
        "a.py": (str(tmp_path), "a.py"),
        "one/a.py": (str(tmp_path / "one"), "a.py"),
        "two/sub/a.py": (str(tmp_path / "two"), "sub/a.py"),
    }
    assert [files[shown].settings.strict for shown in roots] == [True, True, False]


def test_without_any_sign_the_root_is_the_working_directory(tmp_path: Path) -> None:
    tree(tmp_path, "deep/down/a.py")
    (file,) = discover(["down/a.py"], Projects(str(tmp_path / "deep"))).files
    assert (file.root, file.settings) == (str(tmp_path / "deep"), Settings())


def test_a_configuration_given_by_hand_replaces_all_others(tmp_path: Path) -> None:
    tree(tmp_path, "a.py", "sub/b.py")
    (tmp_path / "sub/conflict-lint.toml").write_text("strict = 1\n")
    (tmp_path / "mine.toml").write_text("strict = true\n")
    result = discover(["."], Projects(str(tmp_path), "mine.toml"))
    assert [file.settings.strict for file in result.files] == [True, True]
    with pytest.raises(ConfigError, match=r"^absent\.toml: cannot be read"):
        Projects(str(tmp_path), "absent.toml")


def test_a_very_deep_tree_is_no_problem(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(300):
        deep /= "d"
    deep.mkdir(parents=True)
    (deep / "a.py").touch()
    assert found(tmp_path) == ["d/" * 300 + "a.py"]
    assert found(deep, "a.py") == ["a.py"]


def test_reading(tmp_path: Path) -> None:
    (tmp_path / "big.py").write_bytes(b"#" * (MAX_BYTES + 1))
    (tmp_path / "fits.py").write_bytes(b"#" * MAX_BYTES)
    assert len(read(str(tmp_path / "fits.py"))) == MAX_BYTES
    with pytest.raises(Unreadable, match="Larger than 10 MB"):
        read(str(tmp_path / "big.py"))
    with pytest.raises(Unreadable, match=r"Is a directory|Permission denied"):
        read(str(tmp_path))


def test_the_view_gives_other_modules_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    view = ProjectView(str(tmp_path))
    source = view.source("a.py")
    assert source is not None
    assert (source.text, source.path) == ("x = 1\n", "a.py")
    assert view.source("absent.py") is None


def test_exclusion_can_be_asked_for_one_file(tmp_path: Path) -> None:
    tree(tmp_path, ".git/x", "build/a.py", "a.py", "gen.py")
    (tmp_path / ".gitignore").write_text("gen.py\n")
    projects = Projects(str(tmp_path))
    assert [is_excluded(str(tmp_path / name), projects) for name in ("build/a.py", "a.py", "gen.py")] == [
        True,
        False,
        True,
    ]
