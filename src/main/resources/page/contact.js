// Whether what the page shows is what is: after two refreshes in vain nobody may take it for the present.

import {el, patch, symbol} from "./dom.js";
import {showNoContact} from "./verdict.js";
import {duration, time, timeWords} from "./words.js";

const VAIN = 2;

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

/** A refresh brought nothing. */
export function missedOne(why) {
  misses++;
  if (misses < VAIN) {
    return;
  }
  document.body.classList.add("stale");
  const since = at ? timeWords(at, at, {seconds: true}) : null;
  showNoContact(since ? `Unknown: no contact with the program since ${since}` : "Unknown: the program does not answer");
  patch(document.getElementById("refreshed"), at ? ["Last refreshed at ", time(at, at, {seconds: true})].map(asNode)
    : [asNode("Never refreshed")]);
  patch(document.getElementById("contact"), [el("div", {class: "notice"}, symbol("lost"), el("div", {},
    el("p", {class: "what"}, since ? ["This page has lost contact with the program ", duration((new Date() - heard) / 1000),
      " ago: all figures below are of ", time(at, at, {seconds: true}), "."] : "This page has no contact with the program."),
    el("p", {}, el("strong", {}, "Why: "), why, ". ", el("strong", {}, "What to do: "),
      "see whether the program runs and what its log says last; the page goes on asking every 5 s.")))]);
}

function asNode(part) {
  return typeof part === "string" ? document.createTextNode(part) : part;
}
