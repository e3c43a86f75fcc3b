// Of which time, and of which messages.
import { addressOf, changed, go } from "./address.js";
import { choice, element, labelled } from "./dom.js";
import { valueText } from "./series.js";
import { nameOf, t } from "./text.js";

const usualSince = "-24h";
const spans = ["-1h", "-6h", "-24h", "-7d", "-30d", "-90d"];
const steps = ["", "minute", "hour", "day"];

const common = ["verdict", "label", "account", "operator", "country", "route", "direction", "protocol", "policy", "refusal", "currency", "operation"];
/** Those that one report has and others have not, and which it is. */
const special = { sender: "senders", rule: "rules", state: "rules", origin: "leakage" };
export const dimensions = [...common.slice(0, 2), "sender", "rule", ...common.slice(2), "state", "origin"];

/** The report that tells messages apart by all of these; null where there is none. */
export function reportWith(names) {
  const reports = new Set(names.filter((name) => name in special).map((name) => special[name]));
  if (reports.size > 1) return null;
  return [...reports][0] ?? "traffic";
}

/** A filter is written as name=value. */
export function filtersOf(query) {
  return query.getAll("where").map((text) => {
    const equals = text.indexOf("=");
    return { name: text.slice(0, equals), value: text.slice(equals + 1), text };
  }).filter((filter) => filter.name);
}

export function withFilter(query, name, value) {
  const others = filtersOf(query).filter((filter) => filter.name !== name).map((filter) => filter.text);
  return changed(query, { where: [...others, `${name}=${value ?? ""}`] });
}

/** As the appliance wants them. */
function written(filter) {
  return `${filter.name}=${filter.value.replace(/[\\,|]/g, "\\$&")}`;
}

export function reportQuery(query, more) {
  return { since: query.get("since") ?? usualSince, until: query.get("until"), step: query.get("step"),
    where: filtersOf(query).map(written).join(","), ...more };
}

export function sinceOf(query) {
  return query.get("since") ?? usualSince;
}

function timeFields(view, query) {
  const since = sinceOf(query), named = spans.includes(since) && !query.get("until");
  const options = spans.map((span) => [span, t(`span.${span}`)]);
  const local = (text) => (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text ?? "") ? text.slice(0, 16) : "");
  const asked = query.get("own") === "yes" || !named;
  const fields = [choice(t("filter.span"), [...options, ["own", t("span.own")]], asked ? "own" : since, (value) =>
    go(view, value === "own" ? changed(query, { own: "yes" }) : changed(query, { since: value, until: null, own: null })))];
  if (!asked) return fields;
  const from = labelled(t("filter.since"), (id) => element("input", { id, type: "datetime-local", value: local(query.get("since")) }));
  const to = labelled(t("filter.until"), (id) => element("input", { id, type: "datetime-local", value: local(query.get("until")) }));
  const utc = (field) => (field.querySelector("input").value ? `${field.querySelector("input").value.slice(0, 16)}:00Z` : null);
  return [...fields, element("form", { onsubmit: (event) => {
    event.preventDefault();
    go(view, changed(query, { since: utc(from) ?? usualSince, until: utc(to), own: "yes" }));
  } }, from, to, element("button", {}, t("filter.use")))];
}

function addField(view, query) {
  const name = choice(t("filter.by"), dimensions.map((word) => [word, nameOf("column", word)]), "verdict", () => {});
  const value = labelled(t("filter.value"), (id) => element("input", { id, size: "14", autocomplete: "off" }));
  return element("form", { class: "add-filter", onsubmit: (event) => {
    event.preventDefault();
    go(view, withFilter(query, name.querySelector("select").value, value.querySelector("input").value.trim()));
  } }, name, value, element("button", {}, t("filter.add")));
}

function chips(view, query) {
  const filters = filtersOf(query);
  if (filters.length === 0) return null;
  return element("ul.chips", { "aria-label": t("filter.list") }, filters.map((filter) => element("li", {},
    t("filter.is", { name: nameOf("column", filter.name), value: filter.value === "" ? t("series.none") : filter.value }),
    element("button", { type: "button", "aria-label": t("filter.remove", { name: nameOf("column", filter.name), value: filter.value }),
      onclick: () => go(view, changed(query, { where: filters.filter((other) => other !== filter).map((other) => other.text) })) }, "×"))));
}

/** The bar above a view of reports. */
export function filterBar(view, query, { filters = true, withSteps = true, more = [] } = {}) {
  return [element("div.bar", { role: "group", "aria-label": t("filter.bar") }, timeFields(view, query),
    withSteps ? choice(t("filter.step"), steps.map((step) => [step, t(`step.${step || "usual"}`)]), query.get("step") ?? "", (step) => go(view, changed(query, { step }))) : null,
    more, filters ? addField(view, query) : null), filters ? chips(view, query) : null];
}

/** A link to the traffic with one thing more known of it; the text alone where nothing can be asked by it. */
export function drillLink(query, name, value, next, text = valueText(value)) {
  if (value === "(others)" || String(value ?? "").includes("*")) return text;
  return element("a", { href: addressOf("traffic", changed(withFilter(query, name, value), { by: next })) }, text);
}
