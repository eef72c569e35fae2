/* What doesn't show takes no part; and a new rule begins in the dimension of what its condition asks about, until
   somebody chooses another. */
const WAIT = 350;

export function bindRules(within = document) {
  for (const form of within.querySelectorAll("form[data-usual]:not([data-bound])")) bind(form);
}

function bind(form) {
  form.dataset.bound = "yes";
  // A browser would refuse a form silently for a number that is out of range and hidden.
  const leaveOut = () => {
    for (const input of form.querySelectorAll(".hf-rule-part input[type=number]")) {
      input.disabled = false;
      input.disabled = !input.offsetParent;
    }
  };
  form.addEventListener("change", leaveOut);
  leaveOut();
  const chosen = form.elements.dimension;
  if (!chosen.value) begin(form, chosen);
}

/* Which dimension that is the server says: of a field or an activity with the page, of a condition when asked. While
   nobody chose, none is sent, so that the server's word also holds for what was typed last. */
function begin(form, chosen) {
  const usual = JSON.parse(form.dataset.usual);
  chosen.querySelector("option[value='']").remove();
  const asking = { text: null, timer: 0, away: null };
  const follow = () => {
    if (form.dataset.chosen) return;
    if (form.elements.kind.value === "built") return ask(form, chosen, asking);
    forget(asking);
    chosen.value = usual[source(form)];
  };
  chosen.addEventListener("change", () => (form.dataset.chosen = "yes"));
  form.addEventListener("formdata", ({ formData }) => form.dataset.chosen || formData.set("dimension", ""));
  // The builder fills its field while it hears the same event.
  for (const kind of ["input", "change", "click"]) form.addEventListener(kind, () => setTimeout(follow));
  follow();
}

function source(form) {
  const { kind, field, type } = form.elements;
  if (kind.value === "field") return field.value;
  return kind.value === "activity" && type.value ? `activity.${type.value}` : kind.value;
}

function ask(form, chosen, asking) {
  const text = form.elements.condition.value;
  if (text === asking.text) return;
  forget(asking);
  asking.text = text;
  asking.away = new AbortController();
  const { signal } = asking.away;
  asking.timer = setTimeout(async () => {
    const body = new FormData();
    body.set("condition", text);
    const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    try {
      const answer = await fetch(form.dataset.begun, { method: "POST", body, headers, signal });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const { dimension } = await answer.json();
      if (!form.dataset.chosen && !signal.aborted) chosen.value = dimension;
    } catch {
      // It goes on showing what it did; the next change asks again.
      if (asking.text === text) asking.text = null;
    }
  }, WAIT);
}

function forget(asking) {
  clearTimeout(asking.timer);
  asking.away?.abort();
  asking.text = null;
}

bindRules();
document.body.addEventListener("htmx:load", (event) => bindRules(event.detail.elt));
