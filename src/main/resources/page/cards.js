// A card for each table: rows of the last 24 hours.

import {el, figures, symbol} from "./dom.js";
import {sparkline} from "./sparkline.js";
import {number, title} from "./words.js";

export function showCards(data) {
  return data.tables.map(table => el("article", {class: "card", "aria-label": title(table.type)},
    el("h3", {}, title(table.type)),
    el("p", {class: "table-name"}, table.table),
    el("p", {class: "large"}, el("strong", {}, number(table.rows24h)), " rows in 24 h"),
    table.words ? waiting(table) : refusal(data.sink.tables.find(sink => sink.table === table.table)),
    sparkline(table.byHour, data.at),
    figures([
      ["Late", number(table.late24h)],
      ["Duplicates dropped", number(table.duplicates24h)],
      ["Rejected in 24 h", el("span", {class: table.rejected24h > 0 ? "bad" : null}, number(table.rejected24h)
        + (table.unreadable24h > 0 ? ` (${number(table.unreadable24h)} unreadable)` : ""))],
      ["Deferred", number(table.deferred) + (table.withdrawn > 0 ? ` (${number(table.withdrawn)} withdrawn)` : "")],
    ])));
}

/** State of a table that is suspended or catches up. */
function waiting(table) {
  const level = table.suspendedSince ? "degraded" : "wait";
  return el("p", {class: "what card-state", "data-level": level}, symbol(level),
    el("span", {}, table.suspendedSince ? "Suspended: its events are deferred" : "Catching up: deferred events are read again"));
}

/** State of a table that Sentinel refuses. */
function refusal(sink) {
  if (!sink || sink.failures === 0 && !sink.needsPerson) {
    return null;
  }
  const level = sink.needsPerson ? "down" : "degraded";
  return el("p", {class: "what card-state", "data-level": level}, symbol(level), el("span", {}, "Sentinel does not accept rows; retrying"));
}
