/* The sentences that scripts speak, written by the server in the page's language. */
const holder = document.getElementById("hf-words");
export const words = holder ? JSON.parse(holder.textContent) : {};

/** Fills `{name}` and the first `%s` or `%(name)d` of a sentence. */
export function say(sentence, values) {
  if (typeof values === "string") return sentence.replace("%s", values);
  return Object.entries(values).reduce(
    (text, [name, value]) => text.replace(`{${name}}`, value).replace(`%(${name})d`, value),
    sentence,
  );
}
