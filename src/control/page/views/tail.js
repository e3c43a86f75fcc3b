// Messages while they come.
import { get } from "../api.js";
import { addressOf, changed, go } from "../address.js";
import { announce, choice, element } from "../dom.js";
import { formatClock, formatCount, formatTime } from "../format.js";
import { markButton } from "../mark_wrong.js";
import { failure, success } from "../notice.js";
import { headOf } from "../table.js";
import { jsonOf, csvOf, save } from "../download.js";
import { nameOf, t } from "../text.js";
import { tags, verdict } from "../verdict.js";

const pause = 2000;  // milliseconds
const mostRows = 300;
const mostAsked = 200;
const verdicts = ["", "pass", "charge", "throttle", "divert", "block"];
const columns = ["time", "verdict", "sender", "recipient", "text", "labels", "policy", "id"].map((name) => ({ name, kind: "text" }));
const shownColumns = columns.slice(0, -1);

function rowOf(event) {
  return [event.time, event.verdict, event.sender?.address, event.recipient?.number ?? event.recipient?.address, event.message_text ?? event.text,
    (event.labels ?? []).join(" "), event.policy, event.id];
}

export function tailView(query, { signal, onLeave }) {
  const only = { verdict: query.get("verdict"), kind: "message" };
  const body = element("tbody"), place = element("div"), state = element("span.muted", { role: "status" });
  const events = [];
  let after = 0, timer = null, running = true;

  function line(event) {
    const [time, word, sender, recipient, text, , policy] = rowOf(event);
    return element("tr", {}, element("td.time", { title: formatTime(time) }, formatClock(time)), element("td", {}, verdict(word)), element("th", { scope: "row", class: "short" }, sender ?? "–"),
      element("td.short", {}, recipient ?? "–"), element("td.words", {}, text ?? element("span.muted", {}, t("tail.no_text"))), element("td", {}, tags(event.labels)), element("td", {}, policy ?? "–"),
      element("td.actions", {}, element("span.buttons.together", {}, element("a.button.small", { href: addressOf("message", new URLSearchParams({ id: event.id })), "aria-label": t("tail.why_of", { id: event.id }) }, t("tail.why")),
        markButton(event, { small: true, done: (told) => place.replaceChildren(success(told)), failed: (error) => place.replaceChildren(failure(error)) }))));
  }

  function take(answer) {
    after = answer.last;
    if (answer.missed > 0) state.textContent = t("tail.missed", { count: formatCount(answer.missed) });
    if (answer.events.length === 0) return;
    events.push(...answer.events);
    events.splice(0, Math.max(0, events.length - mostRows));
    body.prepend(...answer.events.map(line).reverse());
    while (body.rows.length > mostRows) body.lastElementChild.remove();
    if (answer.missed === 0) state.textContent = t("tail.came", { count: formatCount(answer.events.length) });
  }

  async function ask() {
    try {
      take(await get("/v1/events", { after, most: mostAsked, ...only }, signal));
      place.querySelector(".bad")?.remove();
    } catch (error) {
      if (error.name === "AbortError") return;
      place.replaceChildren(failure(error));
      if (error.status === 401 || error.status === 403) return;
    }
    if (running && !signal.aborted) timer = setTimeout(ask, pause);
  }

  const button = element("button", { type: "button", "aria-pressed": "false", onclick: () => {
    running = !running;
    clearTimeout(timer);
    button.textContent = t(running ? "tail.pause" : "tail.go_on");
    announce(t(running ? "tail.goes" : "tail.stands"));
    if (running) ask();
  } }, t("tail.pause"));
  button.removeAttribute("aria-pressed");
  const saveAs = (media, ending, make) => () => save(`tollgate-events.${ending}`, media, make(columns, events.map(rowOf)));
  const caption = t("tail.table");
  onLeave(() => clearTimeout(timer));
  ask();
  return [element("div.bar", {}, choice(t("column.verdict"), verdicts.map((word) => [word, word ? nameOf("verdict", word) : t("tail.all")]), query.get("verdict") ?? "",
    (word) => go("tail", changed(query, { verdict: word }))), button, state), place,
    element("section.panel.table", { "aria-label": caption },
      element("div.scroll.tall", { tabindex: "0", role: "group", "aria-label": t("table.scroll", { caption }) }, element("table", {}, element("caption", {}, caption),
        element("thead", {}, element("tr", {}, shownColumns.map((column) => element("th", { scope: "col" }, headOf(column))), element("td", {}, element("span.unseen", {}, t("table.actions"))))), body)),
      element("div.table-foot", {}, element("span.muted", {}, t("tail.most", { count: mostRows })), element("span.buttons", {},
        element("button.small", { type: "button", onclick: saveAs("text/csv", "csv", csvOf), "aria-label": t("table.csv_of", { caption }) }, t("table.csv")),
        element("button.small", { type: "button", onclick: saveAs("application/json", "json", jsonOf), "aria-label": t("table.json_of", { caption }) }, t("table.json")))))];
}
