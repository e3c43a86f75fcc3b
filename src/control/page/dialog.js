// A question that has to be answered first. The browser keeps the keyboard inside, and Escape is "no".
import { element, freshId } from "./dom.js";
import { t } from "./text.js";

/** True where somebody said yes. */
export function confirmed({ title, text, yes, body }) {
  return new Promise((resolve) => {
    const name = freshId(), what = freshId();
    const dialog = element("dialog", { "aria-labelledby": name, "aria-describedby": what, onclose: () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    } },
      element("form", { method: "dialog" },
        element("h2", { id: name }, title), element("p", { id: what }, text), body,
        element("div.buttons", {},
          element("button", { value: "no" }, t("dialog.no")), element("button.main", { value: "yes" }, yes))));
    document.body.append(dialog);
    dialog.showModal();
  });
}
