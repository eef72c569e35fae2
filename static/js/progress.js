/* Whatever takes longer than 300 ms says so: a line at the top, and a button that says what it does. */
const DELAY = 300;
let running = 0;
let timer = 0;
// What was pressed saves a file: the page stays, and nothing tells it when the file is there.
let saves = false;

export function bindProgress() {
  document.addEventListener("htmx:beforeRequest", (event) => event.detail.requestConfig?.headers?.["X-Quiet"] || begin());
  document.addEventListener("htmx:afterRequest", (event) => event.detail.requestConfig?.headers?.["X-Quiet"] || end());
  document.addEventListener("submit", (event) => {
    saves = event.target.matches("[data-saves]");
    queueMicrotask(() => saves || event.defaultPrevented || leave(event.submitter));
  });
  document.addEventListener("click", (event) => {
    saves = Boolean(event.target.closest("a[data-saves]"));
  });
  addEventListener("beforeunload", () => saves || begin());
  addEventListener("pageshow", reset);
}

export function begin() {
  running += 1;
  timer ||= setTimeout(() => line()?.classList.add("is-on"), DELAY);
}

export function end() {
  running = Math.max(0, running - 1);
  if (!running) stop();
}

export function reset() {
  running = 0;
  stop();
  for (const button of document.querySelectorAll("[aria-busy=true][data-was-free]")) free(button);
}

function stop() {
  clearTimeout(timer);
  timer = 0;
  line()?.classList.remove("is-on");
}

/** A form that leaves the page: its button can't be pressed twice. */
function leave(button) {
  begin();
  if (!button || button.closest("form")?.method === "dialog") return;
  button.dataset.wasFree = "";
  button.setAttribute("aria-busy", "true");
  button.addEventListener("click", refuse);
}

function free(button) {
  button.removeAttribute("aria-busy");
  delete button.dataset.wasFree;
  button.removeEventListener("click", refuse);
}

function refuse(event) {
  event.preventDefault();
}

function line() {
  return document.getElementById("hf-progress");
}
