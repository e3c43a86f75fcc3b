// Which rules find something, and which never do.
import { get } from "../api.js";
import { addressOf } from "../address.js";
import { element } from "../dom.js";
import { drillLink, filterBar, filtersOf, reportQuery } from "../filters.js";
import { formatTime } from "../format.js";
import { partOf } from "../notice.js";
import { reportChart, reportTable } from "../report_section.js";
import { t } from "../text.js";
import { tags } from "../verdict.js";
import { nextDimension } from "./traffic.js";

export async function rulesView(query, { signal }) {
  const part = await partOf(async () => {
    const report = await get("/v1/report", reportQuery(query, { name: "rules" }), signal);
    const next = nextDimension([...filtersOf(query).map((filter) => filter.name), "rule"]);
    const marked = (value, row) => (value > 0
      ? element("a", { href: addressOf("marks", new URLSearchParams({ rule: row[at("rule")] })) }, String(value)) : String(value ?? "–"));
    const at = (name) => report.columns.findIndex((column) => column.name === name);
    const columns = report.columns.map((column) => {
      if (column.name === "rule") return { ...column, show: (value) => drillLink(query, "rule", value, next) };
      if (column.name === "last_hit") return { ...column, show: (value) => (value ? formatTime(value) : tags([t("rules.never")], "warn")) };
      if (column.name.startsWith("false_")) return { ...column, show: marked };
      return column;
    });
    const name = at("name");
    const named = report.rows.map((row) => row.map((value, i) => (i === at("rule") && name >= 0 && row[name] ? `${value} ${row[name]}` : value)));
    return [reportChart({ ...report, rows: named }, "hits", t("rules.chart")), reportTable({ ...report, columns }, { caption: t("rules.table") })];
  });
  return [filterBar("rules", query, { withSteps: false }), part];
}
