// The top of the page: the overall state, and what to do about each problem.

import {el, figures, patch, symbol} from "./dom.js";
import {halves, judge, missing} from "./judge.js";
import {duration, nothingRead, number, time, withCommands, withTimes} from "./words.js";

const WORDS = {up: "OK", wait: "OK", degraded: "Degraded", down: "Down", lost: "No contact"};

let announced = null;

/** Shows the verdict; screen readers hear it only when it changes. */
export function showVerdict(data) {
  const verdict = judge(data);
  const section = document.getElementById("verdict");
  section.dataset.level = verdict.level;
  patch(section, [heading(verdict.level, verdict.headline), facts(data), problems(verdict.problems, data), keyFigures(data)]
    .filter(node => node !== null));
  document.title = WORDS[verdict.level] + " · tap-sentinel";
  // ignores digits: counts and times change all the time
  announce(verdict.level + verdict.problems.map(problem => problem.part + problem.level + halves(problem.what)[0].replaceAll(/\d/g, "")),
    [verdict.headline, ...verdict.problems.map(problem => problem.what + ". What to do: " + problem.remedy)].join(". "));
}

/** The state is unknown. */
export function showNoContact(headline) {
  const section = document.getElementById("verdict");
  section.dataset.level = "lost";
  const old = section.querySelector(".verdict-heading, #verdict-words");
  old.replaceWith(heading("lost", headline));
  document.title = WORDS.lost + " · tap-sentinel";
  announce("lost", headline);
}

function heading(level, headline) {
  return el("div", {class: "verdict-heading"}, symbol(level), el("h2", {id: "verdict-words"}, headline));
}

function facts(data) {
  const {readTo, lagSeconds, lastPollAt} = data.progress;
  if (!readTo) {
    return el("p", {class: "facts"}, ...nothingRead(data));
  }
  return el("p", {class: "facts"}, "Read until ", time(readTo, data.at), ", ", duration(lagSeconds), " behind. Last poll at ",
    time(lastPollAt, data.at, {seconds: true}), ".");
}

function problems(list, data) {
  return list.length === 0 ? null : el("ul", {class: "problems"}, ...list.map(problem => {
    const level = problem.level === "DOWN" ? "down" : "degraded";
    const [what, particulars] = halves(problem.what);
    return el("li", {"data-level": level},
      el("p", {class: "what"}, symbol(level), el("span", {}, el("span", {class: "part"}, problem.part, ": "), what)),
      particulars ? el("p", {}, ...withTimes(particulars, data.at)) : null,
      el("p", {class: "remedy"}, el("strong", {}, "What to do: "), ...withCommands(problem.remedy)));
  }));
}

function keyFigures(data) {
  const rows = data.tables.reduce((sum, table) => sum + table.rows24h, 0);
  const late = data.tables.reduce((sum, table) => sum + table.late24h, 0);
  const swept = data.hours.filter(hour => hour.sweptAt).length;
  const spent = Math.max(0, ...data.budget.map(pool => pool.limit > 0 ? pool.used / pool.limit : 0));
  return figures([
    ["Rows in 24 h", number(rows)],
    ["Late rows in 24 h", number(late)],
    ["Missing", swept === 0 ? "not swept yet" : number(missing(data))],
    ["Lag", duration(data.progress.lagSeconds)],
    ["Budget used", Math.round(spent * 100) + " %"],
  ], "key-figures");
}

function announce(verdict, words) {
  if (announced !== verdict) {
    announced = verdict;
    document.getElementById("announce").textContent = words;
  }
}
