// Formats numbers, durations and times for people.

import {el} from "./dom.js";

const NUMBER = new Intl.NumberFormat("en");
const YEAR = new Intl.DateTimeFormat("en-GB", {day: "numeric", month: "short", year: "numeric", timeZone: "UTC"});
const DAY = new Intl.DateTimeFormat("en-GB", {day: "numeric", month: "short", timeZone: "UTC"});
const LOCAL = new Intl.DateTimeFormat(undefined, {dateStyle: "medium", timeStyle: "long"});
const UNITS = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
const BYTES = ["bytes", "kB", "MB", "GB", "TB"];

/** With thousands separators; a dash if unknown. */
export function number(value) {
  return typeof value === "number" ? NUMBER.format(value) : "–";
}

/** "1 hour", "2 hours". */
export function count(value, one) {
  return number(value) + " " + one + (value === 1 ? "" : "s");
}

/** "4 min 8 s": the two largest units. */
export function duration(seconds) {
  if (typeof seconds !== "number") {
    return "–";
  }
  let rest = Math.max(0, Math.round(seconds));
  const first = UNITS.findIndex(([, size]) => rest >= size);
  if (first < 0) {
    return "0 s";
  }
  return UNITS.slice(first, first + 2).map(([unit, size]) => {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    return whole > 0 ? number(whole) + " " + unit : null;
  }).filter(part => part !== null).join(" ");
}

/** 1 kB is 1,000 bytes. */
export function bytes(value) {
  if (typeof value !== "number") {
    return "–";
  }
  const power = Math.min(BYTES.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  const scaled = value / 1000 ** power;
  return (power > 0 && scaled < 10 ? scaled.toFixed(1) : NUMBER.format(Math.round(scaled))) + " " + BYTES[power];
}

/** Seconds from one time to another. */
export function between(from, to) {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

/** "clicks-permitted" as "Clicks permitted". */
export function title(type) {
  const words = String(type).replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * A time in UTC with the local time as its title; with a date unless it is the day of `at`.
 *
 * @param at    when the figures were taken
 * @param style `seconds` adds seconds, `bare` omits "UTC"
 */
export function time(iso, at, style = {}) {
  const when = new Date(iso);
  if (!iso || Number.isNaN(when.getTime())) {
    return document.createTextNode("–");
  }
  return el("time", {datetime: when.toISOString(), title: LOCAL.format(when)}, timeWords(iso, at, style));
}

/** Text for the time before the first read. */
export function nothingRead({progress, at}) {
  const next = progress.nextAttemptAt;
  if (!next) {
    return ["Nothing read yet. No poll is scheduled: check ", el("code", {}, "tap.poll.cron"), "."];
  }
  return between(at, next) > 0 ? ["Nothing read yet. Next attempt ", time(next, at), "."]
    : ["Nothing read yet. The first poll is running."];
}

/** Formats the ISO 8601 times in a text. */
export function withTimes(text, at) {
  return String(text).split(/(\d{4}-\d\d-\d\dT\d\d:\d\d(?::[\d.]+)?Z)/)
    .map((part, index) => index % 2 === 1 ? time(part, at, {seconds: true}) : part).filter(part => part !== "");
}

/** Formats the names of commands in a text. */
export function withCommands(text) {
  return text.split(/the command (doctor|duplicates|gaps|rejected|routes check|status)\b/)
    .map((part, index) => index % 2 === 1 ? el("code", {}, "java -jar tap-sentinel.jar " + part) : part).filter(part => part !== "");
}

/** A time as text. */
export function timeWords(iso, at, {seconds = false, bare = false} = {}) {
  const text = new Date(iso).toISOString();
  const now = at ? new Date(at).toISOString() : text;
  const day = at && text.slice(0, 10) === now.slice(0, 10) ? "" : (text.slice(0, 4) === now.slice(0, 4) ? DAY : YEAR).format(new Date(iso)) + " ";
  return day + text.slice(11, seconds ? 19 : 16) + (bare ? "" : " UTC");
}
