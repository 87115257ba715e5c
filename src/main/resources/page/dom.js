// Elements from data. Text is always inserted as text, never parsed as markup.

const SVG = "http://www.w3.org/2000/svg";

/** Creates an element; omits attributes that are null, undefined or false, and children that are null. */
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** Creates an SVG element. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/** A symbol of index.html. Put its meaning beside it as text. */
export function symbol(level) {
  return svg("svg", {class: "symbol", "aria-hidden": "true"}, svg("use", {href: "#symbol-" + level}));
}

/** A paragraph for an empty list. */
export function nothing(...words) {
  return el("p", {class: "nothing"}, ...words);
}

/** A list of names and values; omits pairs whose value is null. */
export function figures(pairs, name = "figures") {
  return el("dl", {class: name}, ...pairs.filter(([, value]) => value !== null)
    .map(([term, ...value]) => el("div", {}, el("dt", {}, term), el("dd", {}, ...value))));
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined));
  return element;
}

/** Updates the children of a node in place, so that focus, selection, scrolling and open details survive a refresh. */
export function patch(parent, wanted) {
  wanted.forEach((node, at) => {
    const old = parent.childNodes[at];
    if (!old) {
      parent.append(node);
    } else if (old.nodeName === node.nodeName) {
      update(old, node);
    } else {
      old.replaceWith(node);
    }
  });
  while (parent.childNodes.length > wanted.length) {
    parent.lastChild.remove();
  }
}

function update(old, node) {
  if (node.nodeType === Node.TEXT_NODE) {
    if (old.data !== node.data) {
      old.data = node.data;
    }
    return;
  }
  for (const {name} of [...old.attributes]) {
    // the reader opened it
    if (!node.hasAttribute(name) && name !== "open") {
      old.removeAttribute(name);
    }
  }
  for (const {name, value} of node.attributes) {
    if (old.getAttribute(name) !== value) {
      old.setAttribute(name, value);
    }
  }
  patch(old, [...node.childNodes]);
}
