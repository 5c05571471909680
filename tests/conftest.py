"""What all tests share: a cache folder of their own, so that nobody's real one is read, filled or trusted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from conflict_lint.catalogue import load
from conflict_lint.catalogue.store import cache_folder


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The compiled catalogue is taken along: compiling it in every test process would take longer than the tests."""
    load()
    compiled = cache_folder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        if compiled.is_dir():
            shutil.copytree(compiled, cache_folder(), ignore=shutil.ignore_patterns("tmp*"))
        yield
