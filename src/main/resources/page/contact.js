// Contact with the program: after two failed refreshes the page marks its figures as outdated.

import {el, patch, symbol} from "./dom.js";
import {showNoContact} from "./verdict.js";
import {duration, time, timeWords} from "./words.js";

const FAILURES = 2;

let misses = 0;
let at = null;
let heard = null;

/** The program has answered. */
export function heardFrom(data) {
  misses = 0;
  at = data.at;
  heard = new Date();
  document.body.classList.remove("stale");
  patch(document.getElementById("contact"), []);
  patch(document.getElementById("refreshed"), ["Refreshed at ", time(data.at, data.at, {seconds: true}), ", every 5 s"].map(asNode));
}

/** A refresh failed. */
export function missedOne(why) {
  misses++;
  if (misses < FAILURES) {
    return;
  }
  document.body.classList.add("stale");
  const since = at ? timeWords(at, at, {seconds: true}) : null;
  showNoContact(since ? `Unknown: no contact with the program since ${since}` : "Unknown: the program does not answer");
  patch(document.getElementById("refreshed"), at ? ["Last refreshed at ", time(at, at, {seconds: true})].map(asNode)
    : [asNode("Never refreshed")]);
  patch(document.getElementById("contact"), [el("div", {class: "notice"}, symbol("lost"), el("div", {},
    el("p", {}, el("strong", {}, since ? ["No contact with the program for ", duration((new Date() - heard) / 1000),
      ": all figures below are from ", time(at, at, {seconds: true}), "."] : "No contact with the program.")),
    el("p", {}, el("strong", {}, "Why: "), why, ". ", el("strong", {}, "What to do: "),
      "check that the program is running and read the end of its log; this page retries every 5 s.")))]);
}

function asNode(part) {
  return typeof part === "string" ? document.createTextNode(part) : part;
}
