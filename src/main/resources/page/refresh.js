// Asks for the figures again and again: one request at a time, none while nobody looks.

const EVERY = 5000;
const PATIENCE = 4500;

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

  async function ask() {
    if (asking) {
      return;
    }
    asking = true;
    clearTimeout(timer);
    const next = performance.now() + EVERY;
    let data = null;
    try {
      data = await answer();
      if (data.at === newest) {
        throw new Error("it answers with the same figures again");
      }
      newest = data.at;
    } catch (trouble) {
      data = null;
      missed(inWords(trouble));
    }
    if (data) {
      shown(data);
    }
    asking = false;
    if (!document.hidden) {
      timer = setTimeout(ask, Math.max(0, next - performance.now()));
    }
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) {
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
