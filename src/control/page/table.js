// A table that can be sorted and saved.
import { announce, element } from "./dom.js";
import { csvOf, jsonOf, save } from "./download.js";
import { digitsOf, formatCell, formatCount } from "./format.js";
import { nameOf, t } from "./text.js";

const figures = new Set(["count", "money", "percent"]);

export function isFigure(column) {
  return figures.has(column.kind);
}

/** Its name for people: that of its own, or of its word. */
export function headOf(column, step) {
  if (column.name === "time" && step === "day") return t("column.day");
  return column.label ?? nameOf("column", column.name);
}

/** Money has as many digits as the longest amount of the table. */
function withDigits(columns, rows, totals) {
  const money = columns.map((column, i) => (column.kind === "money" ? i : -1)).filter((i) => i >= 0);
  const digits = digitsOf([...rows, ...(totals ? [totals] : [])].flatMap((row) => money.map((i) => row[i] ?? 0)));
  return columns.map((column) => (column.kind === "money" ? { ...column, digits } : column));
}

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}

function sorted(rows, sort) {
  if (!sort) return rows;
  return [...rows].sort((a, b) => {
    const missing = (row) => row[sort.column] === null || row[sort.column] === undefined;
    if (missing(a) !== missing(b)) return missing(a) ? 1 : -1;
    return compare(a[sort.column], b[sort.column]) * (sort.down ? -1 : 1);
  });
}

/**
 * caption, columns ({name, kind, label, show}), rows (arrays), totals, step of its times, name of its files.
 * A column's `show(value, row)` makes what stands in a cell; without it the value is formatted. What is `short` stays on
 * one line, `words` have room for some, and what is `hidden` is saved alone. With `actions(row)`
 * there is one more column, which is not saved. `first` is the column that names a row: 0, if not given.
 */
export function dataTable({ caption, columns, rows, totals, step, file, actions, first = 0, bare = false, note }) {
  const shaped = withDigits(columns, rows, totals);
  let sort = null;
  const body = element("tbody");
  const heads = shaped.map((column, i) => (column.hidden ? null : head(column, i)));

  function head(column, i) {
    const button = element("button.sort", { type: "button", onclick: () => sortBy(i) }, headOf(column, step), element("span.arrow", { "aria-hidden": "true" }));
    // A head that has a button in it stands on the first page of paper alone.
    return element("th", { scope: "col", class: isFigure(column) ? "figure" : null }, button, element("span.on-paper", {}, headOf(column, step)));
  }

  function sortBy(i) {
    sort = { column: i, down: sort?.column === i ? !sort.down : isFigure(shaped[i]) };
    heads.forEach((each, at) => {
      if (!each) return;
      if (at === i) each.setAttribute("aria-sort", sort.down ? "descending" : "ascending");
      else each.removeAttribute("aria-sort");
    });
    announce(t(sort.down ? "table.sorted_down" : "table.sorted_up", { column: headOf(shaped[i], step) }));
    fill();
  }

  function fill() {
    body.replaceChildren(...sorted(rows, sort).map((row) => element("tr", {},
      shaped.map((column, i) => oneCell(column, i, row)), actions ? element("td.actions", {}, actions(row)) : null)));
  }

  function oneCell(column, i, row) {
    if (column.hidden) return null;
    const shown = column.show ? column.show(row[i], row) : formatCell(row[i], column, step);
    const attributes = { class: isFigure(column) ? "figure" : column.kind === "time" ? "time" : column.short ? "short" : column.words ? "words" : null };
    return i === first ? element("th", { scope: "row", ...attributes }, shown) : element("td", attributes, shown);
  }

  fill();
  const saveAs = (media, ending, make) => () => save(`${file ?? "tollgate"}.${ending}`, media, make(columns, sorted(rows, sort)));
  const table = element("table", {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, heads, actions ? element("td", {}, element("span.unseen", {}, t("table.actions"))) : null)),
    body,
    totals && rows.length > 0 ? element("tfoot", {}, element("tr", {}, shaped.map((column, i) => (column.hidden ? null
      : i === first ? element("th", { scope: "row" }, t("table.total"))
        : element("td", { class: isFigure(column) ? "figure" : null }, totals[i] === null || totals[i] === undefined ? "" : formatCell(totals[i], column, step)))),
      actions ? element("td") : null)) : null);
  return element(bare ? "div.table" : "section.panel.table", { "aria-label": bare ? null : caption },
    element("div.scroll", { tabindex: "0", role: "group", "aria-label": t("table.scroll", { caption }) }, table),
    rows.length === 0 ? element("p.empty", {}, t("table.empty")) : null,
    element("div.table-foot", {},
      element("span.muted", {}, t(rows.length === 1 ? "table.row" : "table.rows", { count: formatCount(rows.length) }), note ? ` ${note}` : ""),
      element("span.buttons", {},
        element("button.small", { type: "button", onclick: saveAs("text/csv", "csv", csvOf), "aria-label": t("table.csv_of", { caption }) }, t("table.csv")),
        element("button.small", { type: "button", onclick: saveAs("application/json", "json", jsonOf), "aria-label": t("table.json_of", { caption }) }, t("table.json")))));
}

