// Polls the figures: one request at a time, none while the page is hidden.

const EVERY = 5000;
const PATIENCE = 4500;
/** How long, in milliseconds, the program may repeat an answer. */
const KEPT = 3000;
const PAUSED = "Paused · tap-sentinel";

/**
 * Starts polling.
 *
 * @param shown  called with each new answer
 * @param missed called with the reason when a refresh fails or brings nothing new
 */
export function refreshing(shown, missed) {
  let timer = null;
  let asking = false;
  let newest = null;
  let newestSince = null;
  let title = document.title;

  /** The title must not show an outdated verdict. */
  function pause() {
    if (document.title !== PAUSED) {
      title = document.title;
      document.title = PAUSED;
    }
  }

  function show(data) {
    try {
      shown(data);
    } catch (trouble) {
      console.error(trouble);
      throw new Error("the program and this page have different versions; reload the page");
    }
  }

  async function ask() {
    if (asking) {
      return;
    }
    asking = true;
    clearTimeout(timer);
    const next = performance.now() + EVERY;
    try {
      const data = await answer();
      if (data.at !== newest) {
        show(data);
        newest = data.at;
        newestSince = performance.now();
      } else if (performance.now() - newestSince > KEPT) {
        throw new Error("the program repeats the same figures");
      }
    } catch (trouble) {
      missed(inWords(trouble));
    }
    asking = false;
    if (document.hidden) {
      pause();
    } else {
      timer = setTimeout(ask, Math.max(0, next - performance.now()));
    }
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) {
      pause();
    } else {
      document.title = title;
      ask();
    }
  });
  ask();
}

async function answer() {
  const response = await fetch("status.json", {cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE)});
  if (!response.ok) {
    throw new Error("the program answers with status " + response.status);
  }
  return response.json();
}

function inWords(trouble) {
  switch (trouble.name) {
    case "TimeoutError": return "the program does not answer within " + PATIENCE / 1000 + " s";
    case "SyntaxError": return "the answer is not JSON";
    case "TypeError": return "the program is not running, or the network is down";
    default: return trouble.message;
  }
}
