// What would become of a message. Nothing is charged, nothing counted.
import { post } from "../api.js";
import { choice, element, labelled } from "../dom.js";
import { explanation } from "../explanation.js";
import { failure } from "../notice.js";
import { t } from "../text.js";

const directions = ["", "mt", "mo"];
const protocols = ["", "map", "smpp"];

export function tryView(query, { signal }) {
  const input = (label, attributes) => labelled(label, (id) => element("input", { id, autocomplete: "off", ...attributes }));
  const text = labelled(t("try.text"), (id) => element("textarea", { id, required: true, maxlength: "4000" }));
  const sender = input(t("try.sender")), recipient = input(t("try.recipient"), { inputmode: "tel" });
  const route = input(t("column.route")), account = input(t("column.account"));
  const direction = choice(t("column.direction"), directions.map((word) => [word, t(`direction.${word || "any"}`)]), "", () => {});
  const protocol = choice(t("column.protocol"), protocols.map((word) => [word, word ? word.toUpperCase() : t("try.any")]), "", () => {});
  const result = element("div", { "aria-live": "polite" });
  const valueOf = (field) => field.querySelector("input, select, textarea").value.trim();

  function message() {
    const made = { text: text.querySelector("textarea").value };
    if (valueOf(sender)) made.sender = written(valueOf(sender));
    if (valueOf(recipient)) made.recipient = written(valueOf(recipient));
    for (const [name, field] of [["route", route], ["direction", direction], ["protocol", protocol]]) if (valueOf(field)) made[name] = valueOf(field);
    if (valueOf(account)) made.origin = { account: valueOf(account) };
    return made;
  }

  async function tryIt(event) {
    event.preventDefault();
    result.setAttribute("aria-busy", "true");
    try {
      result.replaceChildren(element("h2", {}, t("try.result")), ...explanation(await post("/v1/try", message(), signal)).filter(Boolean));
    } catch (error) {
      if (error.name !== "AbortError") result.replaceChildren(failure(error));
    }
    result.removeAttribute("aria-busy");
  }

  return [element("p.lead", {}, t("try.help")), element("section.panel", { "aria-label": t("nav.try") }, element("form.form", { onsubmit: tryIt },
    text, element("div.pair", {}, sender, recipient), element("div.pair", {}, direction, protocol), element("div.pair", {}, route, account),
    element("div", {}, element("button.main", {}, t("try.do"))))), result];
}

/** A number without the spaces that people write in it, or a name. Of which type it is the appliance finds out: it knows its own country. */
function written(word) {
  const together = word.replace(/\s/g, "");
  return { address: /^\+?\d+$/.test(together) ? together : word };
}
