// Messages by anything that tells them apart; a row leads to what it is made of.
import { get } from "../api.js";
import { changed, go } from "../address.js";
import { choice } from "../dom.js";
import { dimensions, drillLink, filterBar, filtersOf, reportQuery, reportWith } from "../filters.js";
import { partOf } from "../notice.js";
import { reportChart, reportTable } from "../report_section.js";
import { nameOf, t } from "../text.js";
import { verdict } from "../verdict.js";

const most = 200;

/** What to look at next: the first that is neither known nor looked at. */
export function nextDimension(known) {
  return dimensions.find((name) => !known.includes(name) && reportWith([...known, name])) ?? dimensions[0];
}

export async function trafficView(query, { signal }) {
  const known = filtersOf(query).map((filter) => filter.name);
  const by = query.get("by") ?? nextDimension(known);
  const possible = dimensions.filter((name) => name === by || reportWith([...known, name]));
  // The chart is of all that the filters leave: each message once, whatever the table tells apart.
  const whole = reportWith(known) ?? "traffic", apart = reportWith([...known, by]) ?? "traffic";
  const ask = (name, more) => get("/v1/report", reportQuery(query, { name, ...more }), signal);
  const next = nextDimension([...known, by]);
  const head = filterBar("traffic", query, { more: [choice(t("traffic.by"), possible.map((name) => [name, nameOf("column", name)]), by,
    (value) => go("traffic", changed(query, { by: value })))] });
  const [chart, table] = await Promise.all([
    partOf(async () => reportChart(await ask(whole, { by: "time,verdict" }), "messages", t("traffic.over_time"))),
    partOf(async () => tableBy(await ask(apart, { by, top: most }), query, by, next)),
  ]);
  return [head, chart, table];
}

function tableBy(report, query, by, next) {
  const columns = report.columns.map((column) => (column.name !== by ? column : { ...column,
    show: (value) => drillLink(query, by, value, next, by === "verdict" && value ? verdict(value) : undefined) }));
  return reportTable({ ...report, columns }, { caption: t("traffic.table", { by: nameOf("column", by) }), file: `tollgate-traffic-${by}` });
}
