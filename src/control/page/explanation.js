// Why a message is judged as it is: what GET /v1/events/explain and POST /v1/try tell.
import { addressOf } from "./address.js";
import { element } from "./dom.js";
import { save } from "./download.js";
import { formatMoney, formatTime } from "./format.js";
import { nameOf, t } from "./text.js";
import { tags, verdict } from "./verdict.js";

function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0));
  return known.length === 0 ? null : element("dl.facts", {}, known.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, [value].flat(2))]));
}

/** A text with places of it marked. They count characters, not the halves that JavaScript counts. */
function marked(text, spans) {
  const characters = [...text];
  const parts = [];
  let at = 0;
  for (const [begin, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    if (begin < at || end > characters.length) continue;
    parts.push(characters.slice(at, begin).join(""), element("mark", {}, characters.slice(begin, end).join("")));
    at = end;
  }
  parts.push(characters.slice(at).join(""));
  return element("div.text-box", {}, parts);
}

const placeOf = (place) => (place ? `${String(place.file).split("/").slice(-2).join("/")}:${place.line}` : null);

function party(one) {
  return one?.number ?? one?.address;
}

function message(event) {
  const text = event.message_text ?? event.text;
  const spans = (event.rules ?? []).filter((rule) => rule.state === "enforce").flatMap((rule) => rule.spans ?? []);
  return section(t("message.message"), text === undefined ? element("p.muted", {}, t("message.no_text")) : marked(text, spans),
    facts([
      [t("message.sender"), party(event.sender)], [t("message.recipient"), party(event.recipient)],
      [t("message.time"), event.time && formatTime(event.time)], [t("message.protocol"), [event.protocol?.toUpperCase(), event.operation].filter(Boolean).join(" ")],
      [t("message.route"), [event.route, event.direction?.toUpperCase()].filter(Boolean).join(", ")], [t("message.origin"), [event.origin?.operator, event.origin?.country].filter(Boolean).join(", ")],
      [t("message.account"), event.account_name ?? event.origin?.account],
    ]));
}

function section(title, ...parts) {
  return element("section.panel", { "aria-label": title }, element("h2", {}, title), parts);
}

function decision(event) {
  const line = event.policy_line;
  return section(t("message.decision"),
    facts([[t("column.verdict"), verdict(event.verdict ?? "pass")], [t("column.labels"), tags(event.labels)],
      [t("message.policy"), event.policy ?? t("message.no_policy")], [t("message.action"), line?.action],
      [t("message.place"), placeOf(line?.place)], [t("message.alert"), event.alert ? t("yes") : null],
      [t("message.enforced"), event.enforced === false ? t("message.not_enforced") : null]]),
    line?.conditions ? conditions(line.conditions) : null);
}

/** What a line of the policy asks for, and what was found. */
function conditions(one) {
  const inner = one.all ?? one.any ?? (one.not ? [one.not] : null);
  if (inner) return element("ul.difference", {}, inner.map((each) => element("li", {}, conditions(each))));
  const found = Array.isArray(one.found) ? one.found.join(", ") : one.found;
  return element("span", {}, tags([t(one.holds ? "yes" : "no")], one.holds ? "good" : "warn"),
    t("message.condition", { field: one.field, expected: String(one.expected ?? "") }), element("span.muted", {}, ", ", found === undefined || found === "" ? t("message.not_found") : t("message.found", { found })));
}

function rules(event) {
  const all = event.rules ?? [];
  return section(t("message.rules"), all.length === 0 ? element("p.muted", {}, t("message.no_rules")) : element("ul.difference", {}, all.map((rule) =>
    element("li", {}, element("a", { href: addressOf("traffic", new URLSearchParams({ where: `rule=${rule.id}` })) }, t("message.rule", { id: rule.id, rev: rule.rev })),
      " ", rule.name ?? "", " ", tags(rule.labels), rule.state === "enforce" ? null : tags([nameOf("state", rule.state)], "warn"),
      element("span.muted", {}, placeOf(rule.place) ?? "")))));
}

function folded(event) {
  const readings = (event.folded ?? []).map((one) => (typeof one === "string" ? one : one.text ?? JSON.stringify(one)));
  return readings.length === 0 ? null : section(t("message.folded"), element("p.muted", {}, t("message.folded_help")), readings.map((text) => element("div.text-box.mono", {}, text)));
}

function linePrice(line) {
  const conditions = ["country", "operator", "prefix", "route", "label", "sender_type", "from", "until"].filter((name) => line[name] !== undefined);
  return [t(line.per === "message" ? "price.per_message" : "price.per_part", { price: formatMoney(line.amount, line.currency) }),
    element("span.muted", {}, ", ", line.list ? t("price.of_list", { list: line.list, number: line.number }) : t("price.own", { number: line.number }),
      conditions.length > 0 ? `, ${t("price.for", { what: conditions.map((name) => `${nameOf("column", name)} ${line[name]}`).join(", ") })}` : "")];
}

function price(event) {
  const { charge, leaked } = event;
  if (!charge && !leaked && !event.refusal) return null;
  const lines = event.price_lines ?? (event.price_line ? [event.price_line] : []);
  return section(t("price.title"), facts([
    [t("column.account"), [event.account_name ?? charge?.account]], [t("column.tariff"), charge?.tariff],
    [t("column.charged"), charge?.amount !== undefined ? formatMoney(charge.amount, charge.currency) : null],
    [t("column.fees"), charge?.fees ? formatMoney(charge.fees, charge.currency) : null],
    [t("column.leaked"), leaked ? formatMoney(leaked.amount, leaked.currency) : null],
    [t("column.refusal"), event.refusal ?? charge?.refused],
    [t("price.line"), lines.map((line) => element("div", {}, linePrice(line)))],
    [t("price.list_line"), event.list_price_line ? linePrice(event.list_price_line) : null],
  ]));
}

/** As the appliance tells it, to be read and saved. */
function wholeEvent(event) {
  const text = `${JSON.stringify(event, null, 1)}\n`;
  return element("details", {}, element("summary", {}, t("message.all")), element("pre.text-box", { tabindex: "0" }, text),
    element("button.small", { type: "button", onclick: () => save("tollgate-message.json", "application/json", text), "aria-label": t("message.save") }, t("table.json")));
}

export function explanation(event) {
  return [element("div.columns", {}, message(event), decision(event)), element("div.columns", {}, rules(event), price(event) ?? folded(event)), price(event) ? folded(event) : null,
    wholeEvent(event)];
}
