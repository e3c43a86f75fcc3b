// What a chart shows of a report: no drawing here.
import { formatTime, useZone } from "./format.js";
import { nameOf, t } from "./text.js";

const lengths = { minute: 60000, hour: 3600000, day: 86400000 };
const mostTimes = 5000;
const mostSeries = 7;  // as many as there are colours to tell apart; the rest is one more
const others = "(others)";
const verdictOrder = ["pass", "charge", "throttle", "divert", "block"];

const stamp = (time) => new Date(time).toISOString().replace(".000Z", "Z");

function isNear(times, at, distance) {
  let from = 0, to = times.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (times[middle] < at - distance) from = middle + 1;
    else to = middle;
  }
  return from < times.length && times[from] < at + distance;
}

/** Each step of the time that a report is about, also those in which there was nothing. */
function timesOf(report, seen) {
  const length = lengths[report.step];
  const since = Date.parse(report.since), until = Date.parse(report.until);
  if (!length || !(since < until) || (until - since) / length > mostTimes) return [...seen].sort();
  const times = new Set(seen);
  // Days begin at midnight by the appliance's clock, which need not be UTC's, and has summer and winter.
  const known = [...seen].map((time) => Date.parse(time)).sort((a, b) => a - b);
  const first = known.length > 0 ? known[0] : since;
  // What has hardly begun is not a time in which there was nothing.
  for (let at = first - Math.floor((first - since) / length) * length; at + length / 2 < until; at += length) {
    if (!isNear(known, at, length / 2)) times.add(stamp(at));
  }
  return [...times].sort();
}

function orderOf(names, sums) {
  const known = names.every((name) => verdictOrder.includes(name));
  if (known) return verdictOrder.filter((name) => names.includes(name));
  return [...names].sort((a, b) => sums.get(b) - sums.get(a));
}

/** What a report tells apart, for people: it may have no value, or be what was not kept by itself. */
export function valueText(value) {
  if (value === null || value === undefined || value === "") return t("series.none");
  return value === others ? t("series.others") : String(value);
}

/** Adds up `measure` by two keys: of the axis, and of the series. */
function summed(report, axis, keyOf, measure) {
  const cells = new Map(), sums = new Map(), axisKeys = new Set();
  for (const row of report.rows) {
    const key = keyOf(row), value = row[measure] ?? 0;
    const at = row[axis] ?? "";
    axisKeys.add(at);
    if (!cells.has(key)) cells.set(key, new Map());
    cells.get(key).set(at, (cells.get(key).get(at) ?? 0) + value);
    sums.set(key, (sums.get(key) ?? 0) + value);
  }
  return { cells, sums, axisKeys };
}

/**
 * {kind: "time" | "bars", labels, texts, series: [{name, label, values}], measure, currency, mixed}; null where there is nothing
 * to draw. `measure` is the name of a column; without it the first column of figures. Values that are `mixed` are money of
 * several currencies, which nobody can add up.
 */
export function seriesOf(report, measureName) {
  useZone(report.time_zone);
  const at = (name) => report.columns.findIndex((column) => column.name === name);
  const measure = measureName ? at(measureName)
    : report.columns.findIndex((column) => column.kind === "count" || column.kind === "money");
  if (measure < 0 || report.rows.length === 0) return null;
  const money = report.columns[measure].kind === "money", currency = at("currency");
  const currencies = money && currency >= 0 ? [...new Set(report.rows.map((row) => row[currency]).filter(Boolean))] : [];
  const time = at("time");
  const axis = time >= 0 ? time : report.columns.findIndex((column, i) => column.kind === "text" && i !== currency);
  if (axis < 0) return null;
  const group = report.columns.findIndex((column, i) => column.kind === "text" && i !== axis && i !== currency && (report.by ?? []).includes(column.name));
  const keyOf = (row) => [time >= 0 && group >= 0 ? valueText(row[group]) : null, currencies.length > 1 ? row[currency] : null]
    .filter((part) => part !== null).join(" · ");
  const { cells, sums, axisKeys } = summed(report, axis, keyOf, measure);
  const shape = { measure: report.columns[measure], currency: currencies.length === 1 ? currencies[0] : null, mixed: currencies.length > 1 };
  return time >= 0 ? timeSeries(report, shape, cells, sums, axisKeys, group) : barSeries(report, shape, cells, axis);
}

/** What is always nothing tells nothing, unless all is. */
function worthDrawing(all, is) {
  const some = all.filter(is);
  return some.length > 0 ? some : all;
}

function timeSeries(report, shape, cells, sums, axisKeys, group) {
  const labels = timesOf(report, axisKeys);
  const names = orderOf([...cells.keys()], sums);
  const shown = worthDrawing(names, (name) => sums.get(name) !== 0);
  const series = shown.slice(0, mostSeries).map((name) => ({ name, label: seriesLabel(report, name, group, shape),
    values: labels.map((label) => cells.get(name).get(label) ?? 0) }));
  if (shown.length > mostSeries && !shape.mixed) {
    series.push({ name: "", label: t("series.others"),
      values: labels.map((label) => shown.slice(mostSeries).reduce((sum, name) => sum + (cells.get(name).get(label) ?? 0), 0)) });
  }
  return { kind: "time", ...shape, labels, texts: labels.map((label) => formatTime(label, report.step)), series };
}

function seriesLabel(report, name, group, shape) {
  if (name === "") return nameOf("column", shape.measure.name);
  return group >= 0 && report.columns[group].name === "verdict" ? nameOf("verdict", name) : name;
}

function barSeries(report, shape, cells, axis) {
  const mostBars = 12;
  const sums = new Map();
  for (const values of cells.values()) for (const [key, value] of values) sums.set(key, (sums.get(key) ?? 0) + value);
  const labels = [...sums.keys()].sort((a, b) => sums.get(b) - sums.get(a)).filter((label) => sums.get(label) > 0 && label !== others).slice(0, mostBars);
  if (labels.length === 0) return null;
  const verdicts = report.columns[axis].name === "verdict";
  const shown = worthDrawing([...cells], ([, values]) => labels.some((label) => values.get(label)));
  const series = shown.map(([name, values]) => ({ name, label: name || nameOf("column", shape.measure.name),
    values: labels.map((label) => values.get(label) ?? 0) }));
  return { kind: "bars", ...shape, labels, texts: labels.map((label) => (verdicts ? nameOf("verdict", label) : valueText(label))), verdicts, series };
}

/** The same figures as columns and rows of a table. */
export function tableOf(shape, step) {
  const axis = shape.kind === "time" ? { name: "time", kind: "time" } : { name: "name", kind: "text" };
  const columns = [axis, ...shape.series.map((one) => ({ name: one.name || shape.measure.name, label: one.label, kind: shape.measure.kind }))];
  const rows = shape.labels.map((label, i) => [shape.kind === "time" ? label : shape.texts[i], ...shape.series.map((one) => one.values[i])]);
  return { columns, rows, step };
}
