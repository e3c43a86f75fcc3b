// Says that a verdict was wrong.
import { post } from "./api.js";
import { announce, choice, element, labelled } from "./dom.js";
import { confirmed } from "./dialog.js";
import { mayMark } from "./session.js";
import { t } from "./text.js";

/** A button that asks in which way, and what to remember; `done(text)` or `failed(error)` tell what came of it. */
export function markButton(event, { done, failed, small = false }) {
  if (!mayMark() || !event.id) return null;
  return element(small ? "button.small" : "button", { type: "button", onclick: () => mark(event, done, failed),
    "aria-label": small ? t("marks.mark_of", { id: event.id }) : null }, t("marks.mark"));
}

async function mark(event, done, failed) {
  const stopped = ["block", "throttle", "divert"].includes(event.verdict);
  const wrong = choice(t("marks.wrong"), ["false_positive", "false_negative"].map((way) => [way, t(`marks.${way}`)]), stopped ? "false_positive" : "false_negative", () => {});
  const note = labelled(t("marks.note"), (id) => element("input", { id, maxlength: "500", autocomplete: "off" }));
  const rule = labelled(t("marks.rule"), (id) => element("input", { id, type: "number", min: "1", max: "4294967295", step: "1", inputmode: "numeric" }));
  const withText = labelled(t("marks.with_text"), (id) => element("input", { id, type: "checkbox" }));
  const yes = await confirmed({ title: t("marks.mark"), text: t("marks.what"), yes: t("marks.do"), body: element("div.form", {}, wrong, rule, note, withText) });
  if (!yes) return;
  const body = { id: event.id, wrong: wrong.querySelector("select").value };
  if (rule.querySelector("input").value) body.rule = Number(rule.querySelector("input").value);
  if (note.querySelector("input").value.trim()) body.note = note.querySelector("input").value.trim();
  if (withText.querySelector("input").checked) body.with_text = true;
  try {
    await post("/v1/marks", body);
    announce(t("marks.done"));
    done(t("marks.done"));
  } catch (error) {
    failed(error);
  }
}
