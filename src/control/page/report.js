// Reports that were written into this file, to be read and printed anywhere.
import { drawCharts } from "./chart.js";
import { element } from "./dom.js";
import { formatTime } from "./format.js";
import { chartedColumns, reportChart, reportSpan, reportTable, reportTitle } from "./report_section.js";
import { headOf } from "./table.js";
import { t } from "./text.js";
import { startTheme } from "./theme.js";

function section(report) {
  const figures = chartedColumns(report);
  return element("section.report", {}, element("h2", {}, reportTitle(report)),
    element("p.muted", {}, reportSpan(report)),
    report.rows.length > 0 ? figures.map((column) => reportChart(report, column.name, headOf(column))) : null,
    reportTable(report));
}

function show() {
  startTheme(false);
  const given = JSON.parse(document.getElementById("data").textContent);
  const reports = Array.isArray(given) ? given : [given];
  document.title = t("report.title", { reports: reports.map(reportTitle).join(", ") });
  document.getElementById("reports").replaceChildren(
    element("header.report-head", {}, element("h1", {}, t("report.heading")),
      reports.length > 0 ? element("p.muted", {}, t("report.made", { time: formatTime(reports[0].made ?? reports[0].until) })) : null),
    ...reports.map(section));
  drawCharts();
}

addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = false;
});
show();
