// Rows per hour as bars.

import {el, svg} from "./dom.js";
import {count, number, timeWords} from "./words.js";

const WIDTH = 240;
const HEIGHT = 44;
const GAP = 2;

/** A bar chart with a text alternative and labelled ends. */
export function sparkline(byHour, at) {
  const most = Math.max(1, ...byHour.map(hour => hour.rows));
  const step = WIDTH / Math.max(1, byHour.length);
  const bars = byHour.map((hour, index) => {
    // even a single row is visible
    const height = hour.rows === 0 ? 1 : Math.max(3, hour.rows / most * HEIGHT);
    const kind = hour.rows === 0 ? "bar none" : index === byHour.length - 1 ? "bar unfinished" : "bar";
    return svg("rect", {class: kind, x: round(index * step), width: round(step - GAP), y: round(HEIGHT - height), height: round(height)},
      svg("title", {}, timeWords(hour.hour, at) + ": " + count(hour.rows, "row")));
  });
  return el("figure", {class: "sparkline"},
    svg("svg", {role: "img", "aria-label": inWords(byHour, at), viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none"}, ...bars),
    el("figcaption", {"aria-hidden": "true"}, el("span", {}, byHour.length > 0 ? timeWords(byHour[0].hour, null, {bare: true}) : ""),
      el("span", {}, "this hour")));
}

function inWords(byHour, at) {
  if (byHour.every(hour => hour.rows === 0)) {
    return "Rows per hour: none in 24 hours";
  }
  const rows = byHour.map(hour => hour.rows);
  const peak = byHour.reduce((best, hour) => hour.rows > best.rows ? hour : best);
  const empty = rows.slice(0, -1).filter(n => n === 0).length;
  return `Rows per hour: peak ${number(peak.rows)} at ${timeWords(peak.hour, at)}, ${number(rows[rows.length - 1])} so far this hour, `
    + (empty === 0 ? "no earlier hour without rows" : count(empty, "earlier hour") + " without rows");
}

function round(value) {
  return Math.round(value * 100) / 100;
}
