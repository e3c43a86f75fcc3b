// What the tests need of a browser: a page in Chromium whose every request and every complaint is watched.
"use strict";
const fs = require("fs");
const path = require("path");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const folder = process.env.SCREENSHOTS;

async function launch() {
  // Root has no sandbox; and what is tried here comes from this machine alone.
  return chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
}

/** A page of its own, and what went wrong in it. `expected` may name statuses of answers that a test asks for. */
async function open(browser, { base, expected = [], ...options }) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, acceptDownloads: true, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    if (expected.some((status) => message.text().includes(`status of ${status}`))) return;
    faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.stack}`));
  const host = new URL(base).host;
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.host !== host && !["blob:", "data:"].includes(url.protocol)) faults.push(`asked another host: ${request.url()}`);
  });
  return { context, page, faults };
}

/** Until the view is there. */
async function ready(page) {
  await page.waitForFunction(() => {
    const main = document.querySelector(".frame main");
    return main && main.dataset.address === location.hash && !main.hasAttribute("aria-busy");
  });
}

async function logIn(page, base, token) {
  await page.goto(`${base}/`);
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Log in" }).click();
  await ready(page);
}

async function show(page, base, view) {
  await page.goto(`${base}/#/${view}`);
  await ready(page);
}

async function picture(page, name) {
  if (!folder) return;
  fs.mkdirSync(folder, { recursive: true });
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}

/** What axe finds that is serious or critical, in words. */
async function barriers(page) {
  await page.evaluate(`${axe}; undefined`);  // by the debugger: no policy of the page has to let it in
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, impact, help, nodes }) => `${id} (${impact}): ${help}: ${nodes.slice(0, 3).map((node) => node.html).join(" ")}`);
}

/** What is wider than the window. */
async function tooWide(page) {
  return page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    return [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > room + 1 && !one.closest(".scroll"))
      .slice(0, 5).map((one) => `${one.tagName}.${one.className}`);
  });
}

/** What a click saves. Chromium drops every eleventh file of a page that saves so many within seconds: then once more. */
async function download(page, click) {
  for (let tries = 3; ; --tries) {
    try {
      const [file] = await Promise.all([page.waitForEvent("download", { timeout: 10000 }), click()]);
      return { name: file.suggestedFilename(), text: fs.readFileSync(await file.path(), "utf8") };
    } catch (error) {
      if (tries === 1 || error.name !== "TimeoutError") throw error;
    }
  }
}

module.exports = { launch, open, ready, logIn, show, picture, barriers, tooWide, download };
