/* The rows of the condition builder: a group with its children, a field compared, an activity counted, silence. */
import { button, checks, element, labelled, number, select, text, tokens } from "./condition_controls.js";
import { group, node, parentOf } from "./condition_tree.js";

const DEEPEST = 6;
const FIRST = { text: "contains", choice: "in", order: "in", yes_no: "eq" };

export function draw(builder) {
  return drawGroup(builder, builder.root, 1);
}

function drawGroup(builder, one, depth) {
  const { words } = builder.words;
  const isRoot = one === builder.root;
  const head = element("div", { class: "hf-cb-head" });
  if (!isRoot) head.append(negation(builder, one));
  head.append(
    select(builder, one, "join", words.join, [["all", words.all], ["any", words.any], ["some", words.some]], one.join, (value) => {
      one.join = value;
      builder.redraw();
    }),
  );
  if (one.join === "some") {
    head.append(number(builder, one, "at_least", words.so_many, one.least, (value) => (one.least = value)));
  }
  if (!isRoot) head.append(remover(builder, one, words.group));
  const children = element("ul", { class: "hf-cb-children" });
  for (const child of one.of) {
    children.append(element("li", {}, child.kind === "group" ? drawGroup(builder, child, depth + 1) : drawRow(builder, child)));
  }
  const feet = element("div", { class: "hf-cb-feet" }, adder(builder, one, words.add, "add", () => freshField(builder)));
  if (depth < DEEPEST) {
    feet.append(adder(builder, one, words.add_group, "add-group", () => group("any", [freshField(builder)])));
  }
  return element("div", { class: "hf-cb-group", "data-node": one.id, role: "group", "aria-label": words.group }, head, faults(), children, feet);
}

function faults() {
  return element("div", { "data-faults": "" });
}

function drawRow(builder, one) {
  const body = { field: drawField, activity: drawActivity, inactive: drawInactive }[one.kind];
  const first = element("div", { class: "hf-cb-line" }, negation(builder, one), what(builder, one));
  const row = element("div", { class: "hf-cb-row", "data-node": one.id }, first);
  body(builder, one, first, row);
  first.append(remover(builder, one, nameOf(builder, one)));
  row.append(faults());
  return row;
}

function freshField(builder) {
  const field = builder.words.groups[0].fields[0];
  return node({ kind: "field", ...startOf(field), fresh: true });
}

function startOf(field) {
  const op = FIRST[field.kind] ?? "gte";
  return { field: field.name, op, value: shaped(op, field.kind === "yes_no" ? true : null, field) };
}

function fieldsOf(builder) {
  return builder.words.groups.flatMap((each) => each.fields);
}

function nameOf(builder, one) {
  return one.kind === "field" ? (fieldsOf(builder).find((field) => field.name === one.field)?.label ?? one.field) : builder.words.words[one.kind];
}

/* -- what every row has ------------------------------------------------------------------------------ */

function negation(builder, one) {
  const { words } = builder.words;
  const box = element("input", { type: "checkbox", class: "hf-check", id: idOf(builder, one, "not"), "aria-label": words.negate });
  box.checked = one.not;
  box.addEventListener("change", () => {
    one.not = box.checked;
    builder.changed();
  });
  return element("label", { class: "hf-cb-not", title: words.negate }, box, element("span", {}, words.not));
}

function remover(builder, one, name) {
  const { words } = builder.words;
  return button(builder, "x", "", words.remove_named.replace("{what}", name), `${idOf(builder, one, "remove")}`, () => {
    const above = parentOf(builder.root, one);
    above.of.splice(above.of.indexOf(one), 1);
    builder.redraw();
    document.getElementById(idOf(builder, above, "add"))?.focus();
  });
}

function adder(builder, one, word, part, make) {
  return button(builder, "plus", word, "", idOf(builder, one, part), () => {
    const made = make();
    one.of.push(made);
    builder.redraw();
    document.getElementById(idOf(builder, made.of?.[0] ?? made, "field"))?.focus();
  });
}

export function idOf(builder, one, part) {
  return `${builder.box.dataset.condition}-${one.id}-${part}`;
}

function what(builder, one) {
  const { groups, words } = builder.words;
  const known = groups.map((each) => [each.label, each.fields.map((field) => [field.name, field.label])]);
  if (one.kind === "field" && !fieldsOf(builder).some((field) => field.name === one.field)) known.unshift(["", [[one.field, one.field]]]);
  known.push([words.activities, [["activity", words.activity], ["inactive", words.inactive]]]);
  return select(builder, one, "field", words.what, known, one.kind === "field" ? one.field : one.kind, (value) => become(builder, one, value));
}

function become(builder, one, value) {
  for (const key of ["field", "op", "value", "test", "days", "types"]) delete one[key];
  if (value === "activity") Object.assign(one, { kind: "activity", test: { types: [] } });
  else if (value === "inactive") Object.assign(one, { kind: "inactive", days: 30, types: [] });
  else Object.assign(one, { kind: "field", ...startOf(fieldsOf(builder).find((field) => field.name === value)) });
  one.fresh = true;
  builder.redraw();
}

/* -- a field ------------------------------------------------------------------------------------------- */

function drawField(builder, one, line) {
  const { comparisons, words } = builder.words;
  const field = fieldsOf(builder).find((each) => each.name === one.field);
  if (!field) return;
  line.append(
    select(builder, one, "op", words.comparison, comparisons[field.kind], one.op, (value) => {
      one.op = value;
      one.value = shaped(value, one.value, field);
      builder.redraw();
    }),
  );
  const set = (value) => (one.value = value);
  if (one.op === "known" || one.op === "unknown") return;
  if (one.op === "between") line.append(...range(builder, one, field));
  else if (one.op === "in" || one.op === "contains") line.append(several(builder, one, field));
  else line.append(single(builder, one, "value", words.value, field, one.value, set));
}

