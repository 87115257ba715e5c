// The routes as boxes and arrows. Hidden from screen readers, which read the tree instead.

import {svg} from "./dom.js";
import {count} from "./words.js";

const WIDTH = 196;
const HEIGHT = 40;
const COLUMN = WIDTH + 30;
const ROW = HEIGHT + 14;
const LETTERS = 25;

/**
 * @param roots routes that no other route calls
 * @param next  the routes that a route calls
 */
export function picture(routes, roots, next) {
  const depths = new Map();
  roots.forEach(route => walk(route, 0, next, depths, []));
  const columns = [];
  depths.forEach((depth, route) => (columns[depth] ||= []).push(route));
  const filled = columns.filter(column => column);
  const height = ROW * Math.max(...filled.map(column => column.length));
  const places = new Map();
  filled.forEach((column, at) => column.forEach((route, row) =>
    places.set(route, {x: at * COLUMN + 1, y: (row + 0.5) * height / column.length})));
  const arrows = [...places].flatMap(([route, from]) => next(route).map(other => arrow(from, places.get(other))));
  return svg("svg", {class: "picture", "aria-hidden": "true", viewBox: `0 0 ${filled.length * COLUMN - 28} ${height}`},
    ...arrows, ...[...places].map(([route, place]) => box(route, place)));
}

/** Places a route to the right of its callers, except in a cycle. */
function walk(route, depth, next, depths, path) {
  if (path.includes(route) || depths.get(route) >= depth) {
    return;
  }
  depths.set(route, depth);
  next(route).forEach(other => walk(other, depth + 1, next, depths, [...path, route]));
}

function box(route, {x, y}) {
  const name = route.id.length > LETTERS ? route.id.slice(0, LETTERS - 1) + "…" : route.id;
  return svg("g", {class: route.yaml ? "route yaml" : "route"}, svg("title", {}, route.description || route.id),
    svg("rect", {x, y: y - HEIGHT / 2, width: WIDTH, height: HEIGHT, rx: 6}),
    svg("text", {class: "name", x: x + 10, y: y - 3}, name),
    svg("text", {class: "about", x: x + 10, y: y + 13}, (route.yaml ? "YAML" : "Java") + ", " + count(route.steps, "step")));
}

function arrow(from, to) {
  const [x1, y1, x2, y2] = [from.x + WIDTH, from.y, to.x - 6, to.y];
  const bend = (x1 + x2) / 2;
  return svg("g", {class: "arrow"}, svg("path", {d: `M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`}),
    svg("path", {class: "head", d: `M${x2 - 1} ${y2 - 4}l7 4l-7 4z`}));
}
