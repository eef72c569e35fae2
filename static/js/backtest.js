/* The slider of a backtest: what each threshold would have come to was sent along, in words. */
document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-backtest]");
  if (form) show(form, Number(event.target.value));
});
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-backtest]")) keep(event.target.value);
});

/** Between two totals nothing changes: the step is the lowest total that is at or above the threshold. */
function show(form, threshold) {
  const steps = JSON.parse(form.dataset.steps);
  const step = steps.find(([from]) => from >= threshold) ?? steps.at(-1);
  const names = ["handed", "precision", "precision-note", "recall", "recall-note"];
  say("start", threshold.toLocaleString("en"));
  names.forEach((name, place) => say(name, step[place + 1]));
}

function say(name, text) {
  for (const spot of document.querySelectorAll(`[data-says="${name}"]`)) spot.textContent = text;
}

function keep(threshold) {
  const address = new URL(location);
  address.searchParams.set("threshold", threshold);
  history.replaceState(history.state, "", address);
  // Today's leads are counted by the server, for this line.
  const today = document.getElementById("backtest-today");
  if (!today?.dataset.address) return;
  // As its source it goes by its hx-sync: a question still on its way is dropped for a newer one.
  window.htmx?.ajax("GET", today.dataset.address + address.search, { source: today, target: today, swap: "outerHTML" });
}
