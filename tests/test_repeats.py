"""Repeats as rules see them: what runs again when it fails, after which errors, how often, with which calls inside."""

from __future__ import annotations

from textwrap import dedent

import pytest
from conflict_lint.analysis.errorsets import ANY, NONE, SOME, only
from conflict_lint.analysis.events import Repeat
from conflict_lint.analysis.following import Following
from conflict_lint.analysis.units import Unit
from conflict_lint.catalogue.model import ErrorInfo
from conflict_lint.engine import contained, modules_of
from conflict_lint.project import ProjectView

HEAD = """
import itertools, random, time
import backoff, boto3, celery, opnieuw, redo, retrying, stamina, tenacity, tryagain
import retry as plain_retry
from botocore.exceptions import ClientError
from google.api_core import exceptions, retry as google_retry
from tenacity import retry, retry_if_exception, retry_if_exception_type, stop_after_attempt, wait_exponential
from urllib3.util.retry import Retry

s3 = boto3.client("s3")
iam = boto3.client("iam")
"""
EXISTS = ErrorInfo("iam", "EntityAlreadyExists", "EntityAlreadyExistsException", 409)
BUSY = ErrorInfo("iam", "ConcurrentModification", "ConcurrentModificationException", 409)
SLOW = ErrorInfo("", "SlowDown", "", 503)
DENIED = ErrorInfo("", "AccessDenied", "", 403)
ERRORS = {"exists": EXISTS, "busy": BUSY, "slow": SLOW, "denied": DENIED}


def unit(text: str, name: str = "run") -> Unit:
    modules = modules_of(ProjectView("."))
    whole = HEAD + dedent(text)
    following = Following(modules, "example.py", whole, (), contained)
    modules.begin("example.py", whole, following)
    linked = following.linked()
    chunk = next(c for c in linked.link.chunks if c.chunk.kind == "function" and c.chunk.name == name)
    found = linked.follow(chunk)
    assert found is not None
    return found


def repeats(text: str, name: str = "run") -> list[Repeat]:
    return list(unit(text, name).repeats())


def one(text: str, name: str = "run") -> Repeat:
    found = repeats(text, name)
    assert len(found) == 1, found
    return found[0]


def retried(text: str, name: str = "run") -> dict[str, bool | None]:
    """Which of ``ERRORS`` the one repeat in a text retries; those that it does not are left out."""
    followed = unit(text, name)
    (repeat,) = followed.repeats()
    answers = {key: followed.retries(repeat, error) for key, error in ERRORS.items()}
    return {key: answer for key, answer in answers.items() if answer is not False}


def methods(repeat: Repeat) -> list[str]:
    return [call.operation.method for call in repeat.calls]


# -- loops ----------------------------------------------------------------------------------------------------------

COUNTED = """
def run(name):
    for attempt in range(5):
        try:
            return iam.create_user(UserName=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConcurrentModification":
                raise
            time.sleep(2 ** attempt)
"""


def test_a_counted_loop() -> None:
    repeat = one(COUNTED)
    assert (repeat.form, methods(repeat), repeat.bounded, repeat.backs_off) == ("loop", ["create_user"], True, True)
    assert retried(COUNTED) == {"busy": True}


