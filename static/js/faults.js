/* A form that was sent and comes back with faults opens at the first of them, however far down the page it lies. */
const CONTROLS = "input:not([type=hidden]), select, textarea";

export function showFirstFault() {
  const fault = document.querySelector("main [aria-invalid=true], main .hf-error[role=alert]");
  if (!fault || location.hash || fault.closest("form")?.method === "get") return;
  const control = fault.matches(CONTROLS) ? fault : fault.querySelector(CONTROLS);
  control?.focus({ preventScroll: true });
  fault.scrollIntoView({ block: "center", behavior: "instant" });
}
