// A token is pasted, and tried.
import { get } from "../api.js";
import { element, labelled } from "../dom.js";
import { failure } from "../notice.js";
import { forgetToken, keepToken, session } from "../session.js";
import { t } from "../text.js";

export function logInView(done) {
  const field = labelled(t("log_in.token"), (id) => element("input", { id, type: "password", autocomplete: "off", spellcheck: "false", required: true }));
  const form = element("form.form", { onsubmit: tryIt }, field, element("button.main", {}, t("log_in.do")));
  const panel = element("div.panel", {}, element("h1", {}, t("log_in.title")), form,
    element("p.muted", {}, t("log_in.help")));

  async function tryIt(event) {
    event.preventDefault();
    panel.querySelector(".notice")?.remove();
    keepToken(field.querySelector("input").value.trim());
    try {
      Object.assign(session, await get("/v1/me"));
      done();
    } catch (error) {
      forgetToken();
      form.before(failure(error.status === 401 ? new Error(t("log_in.wrong")) : error));
      field.querySelector("input").select();
    }
  }
  panel.lastChild.style.margin = "0.9rem 0 0";
  return element("main.log-in", {}, element("p.brand", {}, element("img", { src: "icon.svg", alt: "" }), t("brand")), panel);
}
