/* The list of leads: what is selected, and the way through it that a lead's page offers. */
const form = document.querySelector("[data-bulk]");
const bar = form?.querySelector("[data-bulk-bar]");

function boxes() {
  return [...form.querySelectorAll("input[name=lead]")];
}

function draw() {
  const all = boxes();
  const chosen = all.filter((box) => box.checked);
  for (const box of all) box.closest("tr").setAttribute("aria-selected", String(box.checked));
  const head = form.querySelector("[data-bulk-all]");
  head.checked = chosen.length > 0 && chosen.length === all.length;
  head.indeterminate = chosen.length > 0 && chosen.length < all.length;
  bar.hidden = chosen.length === 0;
  bar.dataset.ready = "";
  const isWhole = drawWhole(chosen.length > 0 && chosen.length === all.length);
  bar.querySelector("[data-bulk-count]").textContent = bar.dataset.words.replace("{n}", isWhole || chosen.length);
}

/* All of the list, beyond this page: offered once everything here is ticked. Says how many when it is taken. */
function drawWhole(isOffered) {
  const whole = bar.querySelector("[data-bulk-whole]");
  if (!whole) return "";
  const box = whole.querySelector("input");
  if (!isOffered) box.checked = false;
  whole.hidden = !isOffered;
  return box.checked ? whole.dataset.total : "";
}

if (bar) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-bulk-all]")) for (const box of boxes()) box.checked = event.target.checked;
    draw();
  });
  form.addEventListener("reset", () => setTimeout(draw));
  document.querySelector("[data-select-start]")?.addEventListener("click", (event) => {
    const isOn = form.querySelector("table").toggleAttribute("data-selecting");
    event.currentTarget.setAttribute("aria-pressed", String(isOn));
    if (!isOn) form.reset();
  });
  addEventListener("pageshow", draw);
  draw();
}

/* A lead's page shows where in this list it is, and goes on to its neighbours. */
const ids = [...document.querySelectorAll("[data-rows] > [data-pk]")].map((row) => row.dataset.pk);
if (ids.length) {
  const rows = document.querySelector("[data-rows]").dataset;
  const list = document.querySelector(".hf-lists [aria-current]")?.firstChild?.textContent.trim() ?? "";
  sessionStorage.setItem("hf-lead-list", JSON.stringify({ url: address(""), ids, list, first: Number(rows.first) || 1, total: Number(rows.total) || 0 }));
}

/* The lead beside the list: where there is room, a click on a name opens it here and the address says so. */
const split = document.querySelector("[data-split]");
const peek = document.querySelector("[data-peek]");
const isWide = matchMedia("(min-width: 1200px)");

function address(pk) {
  const url = new URL(location.href);
  if (pk) url.searchParams.set("open", pk);
  else url.searchParams.delete("open");
  return url.href;
}

function pageOf(row) {
  return row.querySelector(".c-who a[href]").href;
}

function mark(pk) {
  for (const row of document.querySelectorAll("[data-rows] > [data-pk]")) row.classList.toggle("is-beside", row.dataset.pk === pk);
}

async function look(row) {
  const pk = row.dataset.pk;
  split.classList.add("is-open");
  mark(pk);
  history.replaceState(history.state, "", address(pk));
  const at = new URL("peek/", pageOf(row));
  const answer = await fetch(at, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok || answer.redirected) return location.assign(pageOf(row));
  const fresh = await answer.text();
  if (!split.classList.contains("is-open") || new URL(location.href).searchParams.get("open") !== pk) return;
  peek.replaceChildren(...new DOMParser().parseFromString(fresh, "text/html").body.childNodes);
  peek.scrollTop = 0;
  window.htmx?.process(peek);
}

function close() {
  split.classList.remove("is-open");
  peek.replaceChildren();
  mark("");
  history.replaceState(history.state, "", address(""));
}

if (split) {
  const shared = new URL(location.href).searchParams.get("open");
  const own = document.querySelector(`[data-rows] > [data-pk="${CSS.escape(shared ?? "")}"]`);
  if (shared && peek.children.length && !isWide.matches) location.replace(peek.querySelector(".hf-peek-open").href);
  if (shared && own) {
    mark(shared);
    own.classList.add("hf-row-focus");
  }
  /* A real click only (detail > 0): Enter on the name, or a new tab, goes to the whole page. */
  document.querySelector("[data-rows]").addEventListener("click", (event) => {
    const link = event.target.closest(".c-who a[href]");
    if (!link || !isWide.matches || !event.detail || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    for (const row of document.querySelectorAll(".hf-row-focus")) row.classList.remove("hf-row-focus");
    link.closest("tr").classList.add("hf-row-focus");
    look(link.closest("tr"));
  });
  document.addEventListener("hf:look", (event) => {
    if (!isWide.matches || !event.target.dataset.pk) return;
    event.preventDefault();
    look(event.target);
  });
  document.addEventListener("hf:moved", (event) => {
    if (isWide.matches && split.classList.contains("is-open") && event.target.dataset.pk) look(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || !split.classList.contains("is-open")) return;
    if (document.querySelector("dialog[open], details.hf-drop[open]") || event.target.matches?.("input[type=search], textarea")) return;
    close();
  });
  peek.addEventListener("click", (event) => event.target.closest("[data-peek-close]") && close());
}
