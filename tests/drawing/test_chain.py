"""A chain of operations in lines: nothing overlaps, and arrows pass by what they do not belong to."""

from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_lite.drawing import chain
from autograd_lite.drawing.steps import Arrow, Item, Step
from autograd_lite.drawing.ways import Border, side_by_side

items = st.builds(Item, key=st.just(""), width=st.integers(18, 400), height=st.integers(18, 90), is_round=st.booleans())
steps = st.builds(
    Step,
    operation=items,
    lead=st.none() | items,
    below=st.lists(st.lists(items, min_size=1, max_size=2).map(tuple), max_size=3).map(tuple),
    result=st.none() | items,
    section=st.sampled_from(["", "one", "two"]),
)


def keyed(drawn):
    """The steps with a key of its own for every item."""
    count = iter(range(10_000))

    def name(item):
        return item and Item(f"n{next(count)}", item.width, item.height, item.is_round)

    return [
        Step(
            name(step.operation),
            name(step.lead),
            tuple(tuple(map(name, column)) for column in step.below),
            name(step.result),
            step.section,
        )
        for step in drawn
    ]


@settings(deadline=None, max_examples=60)
@given(st.lists(steps, min_size=1, max_size=12).map(keyed))
def test_nothing_in_a_chain_overlaps_and_every_arrow_ends_at_its_nodes(drawn):
    layout = chain.lay_out(drawn)
    every = [item for step in drawn for item in [*step.spine(), *(each for column in step.below for each in column)]]
    boxes = {}
    for item in every:
        x, y = layout.centres[item.key]
        boxes[item.key] = (x - item.width / 2, y - item.height / 2, x + item.width / 2, y + item.height / 2)
    for k, first in enumerate(every):
        a = boxes[first.key]
        assert a[0] >= -1e-6 and a[1] >= -1e-6 and a[2] <= layout.width + 1e-6 and a[3] <= layout.height + 1e-6
        for second in every[k + 1 :]:
            b = boxes[second.key]
            assert a[2] <= b[0] + 1e-6 or b[2] <= a[0] + 1e-6 or a[3] <= b[1] + 1e-6 or b[3] <= a[1] + 1e-6
    for arrow in layout.arrows:
        for key, (x, y) in ((arrow.tail, arrow.points[0]), (arrow.head, arrow.points[-1])):
            box = boxes[key]
            assert box[0] - 1e-6 <= x <= box[2] + 1e-6 and box[1] - 1e-6 <= y <= box[3] + 1e-6
        assert_passes_by(arrow, boxes)
    assert len(layout.arrows) == len(every) - 1


def assert_passes_by(arrow, boxes):
    """An arrow crosses no other node."""
    for (x1, y1), (x2, y2) in zip(arrow.points, arrow.points[1:], strict=False):
        along = [(x1 + (x2 - x1) * k / 24, y1 + (y2 - y1) * k / 24) for k in range(25)]
        for key, (left, top, right, bottom) in boxes.items():
            inside = any(left + 0.01 < x < right - 0.01 and top + 0.01 < y < bottom - 0.01 for x, y in along)
            assert key in (arrow.tail, arrow.head) or not inside


labels = st.none() | st.just((0.0, 0.0)) | st.tuples(st.floats(10, 160), st.sampled_from([11.0, 22.0]))
narrow = st.builds(
    Step,
    operation=items,
    lead=st.none() | items,
    below=st.lists(st.lists(items, min_size=1, max_size=2).map(tuple), max_size=1).map(tuple),
    result=st.none() | items,
    section=st.sampled_from(["", "one", "two"]),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(narrow, min_size=1, max_size=8).map(keyed), st.data())
def test_ways_back_and_their_labels_have_room(drawn, data):
    ends = [(arrow.tail, arrow.head) for arrow in chain.lay_out(drawn).arrows]
    back = {each: size for each in ends if (size := data.draw(labels)) is not None}
    layout = chain.lay_out(drawn, back=back)
    every = {
        item.key: item for step in drawn for item in [*step.spine(), *(e for column in step.below for e in column)]
    }
    boxes = {}
    for key, item in every.items():
        x, y = layout.centres[key]
        boxes[key] = (x - item.width / 2, y - item.height / 2, x + item.width / 2, y + item.height / 2)
    written = {}
    for each, (width, height) in back.items():
        if width:
            left, top = layout.labels[each]
            written[each] = (left, top, left + width, top + height)
            assert left >= -1e-6 and left + width <= layout.width + 1e-6 and top + height <= layout.height + 1e-6
    placed = [*boxes.values(), *written.values()]
    for k, a in enumerate(placed):
        for b in placed[k + 1 :]:
            assert a[2] <= b[0] + 1e-6 or b[2] <= a[0] + 1e-6 or a[3] <= b[1] + 1e-6 or b[3] <= a[1] + 1e-6
    for arrow in layout.arrows:
        if (arrow.tail, arrow.head) in back:
            borders = [Border(layout.centres[key], *size_of(every[key])) for key in (arrow.tail, arrow.head)]
            for points in side_by_side(arrow, *borders):
                assert_passes_by(Arrow(arrow.tail, arrow.head, tuple(points)), boxes)


def size_of(item):
    return item.width, item.height, item.is_round


def test_on_an_ellipse_both_ways_end_on_its_border():
    left, right = Border((0.0, 0.0), 40.0, 20.0, True), Border((100.0, 0.0), 30.0, 30.0, True)
    for points in side_by_side(Arrow("a", "b", ((20.0, 0.0), (85.0, 0.0))), left, right):
        for (x, y), border in zip(sorted(points), (left, right), strict=True):
            across = (x - border.centre[0]) / (border.width / 2)
            assert abs(across**2 + (y / (border.height / 2)) ** 2 - 1) < 1e-9 and abs(y) == 4.0