LOOPS = {
    "while True with return": """
        def run(name):
            while True:
                try:
                    return iam.create_user(UserName=name)
                except iam.exceptions.ConcurrentModificationException:
                    continue
    """,
    "while True with break after the try": """
        def run(name):
            while True:
                try:
                    iam.create_user(UserName=name)
                except iam.exceptions.ConcurrentModificationException:
                    time.sleep(1)
                else:
                    break
    """,
    "a flag": """
        def run(name):
            done = False
            while not done:
                try:
                    iam.create_user(UserName=name)
                    done = True
                except ClientError as error:
                    if error.response["Error"]["Code"] == "ConcurrentModification":
                        time.sleep(1)
                    else:
                        raise
    """,
    "the code in a name, and counted by hand": """
        def run(name):
            left = 5
            while True:
                try:
                    return iam.create_user(UserName=name)
                except ClientError as error:
                    code = error.response.get("Error", {}).get("Code")
                    left -= 1
                    if code not in ("ConcurrentModification", "Throttling") or left == 0:
                        raise
    """,
    "a constant and a predicate of the module": """
        AGAIN = {"ConcurrentModification", "Throttling"}

        def again(error):
            code = error.response["Error"]["Code"]
            if code in AGAIN:
                return True
            return False

        def run(name):
            for _ in range(3):
                try:
                    return iam.create_user(UserName=name)
                except ClientError as error:
                    if not again(error):
                        raise
    """,
    "two handlers": """
        def run(name):
            for _ in range(3):
                try:
                    return iam.create_user(UserName=name)
                except iam.exceptions.ConcurrentModificationException:
                    time.sleep(1)
                except ClientError:
                    return None
    """,
    "isinstance": """
        def run(name):
            for _ in range(3):
                try:
                    return iam.create_user(UserName=name)
                except Exception as error:
                    if isinstance(error, iam.exceptions.ConcurrentModificationException):
                        continue
                    raise
    """,
    "the call in a helper": """
        def create(name):
            return iam.create_user(UserName=name)

        def run(name):
            for _ in range(3):
                try:
                    return create(name)
                except ClientError as error:
                    match error.response["Error"]["Code"]:
                        case "ConcurrentModification" | "Throttling":
                            time.sleep(1)
                        case _:
                            raise
    """,
}


@pytest.mark.parametrize("shape", LOOPS)
def test_shapes_of_retry_loops(shape: str) -> None:
    assert methods(one(LOOPS[shape])) == ["create_user"]
    assert retried(LOOPS[shape]) == {"busy": True}


ITERATIONS = {
    "over items": """
        def run(names):
            for name in names:
                try:
                    iam.create_user(UserName=name)
                except ClientError:
                    continue
    """,
    "over alternatives": """
        def run(names):
            for name in names:
                try:
                    return iam.create_user(UserName=name)
                except ClientError:
                    continue
    """,
    "numbered names": """
        def run(name):
            for number in itertools.count():
                try:
                    return iam.create_user(UserName=f"{name}-{number}")
                except iam.exceptions.EntityAlreadyExistsException:
                    pass
    """,
    "a worker": """
        def run(queue):
            while True:
                job = queue.get()
                try:
                    iam.create_user(UserName=job)
                except ClientError:
                    print("failed")
    """,
    "raised at once": """
        def run(name):
            for _ in range(3):
                try:
                    return iam.create_user(UserName=name)
                except ClientError:
                    raise
    """,
    "left on failure": """
        def run(name):
            while True:
                try:
                    return iam.create_user(UserName=name)
                except ClientError:
                    break
    """,
    "no loop": """
        def run(name):
            try:
                iam.create_user(UserName=name)
            except ClientError:
                print("failed")
    """,
    "a loop in the handler": """
        def run(name):
            try:
                iam.create_user(UserName=name)
            except ClientError:
                for line in ("a", "b"):
                    print(line)
    """,
}


@pytest.mark.parametrize("shape", ITERATIONS)
def test_what_is_no_retry(shape: str) -> None:
    assert repeats(ITERATIONS[shape]) == []


def test_a_retry_loop_in_an_iteration_is_one_repeat() -> None:
    text = """
        def run(names):
            for name in names:
                for attempt in range(3):
                    try:
                        iam.create_user(UserName=name)
                        break
                    except iam.exceptions.ConcurrentModificationException:
                        time.sleep(attempt)
    """
    repeat = one(text)
    assert retried(text) == {"busy": True}
    assert repeat.place.chunk.text[repeat.place.start :].startswith("for attempt")


def test_a_failure_that_is_queued_again() -> None:
    text = """
        def run(queue):
            while queue:
                job = queue.pop()
                try:
                    iam.create_user(UserName=job)
                except ClientError:
                    queue.append(job)
    """
    assert methods(one(text)) == ["create_user"]


