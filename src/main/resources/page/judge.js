// What the figures mean, in one sentence. No elements here.

import {count, duration, timeWords} from "./words.js";

const LEVELS = ["DOWN", "DEGRADED"];
/** A poll that failed once and one that is on its way are no news. */
const POLLS = 3;
/** A window ends some time before it is asked for. */
const SETTLE = 120;

/**
 * @return level (up, wait, degraded, down), headline, and problems, worst first
 */
export function judge(data) {
  const problems = [...data.problems, ...unsaid(data)].sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
  if (problems.some(problem => problem.level === "DOWN") || data.overall === "DOWN") {
    return {level: "down", headline: "Somebody has to act" + many(problems), problems};
  }
  if (problems.length > 0 || data.overall === "DEGRADED") {
    return {level: "degraded", headline: "Running, but needs a look" + many(problems), problems};
  }
  if (!data.progress.readTo) {
    return {level: "wait", headline: "Nothing has been read yet", problems};
  }
  const until = timeWords(data.progress.readTo, data.at);
  if (data.progress.backlogSeconds > 0) {
    const older = duration(data.progress.backlogSeconds);
    return {level: "wait", headline: `New events have arrived until ${until}; ${older} of older time is still being read`, problems};
  }
  return {level: "up", headline: `Everything has arrived until ${until}`, problems};
}

/** Events that were looked for and are not there, in the hours that the page shows. */
export function missing(data) {
  return data.hours.reduce((sum, hour) => sum + (hour.missing || 0), 0);
}

/** Whether reading is so far behind that a poll or two cannot be the reason. */
export function isBehind(progress) {
  return progress.lagSeconds > POLLS * progress.pollIntervalSeconds + SETTLE;
}

function many(problems) {
  return problems.length > 1 ? `: ${problems.length} problems` : "";
}

/** What the figures show and no part has told: the page may not call that well. */
function unsaid(data) {
  const told = data.problems.map(problem => problem.part);
  const found = [];
  const lost = missing(data);
  if (lost > 0 && !told.includes("completeness")) {
    found.push({part: "completeness", level: "DEGRADED", what: count(lost, "event") + " that Proofpoint reported "
        + (lost === 1 ? "is" : "are") + " missing in Sentinel",
      remedy: "nothing yet: the next sweep of the hour fetches them again; look at the table Completeness per hour"});
  }
  if (isBehind(data.progress) && data.problems.length === 0) {
    found.push({part: "tap", level: "DEGRADED", what: "reading is " + duration(data.progress.lagSeconds) + " behind",
      remedy: "nothing, while it rests after a refusal of Proofpoint: Health in detail says until when"});
  }
  return found;
}
