// Asks for the figures again and again: one request at a time, none while nobody looks.

const EVERY = 5000;
const PATIENCE = 4500;
/** So long one answer may serve all who ask. */
const KEPT = 3000;
const NOT_WATCHED = "Not watched · tap-sentinel";

/**
 * Begins.
 *
 * @param shown  called with each answer that is newer than the one before
 * @param missed called when a refresh brought nothing new, with the reason in words
 */
export function refreshing(shown, missed) {
  let timer = null;
  let asking = false;
  let newest = null;
  let newestSince = null;
  let title = document.title;

  /** From now on nobody can tell by the title how it is. */
  function rest() {
    if (document.title !== NOT_WATCHED) {
      title = document.title;
      document.title = NOT_WATCHED;
    }
  }

  function show(data) {
    try {
      shown(data);
    } catch (trouble) {
      console.error(trouble);
      throw new Error("its figures cannot be shown: the program and this page are of different versions, load the page again");
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
        throw new Error("it answers with the same figures again");
      }
    } catch (trouble) {
      missed(inWords(trouble));
    }
    asking = false;
    if (document.hidden) {
      rest();
    } else {
      timer = setTimeout(ask, Math.max(0, next - performance.now()));
    }
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) {
      rest();
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
    throw new Error("it answers with status " + response.status);
  }
  return response.json();
}

function inWords(trouble) {
  switch (trouble.name) {
    case "TimeoutError": return "it does not answer within " + PATIENCE / 1000 + " s";
    case "SyntaxError": return "its answer is no JSON";
    case "TypeError": return "nothing listens there, or the network is down";
    default: return trouble.message;
  }
}
