// Who pays, what is left of it, and what was sent for it.
import { get } from "../api.js";
import { element } from "../dom.js";
import { drillLink, filterBar, reportQuery } from "../filters.js";
import { formatMoney } from "../format.js";
import { partOf } from "../notice.js";
import { reportChart, reportTable } from "../report_section.js";
import { dataTable } from "../table.js";
import { nameOf, t } from "../text.js";
import { tags } from "../verdict.js";

function balances({ accounts }, query) {
  const columns = [
    { name: "id", kind: "text", label: t("accounts.id"), show: (id) => drillLink(query, "account", id, "verdict", id) },
    { name: "name", kind: "text" },
    { name: "payment", kind: "text", show: (word) => nameOf("payment", word) },
    { name: "status", kind: "text", show: (word) => tags([nameOf("status", word)], word === "active" ? "good" : "bad") },
    { name: "balance", kind: "money" },
    { name: "used_this_month", kind: "money" },
    { name: "currency", kind: "text" },
    { name: "reason", kind: "text" },
  ];
  const rows = accounts.map((account) => columns.map((column) => account[column.name] ?? null));
  const low = accounts.filter((account) => account.payment === "prepaid" && account.balance <= 0);
  return [
    low.length > 0 ? element("div.notice.bad", {}, element("p", {}, t("accounts.empty", {
      names: low.map((account) => `${account.name} (${formatMoney(account.balance, account.currency)})`).join(", ") }))) : null,
    dataTable({ caption: t("accounts.balances"), columns, rows, file: "tollgate-balances" }),
  ];
}

export async function accountsView(query, { signal }) {
  const [kept, counted] = await Promise.all([
    partOf(async () => balances(await get("/v1/accounts", {}, signal), query)),
    partOf(async () => {
      const report = await get("/v1/report", reportQuery(query, { name: "accounts" }), signal);
      return [reportChart(report, "charged", t("accounts.chart")), reportTable(report, { caption: t("accounts.traffic") })];
    }),
  ]);
  return [kept, element("h2", {}, t("accounts.heading")), filterBar("accounts", query, { withSteps: false }), counted];
}
