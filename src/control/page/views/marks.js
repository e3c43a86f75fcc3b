// Verdicts that somebody called wrong.
import { get, getText, post } from "../api.js";
import { addressOf } from "../address.js";
import { confirmed } from "../dialog.js";
import { save } from "../download.js";
import { element } from "../dom.js";
import { formatTime } from "../format.js";
import { failure, success } from "../notice.js";
import { mayMark } from "../session.js";
import { dataTable } from "../table.js";
import { t } from "../text.js";
import { tags, verdict } from "../verdict.js";

const mostMarks = 1000;  // of an answer

/** All of them, the newest first. */
async function marksOf(rule, signal) {
  const all = [];
  for (let after; ;) {
    const { marks } = await get("/v1/marks", { rule, after, most: mostMarks }, signal);
    all.push(...marks);
    if (marks.length < mostMarks) return all.reverse();
    after = marks.at(-1).number;
  }
}

export async function marksView(query, { signal, again }) {
  const rule = query.get("rule");
  const marks = await marksOf(rule, signal);
  const place = element("div", { "aria-live": "polite" });
  const columns = [
    { name: "time", kind: "time", show: (time, row) => element("a", { href: addressOf("message", new URLSearchParams({ id: row.at(-2) })) }, formatTime(time)) },
    { name: "wrong", kind: "text", show: (way) => t(`marks.${way}`) },
    { name: "verdict", kind: "text", show: (word) => (word ? verdict(word) : "–") },
    { name: "sender", kind: "text", short: true }, { name: "rules", kind: "text" },
    { name: "labels", kind: "text", show: (labels) => (labels ? tags(labels.split(" ")) : "–") },
    { name: "text", kind: "text", words: true }, { name: "note", kind: "text", words: true }, { name: "by", kind: "text", label: t("marks.by") },
    { name: "event", kind: "text", hidden: true }, { name: "number", kind: "text", hidden: true },
  ];
  const rows = marks.map((mark) => [mark.time, mark.wrong, mark.verdict, mark.sender, (mark.rules ?? []).join(" "), (mark.labels ?? []).join(" "),
    mark.text, mark.note, mark.by, mark.event, mark.number]);

  async function remove(row) {
    const number = row.at(-1);
    if (!await confirmed({ title: t("marks.remove"), text: t("marks.remove_what", { number }), yes: t("marks.remove") })) return;
    try {
      await post("/v1/marks/remove", { number });
      again();
    } catch (error) {
      place.replaceChildren(failure(error));
    }
  }

  async function saveTests() {
    try {
      save("tollgate-rule-tests.yaml", "application/yaml", await getText("/v1/marks/tests", { rule }));
      place.replaceChildren(success(t("marks.tests_saved")));
    } catch (error) {
      place.replaceChildren(failure(error));
    }
  }

  return [element("p.lead", {}, t("marks.help")), element("div.bar", {}, element("button", { type: "button", onclick: saveTests }, t("marks.tests")),
    rule ? element("a.button", { href: addressOf("marks") }, t("marks.all", { rule })) : null), place,
    dataTable({ caption: rule ? t("marks.table_of", { rule }) : t("marks.table"), columns, rows, file: "tollgate-marks",
      actions: mayMark() ? (row) => element("button.small", { type: "button", onclick: () => remove(row), "aria-label": t("marks.remove_of", { number: row.at(-1) }) }, t("marks.remove")) : undefined })];
}
