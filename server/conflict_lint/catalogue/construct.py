"""How clients are made, by themselves: every run asks this of the catalogue, most ask nothing else."""

from __future__ import annotations

from typing import NamedTuple


class Construct(NamedTuple):
    """How a provider's clients are made and how its errors are read, as dotted Python names.

    ``client`` and ``resource`` are functions whose first argument (or ``service_argument``) names the service;
    ``session`` makes an object with ``client_methods`` and ``resource_methods`` of the same kind. ``stub_modules`` are
    prefixes of typing modules, followed by the service's name with ``_`` for ``-``. ``exceptions`` are the classes
    through which any error of any service may be caught, ``code_path`` and ``status_path`` lead from a caught one to
    its wire code and HTTP status. ``code_keywords`` are keywords through which helpers take codes to ignore or retry,
    ``code_predicates`` functions that test a caught error's code, ``caller_helpers`` functions taking a bound method.
    ``doing_verbs`` begin the names of operations that make or start something, ``reading_verbs`` of those that change
    nothing, ``content_tokens`` are inputs that tell equal messages apart from different ones, ``lost_answers`` classes
    of exceptions that leave open whether a request was carried out. ``run_time_modules`` are where classes of errors
    say they are from that no module has: they are made together with a client.
    """

    client: tuple[str, ...]
    resource: tuple[str, ...]
    session: tuple[str, ...]
    client_methods: tuple[str, ...]
    resource_methods: tuple[str, ...]
    service_argument: str
    stub_modules: tuple[str, ...]
    exceptions: tuple[str, ...]
    code_path: tuple[str, ...]
    status_path: tuple[str, ...]
    code_keywords: tuple[str, ...]
    code_predicates: tuple[str, ...]
    caller_helpers: tuple[str, ...]
    gate_words: tuple[str, ...]
    doing_verbs: tuple[str, ...]
    reading_verbs: tuple[str, ...]
    content_tokens: tuple[str, ...]
    lost_answers: tuple[str, ...]
    run_time_modules: tuple[str, ...]

    @property
    def roots(self) -> frozenset[str]:
        """The top-level packages of the SDKs."""
        return frozenset(name.partition(".")[0] for name in (*self.client, *self.session, *self.exceptions))
