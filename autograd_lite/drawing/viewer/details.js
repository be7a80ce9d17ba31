// The details of a node: its rules and numbers. Names come from users: they reach the page as text, never as markup.

function make(parent, tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

function addMatrix(parent, rows, className) {
  const table = make(parent, "table", className);
  for (const row of rows) {
    const line = make(table, "tr");
    for (const number of row) make(line, "td", "", number);
  }
}

function addLine(parent, parts) {
  const line = make(parent, "div", "line");
  let piece = make(line, "span", "piece");
  for (const part of parts) {
    // A line breaks before a sign, and nowhere else.
    if (part.kind === "sign" && piece.childElementCount) piece = make(line, "span", "piece");
    if (part.kind === "words") piece = line;
    const isExponent = /^[ᵀ⁰¹²³⁴-⁹]/.test(part.text) && piece.lastElementChild && piece.lastElementChild.tagName === "TABLE";
    if (part.rows.length) addMatrix(piece, part.rows, part.kind);
    else make(piece, "span", isExponent ? `${part.kind} raised` : part.kind, part.text);
  }
}

function addNumbers(parent, shown, withGradients) {
  for (const { name, is_gradient: isGradient, slices, lines } of shown) {
    if (isGradient && !withGradients) continue;
    const className = isGradient ? "gradient" : "value";
    make(parent, "h3", className, name);
    const numbers = make(parent, "div", "numbers");
    for (const { place, rows } of slices) {
      if (place) make(numbers, "p", "place", place);
      if (rows.length === 1 && rows[0].length === 1) make(numbers, "span", className, rows[0][0]);
      else addMatrix(numbers, rows, className);
    }
    for (const text of lines) make(make(numbers, "div", ""), "span", className, text);
  }
}

function tell(parent, detail, withGradients = true, inFull = true) {
  parent.replaceChildren();
  make(parent, "h2", "", detail.title);
  if (detail.facts) make(parent, "p", "facts", detail.facts);
  if (detail.forward && detail.forward.length) {
    make(parent, "h3", "", words.forward);
    addLine(parent, detail.forward);
  }
  if (inFull && withGradients && detail.backward.length) {
    make(parent, "h3", "gradient", words.backward);
    for (const line of [...detail.backward, ...detail.remarks]) addLine(parent, line);
  }
  addNumbers(parent, detail.numbers, withGradients);
}
