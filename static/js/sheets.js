/* Sheets are <dialog>s: data-opens="id" opens, data-closes closes, a press beside it closes too.
   Menus are <details>: a press elsewhere or Escape closes them. */
export function bindSheets() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) return open(opener, event);
    if (event.target.closest("[data-closes]")) return event.target.closest("dialog")?.close();
    if (event.target.matches("dialog[open]") && isBeside(event)) event.target.close();
    closeMenus(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus(null);
  });
}

function open(opener, event) {
  const sheet = document.getElementById(opener.dataset.opens);
  if (!sheet?.showModal) return;
  event.preventDefault();
  closeMenus(null);
  sheet.showModal();
}

function isBeside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

function closeMenus(target) {
  for (const menu of document.querySelectorAll("details.hf-drop[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
}