/* A value as its comparison wants it: one, a list, or a pair. */
function shaped(op, value, field) {
  const list = Array.isArray(value) ? value.filter((each) => each !== null) : value === null || value === undefined ? [] : [value];
  if (op === "between") return [list[0] ?? null, list[1] ?? null];
  if (op === "in" || op === "contains") return list;
  return list[0] ?? (field.kind === "yes_no" ? true : null);
}

function range(builder, one, field) {
  const { words } = builder.words;
  return [0, 1].map((end) =>
    single(builder, one, end ? "value-to" : "value", end ? words.to : words.from, field, one.value[end], (value) => (one.value[end] = value)),
  );
}

function several(builder, one, field) {
  const { words } = builder.words;
  const set = (value) => (one.value = value);
  if (field.choices.length) return checks(builder, one, "value", words.value, field.choices, one.value, words.choose, set);
  return tokens(builder, one, "value", words.value, one.value, { set, suggested: field.suggested, isNumber: field.kind === "number" });
}

function single(builder, one, part, label, field, value, set) {
  const { words } = builder.words;
  if (field.choices.length) {
    return select(builder, one, part, label, [["", words.choose], ...field.choices], value ?? "", (chosen) => {
      set(chosen || null);
      builder.changed();
    });
  }
  if (field.kind === "yes_no") {
    return select(builder, one, part, label, [["true", words.yes], ["false", words.no]], String(value), (chosen) => {
      set(chosen === "true");
      builder.changed();
    });
  }
  if (field.kind === "number" || field.kind === "range") {
    return number(builder, one, part, label, value, set, { unit: field.unit, isFraction: field.fractions, least: null });
  }
  const type = field.kind === "text" ? "text" : "date";
  return text(builder, one, part, label, value ?? "", (typed) => set(typed || null), { type, suggested: field.suggested });
}

/* -- activities ---------------------------------------------------------------------------------------- */

function types(builder, one, chosen, set) {
  const { words } = builder.words;
  return checks(builder, one, "types", words.types, builder.words.types, chosen, words.any_type, set);
}

function drawActivity(builder, one, line, row) {
  const { words } = builder.words;
  const { test } = one;
  line.append(types(builder, one, test.types ?? [], (value) => (test.types = value)));
  const parts = element("div", { class: "hf-cb-parts" });
  parts.append(
    labelled(content(builder, one, "contains", words.contains), words.contains, "is-wide"),
    labelled(number(builder, one, "within_days", words.within, test.within_days, optional(test, "within_days"), { placeholder: words.any_time }), words.within),
    labelled(amount(builder, one), words.times),
    labelled(counting(builder, one), words.counting),
  );
  row.append(parts, narrowing(builder, one));
}

function optional(test, name) {
  return (value) => {
    if (value === null) delete test[name];
    else test[name] = value;
  };
}

function amount(builder, one) {
  const { words } = builder.words;
  const { test } = one;
  if (!test.measure) {
    return number(builder, one, "at_least", words.times, test.at_least ?? 1, (value) => (value === 1 ? delete test.at_least : (test.at_least = value)));
  }
  const minutes = test.at_least_total === null ? null : test.at_least_total / 60;
  const set = (value) => (test.at_least_total = typeof value === "number" ? Math.round(value * 60) : value);
  return number(builder, one, "at_least_total", words.minutes, minutes, set, { isFraction: true });
}

function counting(builder, one) {
  const { words } = builder.words;
  const { test } = one;
  const ways = ["each", "content", "day", "duration"].map((way) => [way, words[way]]);
  return select(builder, one, "distinct", words.counting, ways, test.measure ? "duration" : (test.distinct ?? "each"), (way) => {
    for (const name of ["distinct", "measure", "at_least_total"]) delete test[name];
    if (way === "duration") {
      delete test.at_least;
      Object.assign(test, { measure: "duration_seconds", at_least_total: 600 });
    } else if (way !== "each") test.distinct = way;
    builder.redraw();
  });
}

function content(builder, one, key, label) {
  const { test } = one;
  const given = test.content?.[key] ?? [];
  const set = (value) => {
    const rest = { ...test.content, [key]: value };
    if (!value.length) delete rest[key];
    if (Object.keys(rest).length) test.content = rest;
    else delete test.content;
  };
  const chosen = Array.isArray(given) ? given : [given];
  const known = builder.words.contents[key];
  if (!known) return tokens(builder, one, key, label, chosen, { set, suggested: [] });
  const own = chosen.filter((code) => !known.some(([each]) => each === code)).map((code) => [code, code]);
  return checks(builder, one, key, label, [...known, ...own], chosen, builder.words.words.any_content, set);
}

function narrowing(builder, one) {
  const { words } = builder.words;
  const keys = ["title", "kind", "phase", "industry"];
  const more = element("details", { class: "hf-cb-more" }, element("summary", { id: idOf(builder, one, "more") }, words.more));
  more.open = one.isOpen ?? keys.some((key) => one.test.content?.[key]);
  more.addEventListener("toggle", () => (one.isOpen = more.open));
  const parts = element("div", { class: "hf-cb-parts" });
  for (const key of keys) parts.append(labelled(content(builder, one, key, words[key]), words[key]));
  more.append(parts);
  return more;
}

function drawInactive(builder, one, line) {
  const { words } = builder.words;
  line.append(
    types(builder, one, one.types, (value) => (one.types = value)),
    number(builder, one, "days", words.days, one.days, (value) => (one.days = value), { unit: words.days_unit }),
  );
}
