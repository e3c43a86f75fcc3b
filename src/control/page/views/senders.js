import { get } from "../api.js";
import { drillLink, filterBar, filtersOf, reportQuery } from "../filters.js";
import { partOf } from "../notice.js";
import { reportChart, reportTable } from "../report_section.js";
import { t } from "../text.js";
import { nextDimension } from "./traffic.js";

const most = 500;

export async function sendersView(query, { signal }) {
  const part = await partOf(async () => {
    const report = await get("/v1/report", reportQuery(query, { name: "senders", top: most }), signal);
    const next = nextDimension([...filtersOf(query).map((filter) => filter.name), "sender"]);
    const columns = report.columns.map((column) => (column.name !== "sender" ? column
      : { ...column, show: (value) => drillLink(query, "sender", value, next) }));
    return [reportChart(report, "messages", t("senders.chart")), reportTable({ ...report, columns }, { caption: t("senders.table") })];
  });
  return [filterBar("senders", query, { withSteps: false }), part];
}
