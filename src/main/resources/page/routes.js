// The routes in the order in which an event passes them: a picture on wide screens, a tree on narrow ones.

import {el, nothing} from "./dom.js";
import {picture} from "./picture.js";
import {count} from "./words.js";

export function showRoutes(data) {
  if (data.routes.length === 0) {
    return [nothing("No routes are running.")];
  }
  const called = new Set(data.routes.flatMap(route => route.to));
  // routes that call others first
  const roots = data.routes.filter(route => !called.has(base(route.from)))
    .sort((a, b) => rank(a, data.routes) - rank(b, data.routes));
  const drawn = new Set();
  const draw = routes => el("ul", {class: "tree"}, ...routes.map(route => branch(route, data.routes, drawn)));
  const trees = [draw(roots)];
  // cycles have no root
  const rest = data.routes.filter(route => !drawn.has(route.id));
  return [el("p", {class: "small"}, "Arrows lead to the called route. You can edit ", el("span", {class: "tag"}, "YAML"),
    " routes; ", el("span", {class: "tag"}, "Java"), " routes are built in."),
  picture(data.routes, roots.concat(rest), route => callees(route, data.routes)),
  el("div", {class: "trees"}, ...trees, ...rest.length > 0 ? [draw(rest)] : [])];
}

function branch(route, all, drawn) {
  const before = drawn.has(route.id);
  drawn.add(route.id);
  const next = before ? [] : callees(route, all);
  return el("li", {}, el("div", {class: before ? "box again" : "box"},
    el("p", {}, el("strong", {}, route.id), " ", el("span", {class: "tag"}, route.yaml ? "YAML" : "Java")),
    before ? el("p", {class: "small"}, "as above") : [
      route.description ? el("p", {class: "small"}, route.description) : null,
      el("p", {class: "small"}, route.from + ", " + count(route.steps, "step"))]),
  next.length > 0 ? el("ul", {}, ...next.map(other => branch(other, all, drawn))) : null);
}

/** Schedules first, then routes called from Java, then isolated routes. */
function rank(route, all) {
  return callees(route, all).length === 0 ? 2 : base(route.from).startsWith("direct:") ? 1 : 0;
}

function callees(route, all) {
  return route.to.flatMap(uri => all.filter(other => base(other.from) === uri));
}

function base(uri) {
  return String(uri).split("?")[0];
}
