// How the appliance does, by GET /v1/status.
import { element } from "./dom.js";
import { formatCount, formatPercent, formatRate, formatSeconds, formatTime } from "./format.js";
import { nameOf, t } from "./text.js";
import { tags } from "./verdict.js";

const nearlyFull = 0.9;
const fewest = 3;  // of the fullest tables

const mostWaitingCounts = 10_000;  // of reports: they go to their file every few seconds

/** Without the options that come behind it. */
const deviceName = (port) => port.device.split(",")[0];

function problemsOfSinks(sinks) {
  return sinks.flatMap(({ name, error, lost, refused }) => [
    error ? t("health.sink", { name, error }) : null,
    lost > 0 ? t("health.sink_lost", { name, count: formatCount(lost) }) : null,
    refused > 0 ? t("health.sink_refused", { name, count: formatCount(refused) }) : null,
  ].filter(Boolean));
}

function problemsOfReports({ waiting, lost }) {
  return [waiting >= mostWaitingCounts ? t("health.reports_waiting", { count: formatCount(waiting) }) : null,
    lost > 0 ? t("health.reports_lost", { count: formatCount(lost) }) : null].filter(Boolean);
}

function problems(status) {
  const found = [];
  const down = status.ports.filter((port) => !port.works || port.link?.up === false);
  if (down.length > 0) found.push(t("health.port_down", { ports: down.map(deviceName).join(", ") }));
  if (status.bypass) found.push(t("health.bypass"));
  if (!status.enforcement) found.push(t("health.no_enforcement"));
  if (status.ledger && !status.ledger.usable) found.push(t("health.ledger"));
  if (status.events.lost > 0) found.push(t("health.events_lost", { count: formatCount(status.events.lost) }));
  found.push(...problemsOfSinks(status.sinks ?? []));
  const firing = new Set((status.alerts?.standing ?? []).map((one) => one.alert));
  if (firing.size > 0) found.push(t("health.alerts", { names: [...firing].join(", ") }));
  if (status.reports) found.push(...problemsOfReports(status.reports));
  for (const [name, table] of Object.entries(status.tables)) {
    if (table.entries >= nearlyFull * table.capacity && table.capacity > 0) found.push(t("health.table_full", { table: nameOf("table", name) }));
  }
  return found;
}

export function healthTile(status) {
  const count = problems(status).length;
  return element("div.tile", {}, element("dt", {}, t("health.title")),
    element("dd", {}, tags([count === 0 ? t("health.good") : t(count === 1 ? "health.one" : "health.several", { count })], count === 0 ? "good" : "bad")),
    element("dd.note", {}, t("health.since", { time: formatSeconds(status.seconds), version: status.version })));
}

function meter(share, label) {
  const bar = element("span", {});
  bar.style.width = `${Math.min(100, Math.round(share * 100))}%`;
  return element(share >= nearlyFull ? "span.meter.bad" : "span.meter", { role: "img", "aria-label": t("health.meter", { label, share: formatPercent(100 * share) }) }, bar);
}

function busiest(status) {
  const busy = Math.max(0, ...status.rates.busy);
  return [meter(busy, t("health.busy")), ` ${formatPercent(100 * busy)}`];
}

function fullest(status) {
  return Object.entries(status.tables).filter(([, table]) => table.capacity > 0).sort(([, a], [, b]) => b.entries / b.capacity - a.entries / a.capacity).slice(0, fewest)
    .map(([name, table]) => [nameOf("table", name), [meter(table.entries / table.capacity, nameOf("table", name)), ` ${formatCount(table.entries)}`]]);
}

function lastErrors(status) {
  if (status.last_errors.length === 0) return null;
  return [element("h3", {}, t("health.last_errors")), element("ul.difference", {}, status.last_errors.slice(0, 5).map((error) =>
    element("li", {}, tags([error.level], error.level === "error" ? "bad" : "warn"), error.what, " ",
      element("span.muted", {}, error.count > 1 ? t("health.times", { time: formatTime(error.time), count: error.count }) : formatTime(error.time)))))];
}

function sinkFacts(sinks) {
  return sinks.map((sink) => element("div", {}, tags([sink.name], sink.error ? "bad" : "good"), t("health.sink_waiting", { count: formatCount(sink.waiting) })));
}

export function health(status) {
  const found = problems(status);
  const facts = [
    [t("health.rates"), t("health.rates_text", { messages: formatRate(status.rates.messages), packets: formatRate(status.rates.packets) })],
    [t("health.busy"), busiest(status)],
    [t("health.ports"), status.ports.map((port) => tags([deviceName(port)], port.works && port.link?.up !== false ? "good" : "bad", port.device))],
    ...(status.ledger ? [[t("health.ledger_title"), t(status.ledger.usable ? "health.ledger_waiting" : "health.ledger", { count: formatCount(status.ledger.waiting) })]] : []),
    ...(status.sinks?.length > 0 ? [[t("health.sinks"), sinkFacts(status.sinks)]] : []),
    [t("health.ruleset"), [status.ruleset ?? t("series.none"), status.bundle !== undefined ? ` ${t("health.bundle", { version: status.bundle })}` : ""]],
    ...fullest(status),
  ];
  return element("section.panel", { "aria-label": t("health.title") }, element("h2", {}, t("health.title")),
    found.length > 0 ? element("div.notice.bad", {}, found.map((text) => element("p", {}, text))) : null,
    element("dl.facts", {}, facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, [value].flat(2))])), lastErrors(status));
}
