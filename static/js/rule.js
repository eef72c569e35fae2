/* What doesn't show takes no part; and a new rule begins in the dimension of what its condition asks about, until
   somebody chooses another. */
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
  if (chosen.value) return;
  const usual = JSON.parse(form.dataset.usual);
  chosen.querySelector("option[value='']").remove();
  // The builder fills its field while it hears the same event.
  const follow = () => setTimeout(() => form.dataset.chosen || (chosen.value = usual[source(form)] ?? usual.activity));
  chosen.addEventListener("change", () => (form.dataset.chosen = "yes"));
  for (const kind of ["input", "change", "click"]) form.addEventListener(kind, follow);
  follow();
}

function source(form) {
  const { kind, field, type, condition } = form.elements;
  if (kind.value === "field") return field.value;
  if (kind.value === "activity") return type.value ? `activity.${type.value}` : "activity";
  if (kind.value === "inactive") return "activity";
  return asked(condition.value);
}

/* The first field that a condition asks about, else the first activity. */
function asked(text) {
  const found = [];
  const walk = (tree) => {
    if (Array.isArray(tree)) return tree.forEach(walk);
    if (!tree || typeof tree !== "object") return;
    if (tree.field) return found.push(tree.field);
    if (tree.activity) return found.push(tree.activity.types?.length === 1 ? `activity.${tree.activity.types[0]}` : "activity");
    for (const name of ["all", "any", "not", "some", "of"]) walk(tree[name]);
  };
  try {
    walk(JSON.parse(text || "null"));
  } catch {
    return "activity";
  }
  return found.find((one) => !one.startsWith("activity")) ?? found[0] ?? "activity";
}

bindRules();
document.body.addEventListener("htmx:load", (event) => bindRules(event.detail.elt));
