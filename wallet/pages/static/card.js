// The card's page: keeps the code turning and the card current, works without a network, and stays awake at the till.

import { followCode } from "./code.js";
import { followCard } from "./live.js";
import { prepareInstalling, tellAge, watchNetwork } from "./installed.js";
import { prepareLargeCode } from "./large_code.js";

const code = followCode();
if (code) prepareLargeCode(code);
followCard();
watchNetwork(code);
prepareInstalling();
tellAge();
