// The page: its frame, and the view that the address names.
import { ApiError, get } from "./api.js";
import { addressOf, readAddress, shared } from "./address.js";
import { drawCharts } from "./chart.js";
import { announce, element } from "./dom.js";
import { failure } from "./notice.js";
import { forgetToken, mayTry, session, token } from "./session.js";
import { t } from "./text.js";
import { chooseTheme, isDark, onColours, startTheme } from "./theme.js";
import { accountsView } from "./views/accounts.js";
import { alertsView } from "./views/alerts.js";
import { logInView } from "./views/log_in.js";
import { marksView } from "./views/marks.js";
import { messageView } from "./views/message.js";
import { overviewView } from "./views/overview.js";
import { reportView } from "./views/report.js";
import { rulesView } from "./views/rules.js";
import { sendersView } from "./views/senders.js";
import { tailView } from "./views/tail.js";
import { trafficView } from "./views/traffic.js";
import { tryView } from "./views/try.js";
import { versionsView } from "./views/versions.js";

/** Each makes what stands below its heading: view(query, {signal, onLeave, again}). */
const views = {
  overview: overviewView, traffic: trafficView, senders: sendersView, accounts: accountsView, reports: reportView, alerts: alertsView,
  rules: rulesView, versions: versionsView, marks: marksView, tail: tailView, message: messageView, try: tryView,
};
const groups = [["reports", ["overview", "traffic", "senders", "accounts", "reports", "alerts"]],
  ["rules", ["rules", "versions", "marks"]], ["messages", ["tail", "message", "try"]]];
const timed = new Set(["overview", "traffic", "senders", "accounts", "reports", "rules"]);

const page = document.getElementById("page");
let frame = null, shown = null, leave = () => {};

function themeButton() {
  const button = element("button.small", { type: "button", onclick: () => chooseTheme(isDark() ? "light" : "dark") });
  const name = () => (button.textContent = t(isDark() ? "theme.light" : "theme.dark"));
  onColours(name);
  name();
  return button;
}

function makeFrame() {
  const links = new Map();
  const main = element("main", { id: "main", tabindex: "-1" });
  const menu = element("button.menu", { type: "button", "aria-expanded": "false", "aria-controls": "nav", onclick: () => open(!nav.classList.contains("open")) }, t("nav.menu"));
  const open = (is) => {
    nav.classList.toggle("open", is);
    menu.setAttribute("aria-expanded", is);
  };
  const nav = element("nav.nav", { id: "nav", "aria-label": t("nav.label") }, element("ul", {}, groups.map(([group, names]) => element("li", {},
    element("h2", {}, t(`nav.${group}_group`)),
    element("ul", {}, names.filter((name) => name !== "try" || mayTry()).map((name) => {
      links.set(name, element("a", { href: addressOf(name) }, t(`nav.${name}`)));
      return element("li", {}, links.get(name));
    }))))));
  const skip = element("a.skip", { href: "#main", onclick: (event) => {
    event.preventDefault();
    main.querySelector("h1")?.focus();
  } }, t("nav.skip"));
  const top = element("header.top", {}, element("a.brand", { href: addressOf("overview") }, element("img", { src: "icon.svg", alt: "" }), t("brand")),
    menu, element("span.grow"), element("span.who", {}, t("nav.who", { name: session.name, role: t(`role.${session.role}`) })), themeButton(),
    element("button.small", { type: "button", onclick: logOut }, t("nav.log_out")));
  page.replaceChildren(element("div.frame", {}, skip, top, nav, main));
  return { main, links, close: () => open(false) };
}

function logOut() {
  forgetToken();
  show();
}

function markCurrent(view, query) {
  for (const [name, link] of frame.links) {
    link.href = addressOf(name, timed.has(name) ? shared(query) : undefined);
    if (name === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function showLogIn() {
  leave();
  frame = null;
  shown = null;
  document.title = t("title", { view: t("log_in.title"), brand: t("brand") });
  page.replaceChildren(logInView(show));
  page.querySelector("input").focus();
}

async function knowUser() {
  if (session.name) return;
  Object.assign(session, await get("/v1/me"));
}

async function show() {
  if (!token()) return showLogIn();
  const { view: asked, query } = readAddress();
  const view = asked in views ? asked : "overview";
  leave();
  const controller = new AbortController();
  const leaving = [() => controller.abort()];
  leave = () => leaving.forEach((each) => each());
  try {
    await knowUser();
    frame ??= makeFrame();
    const isNew = shown !== view;
    shown = view;
    frame.close();
    markCurrent(view, query);
    await showView(view, query, isNew, { signal: controller.signal, onLeave: (what) => leaving.push(what), again: show });
  } catch (error) {
    if (error.name === "AbortError") return;
    if (error instanceof ApiError && error.status === 401) {
      forgetToken();
      showLogIn();
      page.querySelector("form").before(failure(new ApiError(0, t("log_in.ended"))));
      return;
    }
    if (!(error instanceof ApiError)) console.error(error);
    if (!frame) page.replaceChildren(failure(error));
    else frame.main.append(failure(error));
  }
}

async function showView(view, query, isNew, means) {
  const address = location.hash;
  const heading = element("h1", { tabindex: "-1" }, t(`nav.${view}`));
  document.title = t("title", { view: t(`nav.${view}`), brand: t("brand") });
  frame.main.setAttribute("aria-busy", "true");
  if (isNew) {
    frame.main.replaceChildren(heading, element("p.loading", {}, t("loading")));
    heading.focus();
    scrollTo(0, 0);
  }
  let parts;
  try {
    parts = await views[view](query, means);
  } catch (error) {
    if (error.name === "AbortError" || error.status === 401) throw error;
    if (!(error instanceof ApiError)) console.error(error);
    parts = [failure(error)];
  }
  if (means.signal.aborted) return;
  keepFocus(() => frame.main.replaceChildren(element("div.heading", {}, heading), ...[parts].flat(3).filter(Boolean)));
  if (isNew) heading.focus();
  frame.main.removeAttribute("aria-busy");
  frame.main.dataset.address = address;  // which is shown now
  drawCharts();
  announce(t("shown", { view: t(`nav.${view}`) }));
}

/** What had the keyboard has it again, where it is there again: known by its label. */
function keepFocus(change) {
  const nameOf = (one) => one?.getAttribute?.("aria-label") ?? one?.labels?.[0]?.textContent ?? null;
  const before = document.activeElement, name = nameOf(before), tag = before?.tagName;
  change();
  if (document.activeElement !== document.body || !name) return;
  [...document.querySelectorAll(tag)].find((one) => nameOf(one) === name)?.focus();
}

startTheme(true);
addEventListener("hashchange", show);
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((details) => (details.open = false)));
show();
