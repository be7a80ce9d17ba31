"""Works run in threads at once, for the tests of what threads may do."""

import threading
from collections.abc import Callable
from typing import Any

# Seconds after which a thread counts as hanging.
PATIENCE = 30


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run every work in a thread of its own, all released together; return their results, or raise what one raised."""
    results: list[Any] = [None] * len(works)
    problems: list[BaseException] = []
    start = threading.Barrier(len(works))

    def run(k: int) -> None:
        try:
            start.wait(PATIENCE)
            results[k] = works[k]()
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=run, args=(k,), daemon=True) for k in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    if problems:
        raise problems[0]
    return results
