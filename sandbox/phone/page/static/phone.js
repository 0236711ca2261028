/* The page: one stream of states, every part draws its own slice. */

import { show } from "./actions.js";
import { openByAddress } from "./add.js";
import { drawChat } from "./chat.js";
import { find } from "./dom.js";
import { drawGoogle } from "./google.js";
import { drawLock } from "./lock.js";
import { drawSms } from "./sms.js";
import { drawSteps } from "./story.js";
import { language, texts } from "./texts.js";
import { drawWallet } from "./wallet.js";
import { drawWorld } from "./world.js";

const parts = [drawWorld, drawLock, drawWallet, drawGoogle, drawChat, drawSms, drawSteps];
const lost = find("lost");
const stream = new EventSource(`/screen?lang=${language}`);

stream.onmessage = (event) => {
  const state = JSON.parse(event.data);
  lost.hidden = true;
  for (const draw of parts) draw(state);
  document.body.dataset.live = "yes";
};

// The browser tries again by itself, for ever.
stream.onerror = () => {
  lost.textContent = texts.failed;
  lost.hidden = false;
};

addEventListener("pagehide", () => stream.close());
openByAddress().then((text) => text && show(text));
