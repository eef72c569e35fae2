/* The condition builder: draws the tree of a form's field as rows, keeps the field filled, and shows what the server
   reads in it: the sentence, or each fault beside its row. Every word comes with the page. */
import { draw } from "./condition_rows.js";
import { emptyTree, nodeAt, nodesOf, read, write } from "./condition_tree.js";

const WAIT = 350;

export function bindConditions(within = document) {
  for (const box of within.querySelectorAll("[data-condition]:not([data-bound])")) bind(box);
}

function bind(box) {
  const field = box.querySelector("[data-condition-text]");
  const words = JSON.parse(document.getElementById(box.dataset.condition).textContent);
  const root = readText(field.value);
  const ground = box.querySelector("[data-condition-rows]");
  if (!root) return;
  box.dataset.bound = "yes";
  box.querySelector("[data-condition-plain]").hidden = true;
  ground.hidden = false;
  box.querySelector("[data-condition-told]")?.remove();
  const builder = { box, field, words, root, ground, say: box.querySelector("[data-condition-say]"), faults: [] };
  builder.redraw = () => redraw(builder);
  builder.changed = () => changed(builder);
  builder.forgive = (node) => forgive(builder, node);
  field.form.addEventListener("submit", (event) => guard(builder, event), true); // before htmx hears of it
  redraw(builder);
  ask(builder);
}

function readText(text) {
  try {
    return read(text.trim() ? JSON.parse(text) : null);
  } catch {
    return null;
  }
}

function redraw(builder) {
  const focused = builder.ground.contains(document.activeElement) ? document.activeElement.id : "";
  builder.ground.replaceChildren(draw(builder));
  if (focused) document.getElementById(focused)?.focus();
  changed(builder);
}

function changed(builder) {
  const tree = write(builder.root);
  const text = emptyTree(tree) ? "" : JSON.stringify(tree);
  const isNew = text !== builder.field.value;
  builder.field.value = text;
  showFaults(builder);
  if (!isNew) return;
  builder.isAsking = true;
  // An answer about what stood there before says nothing any more.
  builder.away?.abort();
  clearTimeout(builder.timer);
  builder.timer = setTimeout(() => ask(builder), WAIT);
}

/* What was wrong with a row that has been touched since is for the server to say again; whether anything was. */
function forgive(builder, node) {
  const rest = builder.faults.filter((fault) => nodeAt(builder.root, fault.at) !== node);
  const hasChanged = rest.length < builder.faults.length;
  builder.faults = rest;
  return hasChanged;
}

async function ask(builder) {
  builder.away?.abort();
  builder.away = new AbortController();
  const { box, field } = builder;
  const body = new FormData();
  body.set("condition", field.value);
  body.set("query", box.dataset.query ?? "");
  body.set("scoring", box.dataset.scoring ?? "");
  body.set("count", box.dataset.count ?? "");
  const token = field.form.querySelector("[name=csrfmiddlewaretoken]").value;
  try {
    const options = { method: "POST", body, headers: { "X-CSRFToken": token }, signal: builder.away.signal };
    const answer = await fetch(box.dataset.url, options);
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    hear(builder, await answer.json());
  } catch (error) {
    if (error.name === "AbortError") return;
    builder.isAsking = false;
    tell(builder, [[builder.words.words.away, false]]);
  }
}

function hear(builder, answer) {
  builder.isAsking = false;
  builder.faults = answer.faults ?? [];
  showFaults(builder);
  const { wrong, unfinished, always } = builder.words.words;
  const isFresh = builder.faults.every((fault) => nodeAt(builder.root, fault.at).fresh);
  if (builder.faults.length) tell(builder, [[isFresh ? unfinished : wrong, false]]);
  else if (!builder.field.value) tell(builder, [[always, false]]);
  else tell(builder, answer.parts);
  const count = builder.field.form.querySelector("[data-condition-count]");
  if (count) count.textContent = answer.count ?? "";
}

function tell(builder, parts) {
  builder.say.replaceChildren(
    ...parts.map(([text, isStrong]) => {
      if (!isStrong) return document.createTextNode(text);
      const strong = document.createElement("b");
      strong.textContent = text;
      return strong;
    }),
  );
}

/* Each fault stands beside its row; a row that has just been added may still be empty. */
function showFaults(builder) {
  for (const old of builder.ground.querySelectorAll("[data-fault]")) old.remove();
  for (const bad of builder.ground.querySelectorAll(".is-bad")) {
    bad.classList.remove("is-bad");
    bad.removeAttribute("aria-invalid");
    bad.removeAttribute("aria-describedby");
  }
  for (const [number, fault] of builder.faults.entries()) {
    const node = nodeAt(builder.root, fault.at);
    if (!node.fresh) showFault(builder, node, fault, number);
  }
}

function showFault(builder, node, fault, number) {
  const row = builder.ground.querySelector(`[data-node="${node.id}"]`);
  if (!row) return;
  const line = document.createElement("p");
  line.className = "hf-error";
  line.dataset.fault = "";
  line.id = `${builder.box.dataset.condition}-fault-${number}`;
  line.append(builder.box.querySelector("[data-sign=alert]").content.cloneNode(true), fault.say);
  row.querySelector("[data-faults]").append(line);
  const parts = fault.at.replace(/\[\d+\]/g, "").split(".");
  const control = parts.reverse().map((part) => row.querySelector(`[data-part="${part}"]`)).find(Boolean);
  if (!control || control.closest("[data-node]") !== row) return;
  control.classList.add("is-bad");
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", line.id);
}

/* What is wrong is shown instead of sent; while the answer is on its way the server decides. */
function guard(builder, event) {
  if (event.submitter?.formNoValidate || builder.isAsking || !builder.faults.length) return;
  if (!builder.box.checkVisibility?.() && builder.box.checkVisibility) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  for (const node of nodesOf(builder.root)) node.fresh = false;
  hear(builder, { faults: builder.faults });
  builder.ground.querySelector(".is-bad, [data-fault]")?.focus?.();
}

bindConditions();
document.body.addEventListener("htmx:load", (event) => bindConditions(event.detail.elt));
