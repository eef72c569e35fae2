/* What was done, said once: goes away after ten seconds. Errors stay until they are closed, and so does the newest
   way back: most of what can be undone can be undone nowhere else. */
import { words } from "./words.js";

const SECONDS = 10;

export function bindToasts() {
  watch();
  document.addEventListener("htmx:afterSettle", watch);
  document.addEventListener("htmx:oobAfterSwap", watch);
  document.addEventListener("htmx:sendError", () => say(words.failed, true));
  document.addEventListener("htmx:responseError", (event) => event.detail.xhr.status >= 500 && say(words.failed, true));
  document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest("[data-toast]")?.remove());
}

/** Says a sentence in the toast area. */
export function say(text, stays = false) {
  const toast = document.createElement("div");
  toast.className = "hf-toast";
  toast.dataset.toast = "";
  if (stays) toast.dataset.stays = "";
  const line = document.createElement("span");
  line.textContent = text;
  toast.append(line);
  document.getElementById("hf-toasts").append(toast);
  watch();
}

function watch() {
  const newest = [...document.querySelectorAll("[data-toast][data-undo]")].at(-1);
  for (const toast of document.querySelectorAll("[data-toast]:not([data-stays], [data-watched])")) {
    if (toast === newest) continue;
    toast.dataset.watched = "1";
    setTimeout(() => remove(toast), SECONDS * 1000);
  }
}

/** Not while somebody is reading or about to press it. */
function remove(toast) {
  if (toast.matches(":hover, :focus-within")) setTimeout(() => remove(toast), 2000);
  else toast.remove();
}
