// What happened: reads, late rows, gaps, rejections.

import {el, nothing} from "./dom.js";
import {table} from "./tables.js";
import {count, duration, number, time, withCommands} from "./words.js";

export function showLate(data) {
  if (data.late === null) {
    return [nothing("Being counted.")];
  }
  if (data.late.every(row => row.polls24h + row.sweeps24h + row.polls90d + row.sweeps90d === 0)) {
    return [nothing("No late row.")];
  }
  return [table("New rows that an earlier read of their time did not show, by how long after their time, and what found them",
    [{name: "Up to", text: true}, {name: "Polls, 24 h"}, {name: "Sweeps, 24 h"}, {name: "Polls, 90 d"}, {name: "Sweeps, 90 d"}],
    data.late.map(row => [row.upTo, ...[row.polls24h, row.sweeps24h, row.polls90d, row.sweeps90d].map(number)]))];
}

export function showReads(data) {
  if (data.reads.length === 0) {
    return [nothing("Nothing read yet.")];
  }
  const counts = ["fetched", "new", "late", "duplicate", "filtered", "changed", "rejected", "deferred"];
  const texts = ["Read at", "Purpose", "From", "To"];
  return [table("The newest reads of Proofpoint that were committed, times in UTC", [...texts.map(name => ({name, text: true})),
    ...counts.map(name => ({name: name.charAt(0).toUpperCase() + name.slice(1)}))],
  data.reads.map(read => [time(read.readAt, data.at, {seconds: true, bare: true}), read.purpose,
    time(read.from, data.at, {seconds: true, bare: true}), time(read.to, data.at, {seconds: true, bare: true}),
    ...counts.map(name => name === "rejected" && read[name] > 0 ? el("td", {class: "number lost"}, number(read[name]))
      : number(read[name]))]))];
}

export function showGaps(data) {
  if (data.gapsTotal === 0) {
    return [nothing("No gap: all time since the first start was read, or still will be."), ...owed(data)];
  }
  const cut = data.gapsTotal > data.gaps.length ? `, the newest ${number(data.gaps.length)} of ${number(data.gapsTotal)}` : "";
  return [el("p", {class: "summary"}, el("strong", {class: "bad"}, count(data.gapsTotal, "gap") + ".")),
    table("Time that was not read or delivered in time, or could not be read, in UTC" + cut,
      [{name: "From", text: true}, {name: "To", text: true}, {name: "Lost"}, {name: "Why", text: true}, {name: "Noticed", text: true}],
      data.gaps.map(gap => [time(gap.from, data.at, {bare: true}), time(gap.to, data.at, {bare: true}), duration(gap.lostSeconds),
        gap.reason, time(gap.noticedAt, data.at, {bare: true})])), ...owed(data)];
}

/** What single tables lack and is no gap. */
function owed(data) {
  return data.tables.flatMap(table => [
    table.words ? el("p", {class: "summary"}, ...withCommands(table.words)) : null,
    table.waitingSeconds > 0 ? el("p", {class: "small"}, duration(table.waitingSeconds) + " will be read again for " + table.table + ".") : null,
    table.withdrawn > 0 ? el("p", {class: "small"}, count(table.withdrawn, "event") + " of " + table.table
      + " withdrawn: deferred, and no longer reported by Proofpoint. ", el("code", {}, "java -jar tap-sentinel.jar gaps"), " lists them.") : null,
  ]).filter(node => node !== null);
}

export function showRejected(data) {
  const twice = data.possibleDuplicates === 0 ? nothing("No record that Sentinel may hold twice.")
    : el("p", {class: "summary"}, el("strong", {}, count(data.possibleDuplicates, "record") + " that Sentinel may hold twice: "),
      "a connection broke while they were sent. ", el("code", {}, "java -jar tap-sentinel.jar duplicates"), " lists them.");
  if (data.rejected === null) {
    return [nothing("Being counted."), twice];
  }
  // of a key that is forgotten, of a change and of a cut row, only the file tells
  const documents = data.rejected.byReason.reduce((sum, why) => sum + why.records, 0);
  if (data.rejected.total + documents === 0) {
    return [nothing("No record was rejected."), twice];
  }
  return [el("p", {class: "summary"}, el("strong", {class: "bad"}, count(data.rejected.total, "record") + " not in Sentinel"),
    " that TAP reported in the last 8 days. ", count(documents, "document"), documents === 1 ? " lies at " : " lie at ",
    el("code", {}, "tap.rejected.uri"), ", of cut rows too; ", el("code", {}, "java -jar tap-sentinel.jar rejected"), " lists both."),
  table("What lies at tap.rejected.uri by reason, times in UTC", [
    {name: "Table", text: true}, {name: "Reason", text: true}, {name: "Code", text: true}, {name: "Records"},
    {name: "Last", text: true}],
  data.rejected.byReason.map(why => [why.table, why.reason, why.code || "–", number(why.records),
    time(why.last, data.at, {bare: true})])), twice];
}
