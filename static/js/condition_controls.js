/* The controls of the condition builder's rows; each tells its value to `set` and the builder that something changed. */

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function named(builder, one, part, label) {
  return { id: `${builder.box.dataset.condition}-${one.id}-${part}`, "data-part": part, "aria-label": label };
}

function touch(builder, one) {
  one.fresh = false;
  builder.forgive(one);
  builder.changed();
}

function icon(builder, name) {
  return builder.box.querySelector(`[data-sign=${name}]`).content.cloneNode(true);
}

export function button(builder, name, word, label, id, press) {
  const made = element("button", { type: "button", class: `btn btn-quiet${word ? " btn-small" : " btn-only"}`, id }, icon(builder, name), word);
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", press);
  return made;
}

/* Options are [value, label], or [heading, [[value, label], …]]. */
export function select(builder, one, part, label, options, value, choose) {
  const made = element("select", { class: "form-select", ...named(builder, one, part, label) });
  for (const [key, shown] of options) {
    if (Array.isArray(shown)) made.append(element("optgroup", { label: key }, ...shown.map(option)));
    else made.append(option([key, shown]));
  }
  made.value = value;
  made.addEventListener("change", () => choose(made.value));
  return made;
}

function option([value, label]) {
  return element("option", { value }, label);
}

export function text(builder, one, part, label, value, set, { type = "text", suggested = [] } = {}) {
  const made = element("input", { type, class: "form-control", ...named(builder, one, part, label) });
  if (type === "text") made.maxLength = 200;
  made.value = value;
  made.addEventListener("input", () => {
    set(made.value.trim());
    touch(builder, one);
  });
  return withSuggestions(made, suggested);
}

export function number(builder, one, part, label, value, set, { unit = "", isFraction = false, placeholder = "", least = 1 } = {}) {
  const attributes = { type: "number", class: "form-control", step: isFraction ? "any" : "1", inputmode: "decimal", placeholder };
  const made = element("input", { ...attributes, ...named(builder, one, part, label) });
  if (least !== null) made.min = isFraction ? "0" : least;
  made.value = value ?? "";
  made.addEventListener("input", () => {
    set(made.value === "" ? null : Number(made.value));
    touch(builder, one);
  });
  return unit ? element("span", { class: "hf-cb-unit" }, made, element("span", {}, unit)) : made;
}

/* Several of a list: a drop-down of boxes whose head says what is chosen. */
export function checks(builder, one, part, label, options, chosen, nothing, set) {
  const said = () => options.filter(([value]) => chosen.includes(value)).map(([, word]) => word).join(builder.words.words.listed) || nothing;
  const head = element("summary", { class: "form-select", ...named(builder, one, part, label) }, said());
  head.removeAttribute("aria-label");
  head.prepend(element("span", { class: "visually-hidden" }, `${label}: `));
  const menu = element("fieldset", { class: "hf-menu is-down" }, element("legend", { class: "visually-hidden" }, label));
  for (const [value, word] of options) {
    const box = element("input", { type: "checkbox", class: "hf-check" });
    box.checked = chosen.includes(value);
    box.addEventListener("change", () => {
      chosen = options.map(([each]) => each).filter((each) => (each === value ? box.checked : chosen.includes(each)));
      head.lastChild.textContent = said();
      set(chosen);
      touch(builder, one);
    });
    menu.append(element("label", { class: "hf-menu-item" }, box, word));
  }
  return element("details", { class: "hf-drop hf-cb-checks" }, head, menu);
}

/* Several words: each one a token that can be taken away; Enter or a comma makes the next. */
export function tokens(builder, one, part, label, given, { set, suggested, isNumber = false }) {
  let values = [...given];
  const input = element("input", { type: "text", maxlength: 200, ...named(builder, one, part, label), placeholder: builder.words.words.type_and_enter });
  const box = element("span", { class: "form-control hf-cb-tokens" });
  const tell = () => {
    set(values);
    touch(builder, one);
    show();
  };
  const take = () => {
    const words = input.value.split(/[、,\n]/).map((word) => word.trim()).filter(Boolean);
    input.value = "";
    if (!words.length) return;
    const typed = words.map((word) => (isNumber && !Number.isNaN(Number(word)) ? Number(word) : word));
    values = [...new Set([...values, ...typed])];
    tell();
  };
  const show = () => {
    const isFocused = document.activeElement === input;
    for (const old of box.querySelectorAll("button")) old.remove();
    input.before(...values.map((value) => token(builder, value, () => {
      values = values.filter((each) => each !== value);
      tell();
      input.focus();
    })));
    input.placeholder = values.length ? "" : builder.words.words.type_and_enter;
    if (isFocused) input.focus();
  };
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      take();
    } else if (event.key === "Backspace" && !input.value && values.length) {
      values = values.slice(0, -1);
      tell();
    }
  });
  input.addEventListener("input", (event) => {
    // The line of a fault goes while one types, not under the press that saves.
    if (builder.forgive(one)) builder.changed();
    if (!event.isComposing && /[、,]/.test(input.value)) take();
  });
  input.addEventListener("compositionend", () => {
    if (/[、,]/.test(input.value)) take();
  });
  input.addEventListener("blur", take);
  box.append(withSuggestions(input, suggested));
  show();
  return box;
}

function token(builder, value, remove) {
  const label = builder.words.words.remove_named.replace("{what}", value);
  const made = element("button", { type: "button", class: "hf-chip", "aria-label": label }, String(value), icon(builder, "x"));
  made.addEventListener("click", remove);
  return made;
}

function withSuggestions(input, suggested) {
  if (!suggested.length) return input;
  const list = element("datalist", { id: `${input.id}-list` }, ...suggested.map((word) => element("option", { value: word })));
  input.setAttribute("list", list.id);
  const holder = element("span", { class: "hf-cb-suggest" }, input, list);
  return holder;
}

export function labelled(control, label, css = "") {
  return element("div", { class: `hf-cb-part ${css}` }, element("span", { class: "hf-xs hf-3rd", "aria-hidden": "true" }, label), control);
}
