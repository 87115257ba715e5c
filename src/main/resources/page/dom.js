// Elements from data. Text is only ever text: nothing here reads markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element; attributes that are null, undefined or false are left out, children that are null as well. */
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** An element of a picture. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/** One of the symbols of index.html; what it means must stand beside it in words. */
export function symbol(level) {
  return svg("svg", {class: "symbol", "aria-hidden": "true"}, svg("use", {href: "#symbol-" + level}));
}

/** A paragraph for a list that is empty. */
export function nothing(...words) {
  return el("p", {class: "nothing"}, ...words);
}

/** Figures with their names: pairs of a name and what to show; a pair whose value is null is left out. */
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

/**
 * Makes the children of a node like the wanted ones. What is alike stays the same node, so that focus, selection, scrolling and what
 * somebody has opened outlast a refresh.
 */
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
    // open is the reader's own
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
