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
  bar.querySelector("[data-bulk-count]").textContent = bar.dataset.words.replace("{n}", chosen.length);
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
  const list = document.querySelector(".hf-lists [aria-current]")?.firstChild?.textContent.trim() ?? "";
  sessionStorage.setItem("hf-lead-list", JSON.stringify({ url: location.href, ids, list }));
}
