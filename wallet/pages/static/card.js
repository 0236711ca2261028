// Keeps an open card current: while the page is looked at, it asks again now and then and swaps what changed.

const EVERY_MS = 10_000;
const PATIENCE_MS = 8_000;
const PARTS = ["live-card", "live-news"];

async function refresh() {
  if (document.visibilityState !== "visible") return;
  const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of PARTS) {
    const shown = document.getElementById(id);
    const came = fresh.getElementById(id);
    if (shown && came) keepOpen(shown, came);
    if (shown && came && shown.innerHTML !== came.innerHTML) shown.replaceChildren(...came.childNodes);
  }
}

/** What somebody unfolded stays so: a page that folds itself up cannot be read. */
function keepOpen(shown, came) {
  for (const { id } of shown.querySelectorAll("details[open]")) {
    came.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  }
}

async function refreshQuietly() {
  try {
    await refresh();
  } catch {
    // No network at the moment: the card shown stays, the next round tries again.
  }
}

setInterval(refreshQuietly, EVERY_MS);
document.addEventListener("visibilitychange", refreshQuietly);
