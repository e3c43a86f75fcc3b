// One message, and why it was judged so.
import { get } from "../api.js";
import { go } from "../address.js";
import { element, labelled } from "../dom.js";
import { explanation } from "../explanation.js";
import { markButton } from "../mark_wrong.js";
import { failure, partOf, success } from "../notice.js";
import { t } from "../text.js";

export async function messageView(query, { signal }) {
  const id = query.get("id");
  const field = labelled(t("message.id"), (name) => element("input", { id: name, value: id ?? "", size: "36", autocomplete: "off", spellcheck: "false", class: "mono" }));
  const form = element("div.bar", {}, element("form", { onsubmit: (event) => {
    event.preventDefault();
    go("message", new URLSearchParams({ id: field.querySelector("input").value.trim() }));
  } }, field, element("button", {}, t("message.show"))));
  if (!id) return [form, element("p.lead", {}, t("message.help"))];
  const place = element("div", { "aria-live": "polite" });
  const part = await partOf(async () => {
    const event = await get("/v1/events/explain", { id }, signal);
    const button = markButton({ ...event, id: event.id ?? id }, { done: (text) => place.replaceChildren(success(text)), failed: (error) => place.replaceChildren(failure(error)) });
    return [button ? element("div.bar", {}, button) : null, place, ...explanation(event)];
  });
  return [form, part];
}
