/* Forms with data-unsaved: who leaves the page with something typed and not saved is asked first.
   data-unsaved="typed" says that the server has given back what was typed; a press on data-discards leaves at once. */
import { reset } from "./progress.js";

const before = new WeakMap();
// What is on its way to the server, and needs no question.
let sending = null;

export function bindUnsaved() {
  for (const kind of ["focusin", "pointerdown", "keydown"]) document.addEventListener(kind, remember, true);
  document.addEventListener("submit", (event) => queueMicrotask(() => event.defaultPrevented || (sending = event.target)));
  document.addEventListener("htmx:beforeRequest", (event) => event.target.matches("form[data-unsaved]") && (sending = event.target));
  for (const kind of ["htmx:responseError", "htmx:sendError"]) document.addEventListener(kind, () => (sending = null));
  document.addEventListener("click", (event) => {
    const form = event.target.closest("[data-discards]")?.closest("form");
    if (form) sending = form;
  });
  addEventListener("pageshow", () => (sending = null));
  addEventListener("beforeunload", ask);
}

function ask(event) {
  if (![...document.querySelectorAll("form[data-unsaved]")].some((form) => form !== sending && isTouched(form))) return;
  event.preventDefault();
  // Who stays goes on as if nothing had been pressed.
  setTimeout(() => {
    sending = null;
    reset();
  });
}

/* As it was before the first touch: scripts fill some fields once the page is there. */
function remember(event) {
  const form = event.target.closest?.("form[data-unsaved]");
  if (form && !before.has(form)) before.set(form, written(form));
}

function isTouched(form) {
  return form.dataset.unsaved === "typed" || (before.has(form) && before.get(form) !== written(form));
}

function written(form) {
  return JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
}
