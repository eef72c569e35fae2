/* Keys: / searches, j k move, Enter opens, o looks beside the list, x selects, a accepts, r rejects, ? shows them all.
   A list says data-rows; what a key presses within a row says data-key="a". */
const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";

export function bindKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.(TYPING)) return leaveField(event);
    if (document.querySelector("dialog[open]")) return;
    const done = press(event.key, event.target);
    if (done) event.preventDefault();
  });
}

function leaveField(event) {
  if (event.key === "Escape" && event.target.closest("[data-find]")) event.target.blur();
}

function press(key, target) {
  if (key === "/") return focusSearch();
  if (key === "?") return openKeys();
  if (key === "j") return move(1);
  if (key === "k") return move(-1);
  const row = target.closest?.("[data-rows] > *") ?? current();
  if (!row) return false;
  if (key === "Enter") return target.closest("a, button, summary, label, input") ? false : click(row.querySelector("[data-key=open], a[href]"));
  if (key === "o") return !row.dispatchEvent(new CustomEvent("hf:look", { bubbles: true, cancelable: true }));
  if (key === "x") return click(row.querySelector("[data-key=x], input[type=checkbox]"));
  if (key === "a" || key === "r") return click(row.querySelector(`[data-key=${key}]`));
  return false;
}

function focusSearch() {
  const field = document.getElementById("hf-q");
  if (!field) return false;
  field.focus();
  field.select();
  return true;
}

function openKeys() {
  document.getElementById("hf-keys")?.showModal();
  return true;
}

function rows() {
  return [...document.querySelectorAll("[data-rows] > *")].filter((row) => row.offsetParent !== null);
}

function current() {
  return document.querySelector("[data-rows] > .hf-row-focus");
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(current());
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  current()?.classList.remove("hf-row-focus");
  next.classList.add("hf-row-focus");
  if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  next.dispatchEvent(new CustomEvent("hf:moved", { bubbles: true }));
  return true;
}

function click(element) {
  if (!element) return false;
  element.click();
  return true;
}
