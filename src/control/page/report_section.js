// One report, as a chart and a table.
import { chartFigure } from "./chart.js";
import { formatCount, formatTime, useZone } from "./format.js";
import { seriesOf } from "./series.js";
import { dataTable } from "./table.js";
import { nameOf, t } from "./text.js";

export function reportTitle(report) {
  return nameOf("report", report.report);
}

export function reportSpan(report) {
  return t("report.span", { since: formatTime(report.since), until: formatTime(report.until) });
}

export function leftOut(report) {
  return report.left_out > 0 ? t("report.left_out", { count: formatCount(report.left_out) }) : undefined;
}

export function reportTable(report, more = {}) {
  useZone(report.time_zone);
  const columns = report.columns.map((column) => (column.name === "verdict" && !column.show ? { ...column, show: (value) => nameOf("verdict", value ?? "") } : column));
  return dataTable({ caption: reportTitle(report), columns, rows: report.rows, totals: report.totals, step: report.step,
    file: `tollgate-${report.report}`, note: [leftOut(report), ...(report.notes ?? [])].filter(Boolean).join(" ") || undefined, ...more });
}

/** What a report is drawn by: its first counts, and its first money. */
export function chartedColumns(report) {
  const has = (column) => report.rows.some((row) => row[report.columns.indexOf(column)]);
  return ["count", "money"].map((kind) => report.columns.find((column) => column.kind === kind && has(column))).filter(Boolean);
}

/** Null where there is nothing that a picture would tell. Bars have a table behind them only where none is beside them. */
export function reportChart(report, measure, title = reportTitle(report), withTable = undefined) {
  const shape = seriesOf(report, measure);
  if (!shape) return null;
  return chartFigure({ title, shape, step: report.step, file: `tollgate-${report.report}`, withTable: withTable ?? shape.kind === "time" });
}
