/* The days of a month by arrow keys: left and right by a day, up and down by a week, Home and End within the week. */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

for (const month of document.querySelectorAll("[data-month]")) {
  const days = [...month.querySelectorAll("button")];
  month.addEventListener("keydown", (event) => {
    const at = days.indexOf(document.activeElement);
    const to = event.key === "Home" ? at - (at % 7) : event.key === "End" ? at - (at % 7) + 6 : at + STEPS[event.key];
    if (at < 0 || !days[to]) return;
    event.preventDefault();
    days[to].focus();
  });
  // After a press the page comes back: the same day has the keyboard again.
  const pressed = days.find((day) => `#${day.id}` === location.hash);
  pressed?.focus();
}
