// How it goes: messages, money, what was not seen, and the appliance itself.
import { get } from "../api.js";
import { chartFigure } from "../chart.js";
import { element } from "../dom.js";
import { filterBar, reportQuery } from "../filters.js";
import { formatCount, formatMoney, formatPercent, none } from "../format.js";
import { health, healthTile } from "../health.js";
import { partOf } from "../notice.js";
import { reportChart } from "../report_section.js";
import { seriesOf } from "../series.js";
import { t } from "../text.js";

const stopped = new Set(["block", "throttle", "divert"]);
const wholeUnits = 2;

function columnOf(report, name) {
  return report.columns.findIndex((column) => column.name === name);
}

function sum(report, name, takes = () => true) {
  const at = columnOf(report, name);
  return at < 0 ? 0 : report.rows.reduce((all, row) => all + (takes(row) ? row[at] ?? 0 : 0), 0);
}

/** [currency, amount], the largest first. */
function moneyOf(report, name) {
  const at = columnOf(report, name), currency = columnOf(report, "currency");
  const sums = new Map();
  for (const row of report.rows) if (at >= 0 && row[at]) sums.set(row[currency], (sums.get(row[currency]) ?? 0) + row[at]);
  return [...sums].sort((a, b) => b[1] - a[1]);
}

function tile(name, value, note) {
  return element("div.tile", {}, element("dt", {}, name), [value].flat().map((one, i, all) => element(all.length > 1 ? "dd.several" : "dd", {}, one)),
    note ? element("dd.note", {}, note) : null);
}

function moneyTile(report, name) {
  const amounts = moneyOf(report, name);
  return tile(t(`overview.${name}`), amounts.length === 0 ? none : amounts.map(([currency, amount]) => formatMoney(amount, currency ?? "", wholeUnits)));
}

function trafficTiles(report) {
  const verdict = columnOf(report, "verdict");
  const messages = sum(report, "messages"), held = sum(report, "messages", (row) => stopped.has(row[verdict]));
  return [tile(t("overview.messages"), formatCount(messages)),
    tile(t("overview.stopped"), formatCount(held), messages > 0 ? t("overview.share", { share: formatPercent((100 * held) / messages) }) : null),
    moneyTile(report, "charged"), moneyTile(report, "leaked")];
}

function blindTile(report, traffic) {
  const figure = report.columns.find((column) => column.kind === "count");
  const unread = figure ? sum(report, figure.name) : 0, read = sum(traffic, "messages");
  const told = report.totals?.[columnOf(report, "share")];
  const share = told ?? (unread + read > 0 ? (100 * unread) / (unread + read) : null);
  return tile(t("overview.blind"), share === null ? none : formatPercent(share), t("overview.blind_note", { count: formatCount(unread) }));
}

/** What was charged and what was not, side by side. */
function moneyChart(report) {
  const both = ["charged", "leaked"].map((name) => ({ name, shape: seriesOf({ ...report, by: ["time"] }, name) })).filter((one) => one.shape);
  const series = both.flatMap(({ name, shape }) => shape.series.filter((one) => one.values.some((value) => value !== 0)).map((one) => ({
    name: one.name ? `${name} ${one.name}` : name, label: one.name ? `${t(`overview.${name}`)} (${one.name})` : t(`overview.${name}`), values: one.values })));
  const shape = series.length > 0 ? { ...both[0].shape, series, currency: both.find((one) => one.shape.currency)?.shape.currency ?? null } : null;
  return chartFigure({ title: t("overview.money_over_time"), shape, step: report.step, file: "tollgate-money", parts: false });
}

export async function overviewView(query, { signal }) {
  const ask = (more) => get("/v1/report", reportQuery(query, more), signal);
  const [tiles, charts, state, blocked] = await together(ask, signal);
  return [filterBar("overview", query, { filters: false }), tiles, charts, element("div.columns", {}, blocked, state)];
}

async function together(ask, signal) {
  const traffic = ask({ name: "traffic", by: "time,verdict" });
  const status = get("/v1/status", {}, signal);
  const [tiles, charts, state, blocked] = await Promise.all([
    partOf(async () => {
      const [report, unread, now] = await Promise.all([traffic, ask({ name: "uninspected" }), status]);
      return element("dl.tiles", {}, trafficTiles(report), blindTile(unread, report), healthTile(now));
    }),
    partOf(async () => {
      const report = await traffic;
      return [reportChart(report, "messages", t("overview.over_time")) ?? chartFigure({ title: t("overview.over_time") }), moneyChart(report)];
    }),
    partOf(async () => health(await status)),
    partOf(async () => {
      const report = await ask({ name: "blocked", top: 12 });
      return reportChart(report, "messages", t("overview.blocked"), true) ?? chartFigure({ title: t("overview.blocked") });
    }),
  ]);
  return [tiles, charts, state, blocked];
}
