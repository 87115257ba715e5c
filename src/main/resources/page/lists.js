// Lists: late rows, reads, gaps, rejected records.

import {el, nothing} from "./dom.js";
import {table} from "./tables.js";
import {count, duration, number, time, withCommands} from "./words.js";

export function showLate(data) {
  if (data.late === null) {
    return [nothing("Counting…")];
  }
  if (data.late.every(row => row.polls24h + row.sweeps24h + row.polls90d + row.sweeps90d === 0)) {
    return [nothing("No late rows.")];
  }
  return [table("Rows that an earlier read of their time did not contain, by delay and by what found them",
    [{name: "Up to", text: true}, {name: "Polls, 24 h"}, {name: "Sweeps, 24 h"}, {name: "Polls, 90 d"}, {name: "Sweeps, 90 d"}],
    data.late.map(row => [row.upTo, ...[row.polls24h, row.sweeps24h, row.polls90d, row.sweeps90d].map(number)]))];
}

export function showReads(data) {
  if (data.reads.length === 0) {
    return [nothing("Nothing read yet.")];
  }
  const counts = ["fetched", "new", "late", "duplicate", "filtered", "changed", "rejected", "deferred"];
  const texts = ["Read at", "Purpose", "From", "To"];
  return [table("Latest committed reads, times in UTC", [...texts.map(name => ({name, text: true})),
    ...counts.map(name => ({name: name.charAt(0).toUpperCase() + name.slice(1)}))],
  data.reads.map(read => [time(read.readAt, data.at, {seconds: true, bare: true}), read.purpose,
    time(read.from, data.at, {seconds: true, bare: true}), time(read.to, data.at, {seconds: true, bare: true}),
    ...counts.map(name => name === "rejected" && read[name] > 0 ? el("td", {class: "number lost"}, number(read[name]))
      : number(read[name]))]))];
}

export function showGaps(data) {
  if (data.gapsTotal === 0) {
    return [nothing("No gaps: all time since the first start has been read or will be."), ...owed(data)];
  }
  const cut = data.gapsTotal > data.gaps.length ? `, latest ${number(data.gaps.length)} of ${number(data.gapsTotal)}` : "";
  return [el("p", {class: "summary"}, el("strong", {class: "bad"}, count(data.gapsTotal, "gap") + ".")),
    table("Time that could not be read or delivered, in UTC" + cut,
      [{name: "From", text: true}, {name: "To", text: true}, {name: "Lost"}, {name: "Reason", text: true}, {name: "Noticed", text: true}],
      data.gaps.map(gap => [time(gap.from, data.at, {bare: true}), time(gap.to, data.at, {bare: true}), duration(gap.lostSeconds),
        gap.reason, time(gap.noticedAt, data.at, {bare: true})])), ...owed(data)];
}

/** Tables that are suspended, catch up or have withdrawn events. */
function owed(data) {
  return data.tables.flatMap(table => [
    table.words ? el("p", {class: "summary"}, ...withCommands(table.words)) : null,
    table.waitingSeconds > 0 ? el("p", {class: "small"}, duration(table.waitingSeconds) + " to be read again for " + table.table + ".") : null,
    table.withdrawn > 0 ? el("p", {class: "small"}, count(table.withdrawn, "event") + " of " + table.table
      + " withdrawn: deferred, but no longer reported by Proofpoint. ", el("code", {}, "java -jar tap-sentinel.jar gaps"), " lists them.") : null,
  ]).filter(node => node !== null);
}

export function showRejected(data) {
  const twice = data.possibleDuplicates === 0 ? nothing("No possible duplicates.")
    : el("p", {class: "summary"}, el("strong", {}, count(data.possibleDuplicates, "possible duplicate") + ": "),
      "the answer of Sentinel was lost, so it may hold these records twice. ", el("code", {}, "java -jar tap-sentinel.jar duplicates"), " lists them.");
  if (data.rejected === null) {
    return [nothing("Counting…"), twice];
  }
  // changes, cut rows and forgotten keys have only a document
  const documents = data.rejected.byReason.reduce((sum, why) => sum + why.records, 0);
  if (data.rejected.total + documents === 0) {
    return [nothing("No rejected records."), twice];
  }
  return [el("p", {class: "summary"}, el("strong", {class: "bad"}, count(data.rejected.total, "record") + " not in Sentinel"),
    ", reported by TAP in the last 8 days. ", count(documents, "document"), " at ",
    el("code", {}, "tap.rejected.uri"), ", including rows with cut values; ", el("code", {}, "java -jar tap-sentinel.jar rejected"), " lists both."),
  table("Documents at tap.rejected.uri by reason, times in UTC", [
    {name: "Table", text: true}, {name: "Reason", text: true}, {name: "Code", text: true}, {name: "Records"},
    {name: "Last", text: true}],
  data.rejected.byReason.map(why => [why.table, why.reason, why.code || "–", number(why.records),
    time(why.last, data.at, {bare: true})])), twice];
}
