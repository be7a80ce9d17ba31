// What stands in the picture: its nodes and edges, the gradients' parts of cards, and frames around nodes.

const byId = (id) => document.getElementById(id);
const { nodes, moments, words, gradient } = JSON.parse(byId("data").textContent);
const stage = byId("stage"), svg = stage.querySelector("svg"), graph = svg.querySelector("g.graph");
const panel = byId("panel"), tip = byId("tip"), caption = byId("caption"), slider = byId("position");
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

const drawn = new Map(), edges = [];
for (const element of svg.querySelectorAll("g.edge")) {
  const [tail, head] = element.querySelector("title").textContent.split("->");
  edges.push({ element, tail, head, comesBack: element.classList.contains("gradient") });
}
// Arrows are coloured on the way back only where the gradients have no arrows of their own.
const hasWaysBack = edges.some((edge) => edge.comesBack);
for (const title of svg.querySelectorAll("g > title")) title.remove();
for (const element of svg.querySelectorAll("g.node")) {
  const link = element.querySelector("a");
  const hint = link ? (link.getAttribute("xlink:title") || "").trim() : "";
  const detail = nodes[element.id] || (hint && { title: hint, numbers: [], backward: [], remarks: [] });
  if (!detail) continue;
  drawn.set(element.id, { element, detail });
  if (nodes[element.id]) element.classList.add("told");
  element.setAttribute("tabindex", "0");
  element.setAttribute("role", nodes[element.id] ? "button" : "img");
  element.setAttribute("aria-label", [detail.title, detail.facts].filter(Boolean).join(", "));
  // A card of gradients alone is faint as a whole until it is known.
  if (!gradient || element.classList.contains("gradient")) continue;
  for (const part of element.querySelectorAll("text, polygon, path, polyline")) {
    const paints = [part.getAttribute("fill"), part.getAttribute("stroke")];
    if (paints.some((paint) => gradient.includes((paint || "").toLowerCase()))) part.classList.add("gradient-part");
  }
}
// The page has tooltips of its own.
for (const link of svg.querySelectorAll("a")) link.removeAttribute("xlink:title");

function ring(className) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  graph.append(element);
  return (id, extra = "") => {
    const node = drawn.get(id);
    element.setAttribute("class", `ring ${className} ${extra}`);
    element.style.display = node ? "" : "none";
    if (!node) return;
    const box = node.element.getBBox(), away = 4;
    const place = { x: box.x - away, y: box.y - away, width: box.width + 2 * away, height: box.height + 2 * away, rx: 5 };
    for (const [name, value] of Object.entries(place)) element.setAttribute(name, value);
  };
}
const markCurrent = ring("current"), markFocus = ring("focus");
