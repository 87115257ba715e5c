// Small panels: progress, budget, sink, archive, health, versions.

import {el, figures, nothing, symbol} from "./dom.js";
import {isBehind} from "./judge.js";
import {table} from "./tables.js";
import {bytes, count, duration, nothingRead, number, time, withTimes} from "./words.js";

const LEVEL = {UP: ["up", "OK"], DEGRADED: ["degraded", "Degraded"], DOWN: ["down", "Down"]};

export function showProgress(data) {
  const progress = data.progress;
  if (!progress.readTo) {
    return [nothing(...nothingRead(data))];
  }
  const waiting = progress.backlog.length === 0 ? nothing("No backlog: no older time is left to read.")
    : table("Backlog: older time still to be read, in UTC", [{name: "From", text: true}, {name: "To", text: true}],
      progress.backlog.map(range => [time(range.from, data.at, {bare: true}), time(range.to, data.at, {bare: true})]));
  return [figures([
    ["Read until", time(progress.readTo, data.at, {seconds: true})],
    ["Lag", isBehind(progress) ? el("span", {class: "bad"}, duration(progress.lagSeconds), ", higher than usual")
      : duration(progress.lagSeconds)],
    ["Last poll", time(progress.lastPollAt, data.at, {seconds: true})],
    ["Poll interval", duration(progress.pollIntervalSeconds)],
    ["Backlog", progress.backlogSeconds > 0 ? duration(progress.backlogSeconds) : "none"],
  ]), waiting];
}

export function showBudget(data) {
  return data.budget.map(pool => el("div", {class: "gauge"},
    el("p", {}, el("strong", {}, pool.pool.replaceAll("-", " ")), el("span", {}, `${number(pool.used)} of ${number(pool.limit)} in 24 h`)),
    el("meter", {min: 0, max: pool.limit, low: pool.limit * 0.7, high: pool.limit * 0.9, optimum: 0, value: pool.used,
      "aria-label": `Requests of the pool ${pool.pool} in 24 hours`}, `${number(pool.used)} of ${number(pool.limit)}`),
    el("p", {class: "small"}, `Left: ${number(pool.leftForPolls)} for polls, ${number(pool.leftForRest)} for backlog and sweeps`)));
}

export function showSink(data) {
  const sink = data.sink;
  const suspended = data.tables.filter(table => table.suspendedSince).map(table => table.table);
  // the verdict explains suspended tables
  const trouble = sink.tables.filter(of => (of.failures > 0 || of.needsPerson) && !suspended.includes(of.table));
  const parts = [figures([
    ["Acknowledged since the start", number(sink.acknowledged)],
    ["Pending", number(sink.pending)],
    ["Last acknowledged", sink.lastAcknowledgedAt ? time(sink.lastAcknowledgedAt, data.at, {seconds: true}) : "none yet"],
  ])];
  if (suspended.length > 0) {
    parts.push(nothing(`Suspended: ${suspended.join(", ")}. See the top of this page.`));
  }
  if (trouble.length > 0) {
    parts.push(el("ul", {class: "problems"}, ...trouble.map(of => el("li", {"data-level": of.needsPerson ? "down" : "degraded"},
      el("p", {class: "what"}, symbol(of.needsPerson ? "down" : "degraded"),
        el("span", {}, of.table, ": ", count(of.failures, "failed upload"), " in a row, ",
          of.needsPerson ? "needs action" : "retrying")),
      of.message ? el("p", {class: "small"}, ...withTimes(of.message, data.at)) : null))));
  } else if (suspended.length === 0) {
    parts.push(nothing("The last upload to each table was acknowledged."));
  }
  return parts;
}

export function showArchive(data) {
  const archive = data.archive;
  if (!archive) {
    return [nothing("Off: ", el("code", {}, "tap.archive.uri"), " is empty.")];
  }
  return [figures([
    ["Waiting", archive.waiting > 0 ? count(archive.waiting, "answer") + ", " + bytes(archive.waitingBytes) : "none"],
    ["Failed", el("span", {class: archive.failed > 0 ? "bad" : null}, number(archive.failed))],
    ["Last failure", archive.lastError || "none"],
  ])];
}

export function showParts(data) {
  return data.parts.map(part => el("details", {class: "panel part-detail", "data-level": LEVEL[part.level][0]},
    el("summary", {}, symbol(LEVEL[part.level][0]), el("span", {}, part.id, ": ", LEVEL[part.level][1])),
    figures(Object.entries(part.details).map(([name, value]) =>
      [name, ...(typeof value === "number" ? [number(value)] : withTimes(value, data.at))]))));
}

export function showVersions(data) {
  return [el("p", {}, "tap-sentinel ", data.version, data.sandbox ? ", sandbox" : "", ", source ", data.source, ", started at ",
    time(data.startedAt, data.at), ". Times are UTC; point at one to see your local time. Figures as JSON: ",
    el("a", {href: "status.json"}, "status.json"), ".")];
}
