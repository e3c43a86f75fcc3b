// What is not the same in two versions of the rules, by GET /v1/rules/difference.
import { element } from "./dom.js";
import { nameOf, t } from "./text.js";
import { tags } from "./verdict.js";

const kinds = { added: "good", removed: "bad", changed: "warn" };

function textOf(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}

function beforeAfter(one) {
  if (one.before === undefined && one.after === undefined) return null;
  return element("div.before-after", {}, ["before", "after"].filter((side) => one[side] !== undefined && one[side] !== null).map((side) =>
    element("div", {}, element("h3", {}, t(`difference.${side}`)), element("pre.text-box", { tabindex: "0" }, textOf(one[side])))));
}

function named(one) {
  if (typeof one !== "object") return String(one);
  return [one.id, one.name ?? one.list, one.rev !== undefined ? t("difference.rev", { rev: one.rev }) : null].filter((part) => part !== undefined && part !== null).join(" ");
}

function rest(one) {
  if (typeof one !== "object") return null;
  const other = Object.entries(one).filter(([key]) => !["id", "name", "list", "rev", "before", "after"].includes(key));
  return other.length === 0 ? null : element("span.muted", {}, " ", other.map(([key, value]) => `${nameOf("column", key)}: ${typeof value === "object" ? JSON.stringify(value) : value}`).join("; "));
}

function group(title, what) {
  const entries = Array.isArray(what) ? what.map((one) => ["changed", one])
    : Object.entries(what).flatMap(([kind, list]) => (Array.isArray(list) ? list.map((one) => [kind, one]) : [[kind, list]]));
  if (entries.length === 0) return null;
  return element("section.panel", { "aria-label": title }, element("h3", {}, title), element("ul.difference", {}, entries.map(([kind, one]) =>
    element("li", {}, tags([nameOf("difference", kind)], kinds[kind] ?? null), named(one), rest(one), typeof one === "object" ? beforeAfter(one) : null))));
}

export function difference(found) {
  const groups = Object.entries(found).filter(([, what]) => what !== null && typeof what === "object").map(([name, what]) => group(nameOf("difference", name), what)).filter(Boolean);
  return groups.length > 0 ? groups : element("p.muted", {}, t("difference.none"));
}
