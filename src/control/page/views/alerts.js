// Which alerts there are, and which of them are over their bound.
import { get } from "../api.js";
import { element } from "../dom.js";
import { formatTime } from "../format.js";
import { dataTable } from "../table.js";
import { nameOf, t } from "../text.js";
import { tags } from "../verdict.js";

const whatOf = (alert) => (alert.report ? `${nameOf("report", alert.report)}: ${nameOf("column", alert.figure)}` : t(`alerts.${alert.measure}`));
const rowOf = (row) => Object.entries(row).map(([name, value]) => `${nameOf("column", name)}: ${value}`).join(", ");

export async function alertsView(query, { signal }) {
  const { alerts } = await get("/v1/alerts", {}, signal);
  const state = (word) => tags([t(`alerts.${word}`)], word === "firing" ? "bad" : "good");
  const time = (value) => (value ? formatTime(value) : "–");
  const rules = dataTable({ caption: t("alerts.table"), file: "tollgate-alerts",
    columns: [{ name: "alert", kind: "text", label: t("alerts.name") }, { name: "state", kind: "text", show: state },
      { name: "since", kind: "time", label: t("alerts.since"), show: time }, { name: "value", kind: "count", label: t("alerts.value") },
      { name: "over", kind: "count", label: t("alerts.over") }, { name: "what", kind: "text", label: t("alerts.what") },
      { name: "looked_at", kind: "time", label: t("alerts.looked_at"), show: time }],
    rows: alerts.map((one) => [one.alert, one.state, one.since ?? null, one.value ?? null, one.over, whatOf(one), one.looked_at ?? null]) });
  const standing = alerts.flatMap((one) => one.rows.map((row) => [one.alert, rowOf(row.row) || t("alerts.all"), row.value, row.unit, row.since]));
  const rows = dataTable({ caption: t("alerts.standing"), file: "tollgate-alerts-standing",
    columns: [{ name: "alert", kind: "text", label: t("alerts.name") }, { name: "row", kind: "text", label: t("alerts.row") },
      { name: "value", kind: "count", label: t("alerts.value") }, { name: "unit", kind: "text", label: t("alerts.unit") },
      { name: "since", kind: "time", label: t("alerts.since") }],
    rows: standing });
  return [element("p.lead", {}, t(alerts.length > 0 ? "alerts.help" : "alerts.none")), rules, rows];
}