def test_a_function_that_calls_itself_again() -> None:
    text = """
        def run(name):
            try:
                return iam.create_user(UserName=name)
            except iam.exceptions.ConcurrentModificationException:
                time.sleep(1)
                return run(name)
    """
    repeat = one(text)
    assert (repeat.form, methods(repeat), repeat.bounded) == ("recursion", ["create_user"], False)
    assert retried(text) == {"busy": True}


@pytest.mark.parametrize(
    ("head", "leave", "bounded"),
    [
        ("for _ in range(3):", "pass", True),
        ("for _ in itertools.count():", "pass", False),
        ("while True:", "pass", False),
        ("while time.time() < limit:", "pass", True),
        ("while True:", "if time.time() > limit: raise", True),
    ],
)
def test_bounds(head: str, leave: str, bounded: bool) -> None:
    text = f"""
        def run(name, limit):
            {head}
                try:
                    return iam.create_user(UserName=name)
                except ClientError:
                    {leave}
    """
    repeat = one(text)
    assert (repeat.bounded, repeat.backs_off) == (bounded, False)


def test_a_read_before_the_try_is_inside_and_does_not_decide() -> None:
    text = """
        def run(key, name):
            first = s3.get_object(Bucket="b", Key=key)
            for _ in range(3):
                second = s3.head_object(Bucket="b", Key=key)
                try:
                    return s3.put_object(Bucket="b", Key=key, Body=name, IfMatch=second["ETag"])
                except ClientError:
                    time.sleep(1)
    """
    followed = unit(text)
    (repeat,) = followed.repeats()
    inside = {call.operation.method: repeat.inside(call) for call in followed.trace.calls}
    assert methods(repeat) == ["put_object"]
    assert inside == {"get_object": False, "head_object": True, "put_object": True}
    assert all(repeat.inside(call.place) == repeat.inside(call) for call in followed.trace.calls)


def test_a_test_that_cannot_be_read_leaves_it_open() -> None:
    text = """
        from elsewhere import transient

        def run(name):
            for _ in range(3):
                try:
                    return iam.create_user(UserName=name)
                except ClientError as error:
                    if not transient(error):
                        raise
    """
    assert set(retried(text).values()) == {None}


def test_a_test_of_what_was_computed_from_the_error_leaves_it_open() -> None:
    text = """
        from elsewhere import bad_names

        def run(names):
            while names:
                try:
                    return iam.create_user(UserName=names[0])
                except ClientError as error:
                    bad = bad_names(error)
                    if not bad:
                        raise
                    names.remove(bad)
    """
    assert set(retried(text).values()) == {None}


UNREAD = {
    "a list of conditions": 'all([error.response["Error"]["Code"] == "EntityAlreadyExists", left > 0])',
    "a generator": 'any(word in str(error) for word in ("timed out", "reset"))',
    "a method of its text": 'str(error).startswith("timed out")',
    "an attribute that it may have": 'hasattr(error, "response")',
}


@pytest.mark.parametrize("shape", UNREAD)
@pytest.mark.parametrize("named", [False, True])
def test_a_test_of_the_error_that_is_not_understood_leaves_it_open(shape: str, named: bool) -> None:
    test = UNREAD[shape]
    condition = f"passing = {test}" if named else "pass"
    text = f"""
        def run(name, left):
            for _ in range(3):
                try:
                    return iam.create_user(UserName=name)
                except ClientError as error:
                    {condition}
                    if not {"passing" if named else test}:
                        raise
    """
    assert set(retried(text).values()) == {None}


def test_a_code_that_is_taken_from_the_error_by_somebody_else_leaves_it_open() -> None:
    text = """
        from elsewhere import code_of

        def run(name):
            for _ in range(3):
                try:
                    return iam.create_user(UserName=name)
                except ClientError as error:
                    wanted = code_of(error) == "ConcurrentModification"
                    if not wanted:
                        raise
    """
    assert set(retried(text).values()) == {None}


def test_a_caller_that_is_told_the_code() -> None:
    text = """
        def call(operation, errors, code=None, **arguments):
            for _ in range(3):
                try:
                    return operation(**arguments)
                except errors as error:
                    if code is not None and error.response["Error"]["Code"] != code:
                        raise

        def create(name):
            return iam.create_user(UserName=name)

        def run(name):
            call(create, ClientError, code="ConcurrentModification", name=name)
    """
    assert retried(text) == {"busy": True}


