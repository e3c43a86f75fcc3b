import { element } from "./dom.js";
import { nameOf } from "./text.js";

const known = new Set(["pass", "charge", "throttle", "divert", "block"]);

/** A verdict with its colour; the word says it too. */
export function verdict(word) {
  return element(known.has(word) ? `span.verdict.${word}` : "span", {}, nameOf("verdict", word));
}

export function tags(words, kind, title) {
  return (words ?? []).map((word) => element(kind ? `span.tag.${kind}` : "span.tag", { title }, word));
}
