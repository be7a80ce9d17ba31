// The view: which point of the picture is in the middle of the stage, and pixels a point; moved by pointers and wheel.

const box = svg.viewBox.baseVal, whole = { x: box.x, y: box.y, width: box.width, height: box.height };
const SMALLEST_READ = 0.5;
const view = { x: 0, y: 0, scale: 1 };
let fitted = true;

function fittingScale() {
  return Math.min(stage.clientWidth / whole.width, stage.clientHeight / whole.height, 2.4) || 1;
}

function look(x, y, scale) {
  view.scale = clamp(scale, fittingScale() / 2, 24);
  view.x = clamp(x, whole.x, whole.x + whole.width);
  view.y = clamp(y, whole.y, whole.y + whole.height);
  const width = stage.clientWidth / view.scale, height = stage.clientHeight / view.scale;
  if (width && height) svg.setAttribute("viewBox", `${view.x - width / 2} ${view.y - height / 2} ${width} ${height}`);
}

function fit() {
  fitted = true;
  look(whole.x + whole.width / 2, whole.y + whole.height / 2, fittingScale());
}

function move(right, down) {
  fitted = false;
  look(view.x - right / view.scale, view.y - down / view.scale, view.scale);
}

function zoom(factor, clientX, clientY) {
  const area = stage.getBoundingClientRect();
  const right = clientX === undefined ? 0 : clientX - area.left - area.width / 2;
  const down = clientY === undefined ? 0 : clientY - area.top - area.height / 2;
  const scale = clamp(view.scale * factor, fittingScale() / 2, 24);
  fitted = false;
  look(view.x + right / view.scale - right / scale, view.y + down / view.scale - down / scale, scale);
}

function bringIntoView(id) {
  const area = stage.getBoundingClientRect(), place = drawn.get(id).element.getBoundingClientRect();
  const right = (place.left + place.right - area.left - area.right) / 2;
  const down = (place.top + place.bottom - area.top - area.bottom) / 2;
  // A picture too large to be read as a whole is followed step by step.
  const isTooSmall = fitted && view.scale < SMALLEST_READ;
  const isIn = Math.abs(right) + place.width / 2 < area.width / 2 && Math.abs(down) + place.height / 2 < area.height / 2;
  if (isTooSmall) look(view.x + right / view.scale, view.y + down / view.scale, 1);
  else if (!isIn) look(view.x + right / view.scale, view.y + down / view.scale, view.scale);
  fitted = fitted && isIn && !isTooSmall;
}

const pointers = new Map();
let wasDragged = false;

stage.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  if (!pointers.size) wasDragged = false;
  pointers.set(event.pointerId, event);
});
addEventListener("pointermove", (event) => {
  const before = pointers.get(event.pointerId);
  if (!before) return;
  const right = event.clientX - before.clientX, down = event.clientY - before.clientY;
  if (!wasDragged && Math.hypot(right, down) < 4) return;
  wasDragged = true;
  hideTip();
  stage.classList.add("dragged");
  const other = [...pointers].filter(([id]) => id !== event.pointerId).map(([, each]) => each)[0];
  if (other) {
    const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
    zoom(apart(event) / apart(before), other.clientX, other.clientY);
  } else move(right, down);
  pointers.set(event.pointerId, event);
});
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, (event) => (pointers.delete(event.pointerId), stage.classList.remove("dragged")));
}
stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  const pixels = event.deltaMode ? event.deltaY * 30 : event.deltaY;
  zoom(Math.exp(-clamp(pixels, -240, 240) / 500), event.clientX, event.clientY);
  hideTip();
}, { passive: false });