@pytest.mark.parametrize(("handler", "meaning"), [(0, {"busy": True}), (200, None)])
def test_handlers_are_followed_whatever_the_body_took(handler: int, meaning: dict[str, bool | None] | None) -> None:
    """Beyond the budget there is room for a handler of usual size; of a longer one nothing is said."""
    indent = " " * 20
    body = "\n".join(f"{indent}value{number} = {number}" for number in range(2_100))
    more = "\n".join(f"{indent}value{number} = {number}" for number in range(handler))
    text = f"""
        def run(name):
            for _ in range(3):
                try:
                    iam.create_user(UserName=name)
{body}
                    return
                except ClientError as error:
{more}
                    if error.response["Error"]["Code"] != "ConcurrentModification":
                        raise
    """
    if meaning is None:
        assert repeats(text) == []
    else:
        assert retried(text) == meaning


def test_a_counter_that_is_an_attribute_limits() -> None:
    text = """
        class Job:
            def run(self, name):
                while self.left:
                    try:
                        return iam.create_user(UserName=name)
                    except iam.exceptions.ConcurrentModificationException:
                        self.left -= 1
    """
    assert one(text).bounded


def test_statuses() -> None:
    text = """
        def run(name):
            for _ in range(3):
                try:
                    return iam.create_user(UserName=name)
                except ClientError as error:
                    if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (409, 503):
                        raise
    """
    assert retried(text) == {"exists": True, "busy": True, "slow": True}


# -- libraries --------------------------------------------------------------------------------------------------------

BODY = """
        def run(name):
            return iam.create_user(UserName=name)
"""
PREDICATE = """
        def busy(error):
            return isinstance(error, ClientError) and error.response["Error"]["Code"] == "ConcurrentModification"
"""
BUSY_CLASS = "iam.exceptions.ConcurrentModificationException"
DECORATED = {
    "@tenacity.retry": ("everything", False, False),
    "@retry()": ("everything", False, False),
    "@retry(stop=stop_after_attempt(3), wait=wait_exponential())": ("everything", True, True),
    "@retry(stop=tenacity.stop_never, wait=tenacity.wait_none())": ("everything", False, False),
    f"@retry(retry=retry_if_exception_type({BUSY_CLASS}), stop=stop_after_attempt(3))": ("busy", True, False),
    f"@retry(retry=retry_if_exception_type((ValueError, {BUSY_CLASS})))": ("busy", False, False),
    "@retry(retry=retry_if_exception(busy))": ("busy", False, False),
    '@retry(retry=retry_if_exception(lambda e: e.response["Error"]["Code"] == "ConcurrentModification"))': (
        "busy", False, False,
    ),
    "@retry(retry=retry_if_exception_type(ClientError) & retry_if_exception(busy))": ("busy", False, False),
    f"@retry(retry=retry_if_exception_type(OSError) | retry_if_exception_type({BUSY_CLASS}))": ("busy", False, False),
    f"@retry(retry=tenacity.retry_any(retry_if_exception_type({BUSY_CLASS})))": ("busy", False, False),
    "@retry(retry=tenacity.retry_if_result(lambda value: value is None))": ("nothing", False, False),
    "@retry(retry=tenacity.retry_if_not_exception_type(ValueError))": ("everything", False, False),
    "@backoff.on_exception(backoff.expo, ClientError, max_tries=5)": ("everything", True, True),
    f"@backoff.on_exception(backoff.expo, {BUSY_CLASS})": ("busy", False, True),
    "@backoff.on_exception(backoff.expo, ClientError, giveup=lambda e: not busy(e))": ("busy", False, True),
    f"@stamina.retry(on={BUSY_CLASS})": ("busy", True, True),
    "@stamina.retry(on=busy, attempts=None)": ("busy", True, True),
    "@retrying.retry(retry_on_exception=busy, stop_max_attempt_number=3, wait_fixed=1000)": ("busy", True, True),
    "@retrying.retry": ("everything", False, False),
    "@app.task(autoretry_for=(ClientError,), max_retries=5)": ("everything", True, True),
    f"@celery.shared_task(autoretry_for=(ClientError,), dont_autoretry_for=({BUSY_CLASS},))": ("not busy", True, True),
    f"@google_retry.Retry(predicate=google_retry.if_exception_type({BUSY_CLASS}))": ("busy", True, True),
    "@google_retry.Retry(predicate=busy)": ("busy", True, True),
    "@plain_retry.retry()": ("everything", False, False),
    f"@plain_retry.retry({BUSY_CLASS}, tries=3, delay=2)": ("busy", True, True),
    f"@opnieuw.retry(retry_on_exceptions=(ValueError, {BUSY_CLASS}))": ("busy", True, True),
    f"@redo.retriable(attempts=2, retry_exceptions=({BUSY_CLASS},))": ("busy", True, True),
    f"@tryagain.retries(max_attempts=5, exceptions={BUSY_CLASS})": ("busy", True, False),
    "@tryagain.retries(wait=lambda attempt: 2 ** attempt)": ("everything", False, True),
}  # fmt: skip
MEANS: dict[str, dict[str, bool | None]] = {
    "everything": dict.fromkeys(ERRORS, True),
    "busy": {"busy": True},
    "not busy": {"exists": True, "slow": True, "denied": True},
    "nothing": {},
}


