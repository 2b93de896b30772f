"""A million numbers cost what a thousand cost: the work follows the spans."""

import gc
import sys
from collections.abc import Callable

from reconciler.numbers import Span, SpanMap, align


def calls_of(work: Callable[[], object]) -> int:
    """How many functions ``work`` calls: the same on every machine, unlike its seconds."""
    calls = 0

    def seen(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    gc.collect()
    gc.disable()  # whoever watches the collector (Hypothesis does) is called now and then
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
        gc.enable()
    return calls


def everything(size: int) -> None:
    """Every operation on ten lines that declare ``size`` numbers together, each with overrides."""
    step = size // 10
    block = [
        (Span("", 10, at, at + step - 1), f"block {at // step}") for at in range(0, size, step)
    ]
    change = [(Span("", 10, at + 3, at + step // 2), "night") for at in range(0, size, step)]
    bottom, top = SpanMap(block), SpanMap(change)
    laid = bottom.overlaid(top)
    assert laid.count == size
    assert laid.within(top).count + laid.without(top).count == size
    assert sum(left == right for _, left, right in align(laid, laid)) == len(laid)
    assert laid.at(f"{size - 1:010d}") is not None


def test_a_million_numbers_take_no_more_steps_than_a_thousand():
    assert calls_of(lambda: everything(1_000_000)) == calls_of(lambda: everything(1_000))
