/* The gap board: a repair opens under its row; Cancel and Escape close it; the keyboard goes where the eye goes. */
const slotOf = (element) => element.closest?.(".hf-gap-slot");

document.addEventListener("click", (event) => {
  const cancel = event.target.closest("[data-empties]");
  const slot = cancel && slotOf(cancel);
  if (!slot) return;
  event.preventDefault();
  close(slot);
});

document.addEventListener("keydown", (event) => {
  const slot = event.key === "Escape" && !event.isComposing && slotOf(event.target);
  if (slot) close(slot);
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  const slot = event.detail.target?.closest?.(".hf-gap-slot");
  slot?.closest(".hf-gap-item")?.querySelector("details[open]")?.removeAttribute("open");
  slot?.querySelector("input:not([type=hidden]), select, button")?.focus();
});

// What was decided for a whole batch is no longer asked for one by one: what is left comes anew from the server.
document.body.addEventListener("htmx:afterSettle", async () => {
  const whole = document.querySelector("[data-whole]:has(.hf-gap-done)");
  if (!whole) return;
  delete whole.dataset.whole;
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-undecided]")) {
    const left = page.getElementById(part.id);
    part.replaceWith(...(left ? [left] : []));
    if (left) htmx.process(left);
  }
});

function close(slot) {
  slot.replaceChildren();
  slot.closest(".hf-gap-item")?.querySelector(".hf-gap-row .btn:last-child")?.focus();
}
