/* The frame of every page: each module looks after one habit. */
import { countClocks } from "./clocks.js";
import { showFirstFault } from "./faults.js";
import { bindKeys } from "./keys.js";
import { bindProgress } from "./progress.js";
import { bindRegions } from "./regions.js";
import { bindSheets } from "./sheets.js";
import { showCurrentTabs } from "./tabs.js";
import { bindTheme } from "./theme.js";
import { bindToasts } from "./toasts.js";
import { bindUnsaved } from "./unsaved.js";

bindTheme();
bindSheets();
bindToasts();
bindKeys();
bindProgress();
bindRegions();
bindUnsaved();
showCurrentTabs();
countClocks();
showFirstFault();
