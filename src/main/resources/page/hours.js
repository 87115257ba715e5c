// Completeness: events that Proofpoint reported for each closed hour in its last sweep, and how many of them are in Sentinel.

import {el, nothing, svg, symbol} from "./dom.js";
import {region} from "./tables.js";
import {count, number, time, timeWords, title} from "./words.js";

const DAY = 24;
const CAPTION = "Reported: events that Proofpoint reports for the hour. In Sentinel: those that Sentinel acknowledged.";
const NAMES = {theirs: "Reported", ours: "In Sentinel"};
const OTHERS = {
  deferred: "waiting for a suspended table",
  withdrawn: "deferred, but no longer reported",
  rejected: "stored at tap.rejected.uri instead",
};

export function showHours(data) {
  if (data.hours.length === 0) {
    return [nothing("No hour has been swept yet: no hour has ended since the first read.")];
  }
  const types = data.hours[0].tables.map(table => table.type);
  const others = Object.keys(OTHERS).filter(name => data.hours.some(hour => hour[name] > 0));
  return [strip(data), summary(data), region("Completeness per hour, table", el("table", {class: "hours"},
    el("caption", {}, el("span", {}, caption(others))), head(types, others),
    el("tbody", {}, ...data.hours.map(hour => row(hour, data.at, others)))))];
}

function caption(others) {
  return others.length === 0 ? CAPTION
    : [CAPTION, ...others.map(name => `${title(name)}: ${OTHERS[name]}.`), "Reported is the sum of the other columns."].join(" ");
}

function summary(data) {
  const swept = data.hours.filter(hour => hour.sweptAt);
  const waiting = data.hours.length - swept.length;
  const missing = swept.reduce((sum, hour) => sum + hour.missing, 0);
  if (swept.length === 0) {
    const due = data.hours[data.hours.length - 1].dueAt;
    return nothing("No hour has been swept yet", ...due ? [": the first is due at ", time(due, data.at)] : [], ".");
  }
  const later = waiting === 0 ? "" : ` ${count(waiting, "hour")} not swept yet: each hour is read again and compared some hours after its end.`;
  const words = missing > 0 ? el("strong", {class: "bad"}, count(missing, "event") + " missing.")
    : `Nothing is missing in ${count(swept.length, "swept hour")}.`;
  return el("p", {class: "summary", "data-level": missing > 0 ? "down" : "up"}, symbol(missing > 0 ? "degraded" : "up"),
    el("span", {}, words, later));
}

/** The hours as boxes, oldest first like the sparklines. */
function strip(data) {
  const hours = [...data.hours].reverse();
  const step = 10;
  const first = Math.max(0, DAY - hours.length);
  const words = hours.filter(hour => hour.missing > 0).map(hour => `${timeWords(hour.hour, data.at)}: ${number(hour.missing)} missing`);
  return svg("svg", {class: "strip", role: "img", viewBox: `0 0 ${(first + hours.length) * step} 10`, preserveAspectRatio: "none",
    "aria-label": "Hours, oldest first. " + (words.length > 0 ? words.join(", ") : "No event is missing") + "."},
  ...hours.map((hour, at) => svg("g", {class: state(hour)},
    svg("title", {}, `${timeWords(hour.hour, data.at)}: ${inWords(hour)}`),
    svg("rect", {x: (first + at) * step + 0.5, y: 0, width: step - 1, height: 10}),
    hour.missing > 0 ? svg("path", {d: `M${(first + at) * step + 2.5} 2.5l5 5m0-5l-5 5`}) : null)));
}

/** JSON names of the columns of each group. */
function columns(others) {
  return ["theirs", "ours", ...others, "missing"];
}

function head(types, others) {
  const figures = columns(others).map(name => NAMES[name] || title(name));
  return el("thead", {}, el("tr", {}, el("th", {rowspan: 2, scope: "col", class: "text"}, "Hour (UTC)"),
    el("th", {rowspan: 2, scope: "col", class: "text"}, "State"),
    ...["All tables", ...types.map(title)].map(name => el("th", {colspan: figures.length, scope: "colgroup", class: "group"}, name))),
  el("tr", {}, ...["", ...types].flatMap(() => figures.map((name, at) => el("th", {scope: "col", class: cell(at)}, name)))));
}

function row(hour, at, others) {
  return el("tr", {class: state(hour)}, el("th", {scope: "row", class: "text"}, time(hour.hour, at, {bare: true})),
    el("td", {class: "text state"}, inWords(hour)),
    ...[hour, ...hour.tables].flatMap(of => columns(others).map((name, which) =>
      el("td", {class: cell(which) + (name === "missing" && of[name] > 0 ? " lost" : "")}, number(of[name])))));
}

function cell(at) {
  return at === 0 ? "number group" : "number";
}

function state(hour) {
  return !hour.sweptAt ? "unswept" : hour.missing > 0 ? "incomplete" : hour.deferred > 0 ? "deferred"
    : hour.rejected > 0 ? "rejected" : "complete";
}

function inWords(hour) {
  return !hour.sweptAt ? "not swept yet" : hour.missing > 0 ? number(hour.missing) + " missing"
    : hour.deferred > 0 ? number(hour.deferred) + " deferred"
    : hour.rejected > 0 ? number(hour.rejected) + " rejected" : "complete";
}
