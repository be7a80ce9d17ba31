// What readers do: nodes under the pointer and in focus, keys and buttons.

let leaving = null, dismissed = "";

function showTip(id) {
  clearTimeout(leaving);
  const { element, detail } = drawn.get(id), now = known();
  tell(tip, detail, position === null || now.gradients.has(id), false);
  tip.hidden = false;
  tip.dataset.of = id;
  dismissed = "";
  const place = element.getBoundingClientRect(), size = tip.getBoundingClientRect(), gap = 8;
  const [right, down] = [innerWidth - size.width - gap, innerHeight - size.height - gap];
  const places = [
    [place.left, place.bottom + gap], [place.left, place.top - gap - size.height],
    [place.right + gap, place.top], [place.left - gap - size.width, place.top],
  ].map(([x, y], k) => (k < 2 ? [clamp(x, gap, Math.max(gap, right)), y] : [x, clamp(y, gap, Math.max(gap, down))]));
  const [x, y] = places.find(([x, y]) => x >= gap && x <= right && y >= gap && y <= down) || [Math.max(gap, right), gap];
  tip.style.left = `${x}px`;
  tip.style.top = `${y}px`;
}

function hideTip() {
  clearTimeout(leaving);
  tip.hidden = true;
}

function dismissTip() {
  hideTip();
  dismissed = tip.dataset.of;
}

const hideTipSoon = () => (leaving = setTimeout(hideTip, 200));
tip.addEventListener("pointerenter", () => clearTimeout(leaving));
tip.addEventListener("pointerleave", hideTipSoon);

function choose(id) {
  if (!nodes[id]) return;
  pause();
  hideTip();
  tell(panel, nodes[id]);
  panel.scrollTop = 0;
  markCurrent(id);
}

for (const [id, { element }] of drawn) {
  element.addEventListener("pointerenter", (event) => {
    // The tip that was sent away may have covered the node, which the pointer now enters.
    if (event.pointerType !== "touch" && !pointers.size && id !== dismissed) showTip(id);
  });
  element.addEventListener("pointerleave", () => (hideTipSoon(), (dismissed = "")));
  element.addEventListener("focus", () => {
    if (!element.matches(":focus-visible")) return;
    markFocus(id);
    bringIntoView(id);
    showTip(id);
  });
  element.addEventListener("blur", () => (markFocus(""), hideTip()));
  element.addEventListener("click", () => wasDragged || choose(id));
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target, onStage = stage.contains(target) || target === document.body;
  const isNode = target !== stage && drawn.has(target.id), far = 60;
  const keys = {
    "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3), "_": () => zoom(1 / 1.3), 0: fit,
    Escape: () => (tip.hidden ? (jump(null), fit()) : dismissTip()),
  };
  if (isNode) Object.assign(keys, { Enter: () => choose(target.id), " ": () => choose(target.id) });
  if (onStage) Object.assign(keys, { ArrowUp: () => move(0, far), ArrowDown: () => move(0, -far) });
  if (onStage && (event.shiftKey || !moments.length)) Object.assign(keys, { ArrowLeft: () => move(far, 0), ArrowRight: () => move(-far, 0) });
  else if (moments.length && target !== slider) {
    Object.assign(keys, { ArrowLeft: () => (pause(), step(-1)), ArrowRight: () => (pause(), step(1)) });
    Object.assign(keys, { Home: () => jump(0), End: () => jump(moments.length - 1) });
    if (!isNode && target.tagName !== "BUTTON") keys[" "] = play;
  }
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

const actions = {
  first: () => jump(0), back: () => (pause(), step(-1)), play, next: () => (pause(), step(1)),
  last: () => jump(moments.length - 1), whole: () => (jump(null), fit()), in: () => zoom(1.3), out: () => zoom(1 / 1.3), fit,
};
for (const [id, action] of Object.entries(actions)) byId(id).addEventListener("click", action);
slider.max = Math.max(moments.length, 1);
slider.addEventListener("input", () => jump(Number(slider.value) - 1));
new ResizeObserver(() => (fitted ? fit() : look(view.x, view.y, view.scale))).observe(stage);

// fig.html#step=7 opens at a step, fig.html#node=operation5 with the details of a node.
function follow() {
  const asked = new URLSearchParams(location.hash.slice(1)), node = asked.get("node");
  jump(moments.length && asked.get("step") ? (Number(asked.get("step")) || 1) - 1 : null);
  if (node) choose(node);
}
addEventListener("hashchange", follow);
fit();
follow();
