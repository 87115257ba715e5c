// The routes: who calls whom, in the order in which an event meets them. A picture where there is room, a tree where there is not.

import {el, nothing} from "./dom.js";
import {picture} from "./picture.js";
import {count} from "./words.js";

export function showRoutes(data) {
  if (data.routes.length === 0) {
    return [nothing("No route runs.")];
  }
  const called = new Set(data.routes.flatMap(route => route.to));
  const roots = data.routes.filter(route => !called.has(base(route.from)));
  const drawn = new Set();
  const draw = routes => el("ul", {class: "tree"}, ...routes.map(route => branch(route, data.routes, drawn)));
  const trees = [draw(roots)];
  // routes that only call each other have no beginning
  const rest = data.routes.filter(route => !drawn.has(route.id));
  return [el("p", {class: "small"}, "An arrow leads to the route that is called. ", el("span", {class: "tag"}, "YAML"),
    " is yours to edit, ", el("span", {class: "tag"}, "Java"), " holds what may not be lost."),
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

function callees(route, all) {
  return route.to.flatMap(uri => all.filter(other => base(other.from) === uri));
}

function base(uri) {
  return String(uri).split("?")[0];
}
