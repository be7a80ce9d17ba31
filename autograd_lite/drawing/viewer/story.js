// The story: step by step forward, then backward; what is not yet computed is faint.

const receiving = new Set(moments.flatMap((moment) => moment.gradients));
const working = new Set(moments.filter((moment) => moment.phase === "forward").map((moment) => moment.node));
let position = null, timer = null;

function known() {
  const until = position === null ? [] : moments.slice(0, position + 1);
  return {
    values: new Set(until.flatMap((moment) => moment.values)),
    gradients: new Set(until.flatMap((moment) => moment.gradients)),
    passed: new Set(until.filter((moment) => moment.phase === "backward").map((moment) => moment.node)),
  };
}

function show(index) {
  position = index === null ? null : clamp(index, 0, moments.length - 1);
  const moment = moments[position], now = known();
  document.body.classList.toggle("playing", Boolean(moment));
  for (const [id, { element }] of drawn) {
    element.classList.toggle("known", now.values.has(id));
    element.classList.toggle("gradient-known", now.gradients.has(id));
  }
  for (const { element, tail, head, comesBack } of edges) {
    if (comesBack) {
      // From an operation once it has passed on what it got, from the card of its result as soon as that is known.
      element.classList.toggle("known", working.has(head) ? now.passed.has(head) : now.gradients.has(head));
      element.classList.toggle("current", Boolean(moment && moment.phase === "backward") && head === moment.node);
      continue;
    }
    const isBack = now.gradients.has(tail) || (receiving.has(tail) && now.passed.has(head));
    element.classList.toggle("known", now.values.has(head));
    element.classList.toggle("back", isBack && receiving.has(tail) && !hasWaysBack);
    const isNow = Boolean(moment && moment.node) && (head === moment.node || tail === moment.node);
    element.classList.toggle("current", isNow && !(hasWaysBack && moment.phase === "backward"));
  }
  slider.value = position === null ? moments.length : position + 1;
  const phase = moment ? words[moment.phase] : "";
  const count = moment ? `${position + 1}/${moments.length}` : "";
  slider.setAttribute("aria-valuetext", moment ? `${count}, ${phase}: ${moment.said}` : words.whole);
  caption.className = moment ? moment.phase : "";
  caption.replaceChildren();
  if (moment) {
    make(caption, "strong", "", `${phase} ${count}`);
    caption.append(`: ${moment.said}`);
  }
  byId("back").disabled = byId("first").disabled = position === 0;
  byId("next").disabled = byId("last").disabled = position === moments.length - 1;
  markCurrent(moment ? moment.node : "", moment ? moment.phase : "");
  if (moment) tellMoment(moment);
  else panel.replaceChildren(make(panel, "p", "facts", words.hint));
  hideTip();
}

function tellMoment(moment) {
  panel.scrollTop = 0;
  if (drawn.has(moment.node)) {
    tell(panel, drawn.get(moment.node).detail, moment.phase === "backward");
    bringIntoView(moment.node);
    return;
  }
  panel.replaceChildren();
  make(panel, "p", "facts", moment.said);
  for (const id of moment.values) if (nodes[id]) addNumbers(panel, nodes[id].numbers, false);
}

function step(by) {
  show(position === null ? (by > 0 ? 0 : moments.length - 1) : position + by);
}

function pause() {
  clearInterval(timer);
  timer = null;
  byId("play").textContent = words.play;
}

function play() {
  if (timer !== null) return pause();
  if (position === moments.length - 1) position = null;
  step(1);
  byId("play").textContent = words.pause;
  timer = setInterval(() => (position < moments.length - 1 ? step(1) : pause()), 1800);
}

function jump(index) {
  pause();
  show(index);
}
