// Assembles the page.

import {showCards} from "./cards.js";
import {heardFrom, missedOne} from "./contact.js";
import {nothing, patch} from "./dom.js";
import {showHours} from "./hours.js";
import {showGaps, showLate, showReads, showRejected} from "./lists.js";
import {showArchive, showBudget, showParts, showProgress, showSink, showVersions} from "./panels.js";
import {refreshing} from "./refresh.js";
import {showRoutes} from "./routes.js";
import {showVerdict} from "./verdict.js";

/** Renderers by element id. */
const PARTS = {
  tables: showCards,
  hours: showHours,
  progress: showProgress,
  budget: showBudget,
  sink: showSink,
  archive: showArchive,
  gaps: showGaps,
  rejected: showRejected,
  late: showLate,
  reads: showReads,
  routes: showRoutes,
  parts: showParts,
  versions: showVersions,
};

refreshing(data => {
  showVerdict(data);
  const source = `Proofpoint TAP to Microsoft Sentinel, source ${data.source}${data.sandbox ? ", in the sandbox" : ""}`;
  patch(document.getElementById("about"), [document.createTextNode(source)]);
  for (const [id, show] of Object.entries(PARTS)) {
    patch(document.getElementById(id), nodes(show, data));
  }
  // last: figures that cannot be shown do not count as contact
  heardFrom(data);
}, missedOne);

/** A part that fails does not affect the others. */
function nodes(show, data) {
  try {
    return show(data);
  } catch (trouble) {
    console.error(trouble);
    return [nothing("This part cannot be shown: the program and this page have different versions. Reload the page.")];
  }
}
