// The verdict on the figures. Creates no elements.

import {between, count, duration, timeWords, title} from "./words.js";

const LEVELS = ["DOWN", "DEGRADED"];
/** Losses come before delays. */
const LOSSES = "completeness";
/** How long health reports a gap. */
const GAP_DAYS = 7;
/** One failed poll and one in progress are no problem. */
const POLLS = 3;
/** Seconds between the end of a window and its request. */
const SETTLE = 120;

/**
 * @return level (up, wait, degraded, down), headline, and problems, worst first
 */
export function judge(data) {
  const problems = [...data.problems, ...unsaid(data)].sort((a, b) => rank(a) - rank(b));
  if (problems.some(problem => problem.level === "DOWN") || data.overall === "DOWN") {
    return {level: "down", headline: "Down" + worst(problems), problems};
  }
  if (problems.length > 0 || data.overall === "DEGRADED") {
    return {level: "degraded", headline: "Degraded" + worst(problems), problems};
  }
  if (!data.progress.readTo) {
    return {level: "wait", headline: "Nothing read yet", problems};
  }
  const until = timeWords(data.progress.readTo, data.at);
  if (data.progress.backlogSeconds > 0) {
    const older = duration(data.progress.backlogSeconds);
    return {level: "wait", headline: `OK: new events are in Sentinel until ${until}; ${older} of backlog is still being read`, problems};
  }
  const late = data.tables.filter(table => table.deferred > 0);
  if (late.length > 0) {
    const events = late.map(table => count(table.deferred, "event") + " of " + title(table.type)).join(", ");
    return {level: "wait", headline: `OK: new events are in Sentinel until ${until}; still deferred: ${events}`, problems};
  }
  return {level: "up", headline: `OK: all events reported by Proofpoint until ${until} are in Sentinel`, problems};
}

function rank(problem) {
  return 2 * LEVELS.indexOf(problem.level) + (problem.part === LOSSES ? 0 : 1);
}

/** Missing events in the hours that the page shows. */
export function missing(data) {
  return data.hours.reduce((sum, hour) => sum + (hour.missing || 0), 0);
}

/** Whether reading is further behind than one or two polls explain. */
export function isBehind(progress) {
  return typeof progress.pollIntervalSeconds === "number" && progress.lagSeconds > POLLS * progress.pollIntervalSeconds + SETTLE;
}

/** Splits a problem into its title and the details in brackets at its end; a mere number stays in the title. */
export function halves(what) {
  const found = /^(.*?) \((.* .*)\)$/s.exec(what);
  return found ? [found[1], found[2]] : [what, null];
}

function worst(problems) {
  if (problems.length === 0) {
    return "";
  }
  const more = problems.length === 1 ? "" : `, and ${count(problems.length - 1, "more problem")}`;
  return ": " + halves(problems[0].what)[0] + more;
}

/** Problems that the figures show but no health check reports. */
function unsaid(data) {
  const found = [];
  const lost = missing(data);
  if (lost > 0 && !data.problems.some(problem => problem.part === LOSSES && problem.what.includes("lack events"))) {
    found.push({part: LOSSES, level: "DEGRADED", what: count(lost, "event") + " that Proofpoint reported "
        + (lost === 1 ? "is" : "are") + " missing in Sentinel",
      remedy: "run the command status to see the hours; if the next sweep does not deliver the events, report it as a bug"});
  }
  const isNews = data.gaps.some(gap => between(gap.noticedAt, data.at) < GAP_DAYS * 86400);
  if (isNews && !data.problems.some(problem => problem.part === LOSSES && problem.what.startsWith("time was lost"))) {
    found.push({part: LOSSES, level: "DEGRADED",
      what: "time was lost: " + duration(data.lostSeconds) + " that could not be read or delivered",
      remedy: "run the command gaps to see the reason; to fill a gap, move archived answers of that time, or a repaired one from tap.rejected.uri, to tap.replay.uri"});
  }
  if (isBehind(data.progress) && data.problems.length === 0) {
    found.push({part: "tap", level: "DEGRADED", what: "reading is " + duration(data.progress.lagSeconds) + " behind",
      remedy: "no action needed while the program pauses after a refusal by Proofpoint; Health in detail shows until when"});
  }
  return found;
}
