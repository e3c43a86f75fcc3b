// What the page says. All of it stands in strings.json, so that another file makes it another language.
import strings from "./strings.json";

export const language = strings["language"];

/** A string, with {name} in it replaced by values.name. */
export function t(key, values = {}) {
  const text = strings[key];
  if (text === undefined) throw new Error(`no string ${key}`);
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The name of something the appliance tells by a word, such as a column; that word where there is none. */
export function nameOf(kind, word) {
  const text = strings[`${kind}.${word}`];
  if (text !== undefined) return text;
  const plain = String(word).replace(/_/g, " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
