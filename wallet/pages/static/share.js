// Handing the link on: by the phone's own share sheet, or by copying it.

import { say } from "./texts.js";

const link = document.getElementById("link");
const share = document.getElementById("share");
const copy = document.getElementById("copy");
const told = document.getElementById("told");

share.hidden = !navigator.share;
copy.hidden = !navigator.clipboard;

share.addEventListener("click", async () => {
  try {
    await navigator.share({ title: share.dataset.title, url: link.value });
  } catch {
    // Whoever closes the sheet has thought better of it.
  }
});

copy.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(link.value);
    told.textContent = say("copied");
  } catch {
    link.select();
    told.textContent = say("copy_failed");
  }
});

link.addEventListener("focus", () => link.select());