@pytest.mark.parametrize("decorator", DECORATED)
def test_decorators(decorator: str) -> None:
    text = dedent(PREDICATE) + f"\n{decorator}" + dedent(BODY)
    meaning, bounded, backs_off = DECORATED[decorator]
    repeat = one(text)
    assert retried(text) == MEANS[meaning]
    assert (repeat.form, methods(repeat)) == ("decorator", ["create_user"])
    assert (repeat.bounded, repeat.backs_off) == (bounded, backs_off)


def test_a_decorator_of_another_kind_is_no_repeat() -> None:
    assert repeats("import functools\n@functools.lru_cache(maxsize=1)" + dedent(BODY)) == []


CALLED = {
    "an object that is called": "tenacity.Retrying(retry=retry_if_exception(busy))(create, name)",
    "an object in a name": "policy = tenacity.Retrying(retry=retry_if_exception(busy)); policy(create, name)",
    "an object of the module": "POLICY(create, name)",
    "a bound method": "POLICY(iam.create_user, UserName=name)",
    "a decorated function": "retry(retry=retry_if_exception(busy))(create)(name)",
    "a caller that is told what to retry": "stamina.RetryingCaller()(busy, create, name)",
    "the method that calls": "retrying.Retrying(retry_on_exception=busy).call(create, name)",
    "a loop over attempts": """
            for attempt in tenacity.Retrying(retry=retry_if_exception(busy)):
                with attempt:
                    create(name)
    """,
    "a loop over a context": """
            for attempt in stamina.retry_context(on=busy):
                with attempt:
                    create(name)
    """,
}


@pytest.mark.parametrize("form", CALLED)
def test_objects(form: str) -> None:
    text = f"""
{PREDICATE}

        POLICY = tenacity.Retrying(retry=retry_if_exception(busy))

        def create(name):
            return iam.create_user(UserName=name)

        def run(name):
            {CALLED[form].strip()}
    """
    assert methods(one(text)) == ["create_user"]
    assert retried(text) == {"busy": True}


def test_a_task_that_starts_itself_again() -> None:
    text = """
        @celery.shared_task(bind=True)
        def run(self, name):
            try:
                iam.create_user(UserName=name)
            except iam.exceptions.ConcurrentModificationException as error:
                raise self.retry(exc=error, countdown=10)
    """
    repeat = one(text)
    assert (repeat.form, methods(repeat), repeat.library) == ("task", ["create_user"], "celery")
    assert retried(text) == {"busy": True}


