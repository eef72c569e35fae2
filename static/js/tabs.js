/* A row of tabs that is wider than the screen begins where the current one can be read. */
const PEEK = 24;

export function showCurrentTabs() {
  for (const tab of document.querySelectorAll(".hf-lists > [aria-current]")) {
    const row = tab.parentElement;
    const hidden = tab.getBoundingClientRect().right + PEEK - row.getBoundingClientRect().right;
    if (hidden > 0) row.scrollLeft += hidden;
  }
}
