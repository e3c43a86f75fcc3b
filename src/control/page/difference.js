// What is not the same in two versions of the rules, by GET /v1/rules/difference.
import { element } from "./dom.js";
import { formatCount, none } from "./format.js";
import { nameOf, t } from "./text.js";
import { tags } from "./verdict.js";

const kinds = { added: "good", removed: "bad", changed: "warn" };

/** What somebody wrote, where it is still known. */
function written(one, title) {
  if (!one?.yaml) return null;
  return element("div", {}, title ? element("h4", {}, title) : null, element("pre.text-box", { tabindex: "0", "aria-label": title ?? t("difference.written") }, one.yaml));
}

function named(one) {
  return [one.id, one.name, one.rev !== undefined ? t("difference.rev", { rev: one.rev }) : null].filter((part) => part !== undefined && part !== null).join(" ");
}

/** In a few words, of a rule. */
function described(one) {
  return [one.state ? tags([nameOf("state", one.state)]) : null, tags(one.labels)];
}

function entry(kind, one) {
  const now = one.after ?? one;
  const texts = kind === "changed" ? [written(one.before, t("difference.before")), written(one.after, t("difference.after"))] : [written(one)];
  return element("li", {}, tags([nameOf("difference", kind)], kinds[kind]), named({ ...one, ...now }), " ", described(now),
    element("div.before-after", {}, texts));
}

function group(title, what) {
  const entries = Object.keys(kinds).flatMap((kind) => (what?.[kind] ?? []).map((one) => entry(kind, one)));
  return section(title, entries);
}

function section(title, entries) {
  if (entries.length === 0) return null;
  return element("section.panel", { "aria-label": title }, element("h3", {}, title), element("ul.difference", {}, entries));
}

function list(one) {
  const kind = one.before === null ? "added" : one.after === null ? "removed" : "changed";
  const count = (number) => (number === null ? none : formatCount(number));
  return element("li", {}, tags([nameOf("difference", kind)], kinds[kind]), one.list, " ",
    element("span.muted", {}, t("difference.entries", { before: count(one.before), after: count(one.after) })));
}

export function difference(found) {
  const groups = [group(t("difference.rules"), found.rules), group(t("difference.policy"), found.policy), section(t("difference.lists"), (found.lists ?? []).map(list))].filter(Boolean);
  const unknown = [found.from, found.to].some((side) => side?.written === false);
  return [
    unknown ? element("p.muted", {}, t("difference.unwritten")) : null,
    ...(groups.length > 0 ? groups : [element("p.muted", {}, t("difference.none"))]),
  ].filter(Boolean);
}
