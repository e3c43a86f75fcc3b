// Any report, as it is.
import { get } from "../api.js";
import { changed, go } from "../address.js";
import { choice } from "../dom.js";
import { filterBar, reportQuery } from "../filters.js";
import { partOf } from "../notice.js";
import { chartedColumns, reportChart, reportTable } from "../report_section.js";
import { headOf } from "../table.js";
import { nameOf, t } from "../text.js";

const names = ["traffic", "blocked", "revenue", "leakage", "senders", "rules", "accounts", "uninspected"];
const most = 500;

export async function reportView(query, { signal }) {
  const name = names.includes(query.get("name")) ? query.get("name") : "revenue";
  const part = await partOf(async () => {
    const report = await get("/v1/report", reportQuery(query, { name, top: most }), signal);
    return [...chartedColumns(report).map((column) => reportChart(report, column.name, headOf(column))), reportTable(report)];
  });
  return [filterBar("reports", query, { more: [choice(t("reports.which"), names.map((each) => [each, nameOf("report", each)]), name,
    (value) => go("reports", changed(query, { name: value })))] }), part];
}