def test_a_transport_that_sends_again() -> None:
    text = """
        def run():
            return Retry(total=3, status_forcelist=[409, 503], backoff_factor=1)
    """
    repeat = one(text)
    assert (repeat.form, repeat.bounded, repeat.backs_off) == ("transport", True, True)
    assert repeat.errors.named("status") == {"409", "503"}
    assert "GET" in repeat.methods
    assert "POST" not in repeat.methods
    assert [text for text, _ in repeat.literals] == ["409", "503"]


@pytest.mark.parametrize(
    ("argument", "methods"),
    [
        ('allowed_methods=["GET", "POST"]', {"GET", "POST"}),
        ('allowed_methods=frozenset({"get"})', {"GET"}),
        ("allowed_methods=None", {"*", "POST"}),
        ("method_whitelist=False", {"*", "POST"}),
        ("allowed_methods=Retry.DEFAULT_ALLOWED_METHODS | extra", set()),
        ("**settings", set()),
    ],
)
def test_the_methods_that_a_transport_sends_again(argument: str, methods: set[str]) -> None:
    assert one(f"def run(extra, settings):\n    return Retry(total=3, {argument})\n").methods == methods


def test_a_client_that_is_told_by_a_keyword() -> None:
    repeat = one("""
        def run(account, credential):
            return account.blob_service(credential=credential, retry_on_status_codes=[412])
    """)
    assert (repeat.form, repeat.errors.named("status")) == ("transport", {"412"})


# -- wrappers of the module -------------------------------------------------------------------------------------------

WRAPPER = """
        import functools

        def again(function):
            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                for attempt in range(3):
                    try:
                        return function(*args, **kwargs)
                    except ClientError as error:
                        if error.response["Error"]["Code"] != "ConcurrentModification":
                            raise
                        time.sleep(attempt)

            return wrapper

        def again_for(codes, tries=3):
            def decorate(function):
                def wrapper(*args, **kwargs):
                    for attempt in range(tries):
                        try:
                            return function(*args, **kwargs)
                        except ClientError as error:
                            if error.response["Error"]["Code"] not in codes:
                                raise

                return wrapper

            return decorate
"""


@pytest.mark.parametrize("decorator", ["@again", '@again_for(["ConcurrentModification"])'])
def test_wrappers_of_the_module(decorator: str) -> None:
    text = dedent(WRAPPER) + f"\n{decorator}" + dedent(BODY)
    assert methods(one(text)) == ["create_user"]
    assert retried(text) == {"busy": True}


def test_a_wrapped_method_keeps_its_object() -> None:
    text = dedent(WRAPPER) + dedent("""
        class Users:
            def __init__(self):
                self.iam = boto3.client("iam")

            @again
            def run(self, name):
                return self.iam.create_user(UserName=name)
    """)
    repeat = one(text)
    assert methods(repeat) == ["create_user"]
    assert repeat.calls[0].layer == "construction"
    assert retried(text) == {"busy": True}


def test_a_caller_of_the_module() -> None:
    text = """
        def call(operation, *args, **kwargs):
            for _ in range(3):
                try:
                    return operation(*args, **kwargs)
                except iam.exceptions.ConcurrentModificationException:
                    time.sleep(1)

        def create(name):
            return iam.create_user(UserName=name)

        def run(name):
            call(create, name)
    """
    assert methods(one(text)) == ["create_user"]
    assert retried(text) == {"busy": True}


# -- sets of errors ---------------------------------------------------------------------------------------------------


def test_sets_of_errors() -> None:
    every = frozenset({"botocore.exceptions.ClientError"})
    code, status = only("code", ["SlowDown", "AccessDenied"]), only("status", ["403"])
    assert (code & status).holds(DENIED, every) is True
    assert (code & status).holds(SLOW, every) is False
    assert (code & ~status).holds(SLOW, every) is True
    assert (~(code & status)).holds(SLOW, every) is True
    assert (~(code & status)).holds(DENIED, every) is False
    assert (code | SOME).holds(BUSY, every) is None
    assert (code & SOME).holds(BUSY, every) is False
    assert ~ANY == NONE
    assert ~NONE == ANY
    assert (only("code", ["A"]) & only("code", ["B"])) == NONE
