// The web page in a browser, against the stand-in or an appliance. Environment: BASE, its address; TOKENS, JSON of a token by role;
// EVENT, the id of a message that can be explained; FROM and TO, versions of the rules; REPORT, a report as an HTML file; SCREENSHOTS, a folder for pictures. Run by page_test.py.
"use strict";
const assert = require("assert");
const { launch, open, ready, logIn, show, picture, barriers, tooWide, download } = require("./browser.js");

const base = process.env.BASE;
const tokens = JSON.parse(process.env.TOKENS);
const event = process.env.EVENT;
const views = ["overview", "traffic", "senders", "accounts", "reports", "alerts", "rules", `versions?from=${process.env.FROM}&to=${process.env.TO}`, "marks", "tail", `message?id=${event}`, "try"];
const nameOf = (view) => view.split("?")[0];

const tests = {
  async every_view_can_be_read_by_everybody(browser) {
    for (const colorScheme of ["light", "dark"]) {
      const { page, faults, context } = await open(browser, { base, colorScheme, viewport: { width: 1280, height: 900 } });
      await page.goto(`${base}/`);
      await page.getByLabel("Token").waitFor();
      assert.deepStrictEqual(await barriers(page), []);
      await picture(page, `log_in-${colorScheme}`);
      await logIn(page, base, tokens.admin);
      for (const view of views) {
        await show(page, base, view);
        assert.strictEqual(await page.locator("main .notice.bad[role=alert]").count(), 0, `${view}: ${await page.locator("main").innerText()}`);
        if (nameOf(view) === "try") await tryMessage(page);
        if (nameOf(view) === "tail") await page.locator("tbody tr").first().waitFor();
        for (const summary of await page.locator("details > summary").all()) await summary.click();
        assert.deepStrictEqual(await barriers(page), [], `${view}, ${colorScheme}`);
        assert.deepStrictEqual(await tooWide(page), [], view);
        await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = false)));
        await picture(page, `${nameOf(view)}-${colorScheme}`);
      }
      assert.deepStrictEqual(faults, []);
      await context.close();
    }
  },

  async every_view_fits_a_window_of_320_pixels(browser) {
    const { page, faults, context } = await open(browser, { base, viewport: { width: 320, height: 640 } });
    await logIn(page, base, tokens.admin);
    for (const view of views) {
      await show(page, base, view);
      assert.deepStrictEqual(await tooWide(page), [], view);
      await picture(page, `${nameOf(view)}-320`);
    }
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("link", { name: "Senders" }).click();
    await ready(page);
    assert.strictEqual(await page.locator("h1").innerText(), "Senders");
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async charts_are_drawn_and_have_their_figures_in_a_table(browser) {
    const { page, faults, context } = await open(browser, { base });
    await logIn(page, base, tokens.viewer);
    const painted = await page.locator("canvas").evaluateAll((all) => all.map((canvas) =>
      canvas.width > 0 && canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((octet) => octet !== 0)));
    assert.ok(painted.length >= 2, `${painted.length} charts`);
    assert.ok(painted.every(Boolean), JSON.stringify(painted));
    await page.locator("summary").first().click();
    assert.ok(await page.locator("details[open] tbody tr").count() > 0);
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async a_click_on_a_row_filters_by_it_and_the_address_says_so(browser) {
    const { page, faults, context } = await open(browser, { base });
    await logIn(page, base, tokens.analyst);
    await page.getByRole("link", { name: "Traffic", exact: true }).click();
    await ready(page);
    await page.locator("section.table tbody th a").first().click();
    await page.locator(".chips li").waitFor();
    await ready(page);
    assert.match(page.url(), /#\/traffic\?.*where=verdict%3D\w+/);
    assert.match(page.url(), /by=label/);
    await page.locator("section.table tbody th a").first().click();
    await page.waitForFunction(() => document.querySelectorAll(".chips li").length === 2);
    await ready(page);
    const shown = await page.locator("section.table").innerText();
    const other = await context.newPage();  // a link in the hands of somebody else
    await logIn(other, base, tokens.analyst);
    await other.goto(page.url());
    await other.waitForFunction(() => document.querySelectorAll(".chips li").length === 2);
    await ready(other);
    assert.strictEqual(await other.locator("section.table").innerText(), shown);
    await page.locator(".chips button").first().click();
    await page.waitForFunction(() => document.querySelectorAll(".chips li").length === 1);
    await page.goBack();
    await page.waitForFunction(() => document.querySelectorAll(".chips li").length === 2);
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async time_step_group_and_filter_can_be_chosen(browser) {
    const { page, faults, context } = await open(browser, { base });
    await logIn(page, base, tokens.analyst);
    await show(page, base, "traffic");
    await page.getByLabel("Time", { exact: true }).selectOption({ label: "Last 7 days" });
    await page.waitForURL(/since=-7d/);
    await ready(page);
    await page.getByLabel("Step").selectOption({ label: "Day" });
    await page.waitForURL(/step=day/);
    await ready(page);
    await page.getByLabel("Group by").selectOption({ label: "Sender" });
    await page.waitForURL(/by=sender/);
    await ready(page);
    await page.getByLabel("Filter by").selectOption({ label: "Route" });
    await page.getByLabel("Is", { exact: true }).fill("international");
    await page.getByRole("button", { name: "Add filter" }).click();
    await page.waitForURL(/where=route%3Dinternational/);
    await ready(page);
    assert.match(await page.locator(".chips").innerText(), /Route: international/);
    await page.getByLabel("Time", { exact: true }).selectOption({ label: "From – until" });
    await page.getByLabel("From (UTC)").fill("2026-11-18T00:00");
    await page.getByLabel("Until (UTC)").fill("2026-11-19T00:00");
    await page.getByRole("button", { name: "Show" }).click();
    await page.waitForURL(/since=2026-11-18T00%3A00%3A00Z/);
    await ready(page);
    assert.strictEqual(await page.locator("main .notice.bad").count(), 0);
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async a_day_has_the_date_that_it_has_where_the_appliance_is(browser) {
    if (!process.env.STANDIN) return "its days may begin at midnight by UTC";
    const { page, faults, context } = await open(browser, { base });
    await logIn(page, base, tokens.viewer);
    await show(page, base, "traffic?since=-7d&step=day");
    await page.locator("summary").first().click();
    const days = await page.locator("details tbody th").allInnerTexts();
    assert.deepStrictEqual(days, [13, 14, 15, 16, 17, 18, 19, 20].map((day) => `2026-11-${day}`));  // each begins at 23:00 by UTC
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async every_filter_can_be_entered(browser) {
    const { page, faults, context } = await open(browser, { base });
    await logIn(page, base, tokens.analyst);
    await show(page, base, "traffic");
    const names = await page.getByLabel("Filter by").locator("option").evaluateAll((all) => all.map((option) => option.value));
    for (const name of ["operation", "origin", "state", "sender", "rule"]) assert.ok(names.includes(name), `${name} of ${names}`);
    for (const name of names) {
      await show(page, base, "traffic");
      await page.getByLabel("Filter by").selectOption(name);
      await page.getByLabel("Is", { exact: true }).fill("1");
      await page.getByRole("button", { name: "Add filter" }).click();
      await page.waitForURL(new RegExp(`where=${name}%3D1`));
      await ready(page);
      assert.strictEqual(await page.locator(".chips li").count(), 1, name);
      assert.strictEqual(await page.locator("main .notice.bad").count(), 0, `${name}: ${await page.locator("main").innerText()}`);
    }
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async tables_are_sorted_and_saved(browser) {
    const { page, faults, context } = await open(browser, { base });
    await logIn(page, base, tokens.admin);
    await show(page, base, "accounts");
    const table = page.locator("section.table").first();
    await table.getByRole("button", { name: "Balance", exact: true }).click();
    assert.strictEqual(await table.locator("th[aria-sort]").getAttribute("aria-sort"), "descending");
    const firstNames = await table.locator("tbody th").allInnerTexts();
    await table.getByRole("button", { name: "Balance", exact: true }).click();
    assert.strictEqual(await table.locator("th[aria-sort]").getAttribute("aria-sort"), "ascending");
    const arrows = await table.locator(".arrow").evaluateAll((all) => all.map((arrow) => getComputedStyle(arrow, "::before").content.replaceAll('"', "")));
    assert.deepStrictEqual([arrows.filter((arrow) => arrow === "↑").length, arrows.filter((arrow) => arrow === "↕").length], [1, arrows.length - 1]);
    assert.strictEqual(firstNames.length, await table.locator("tbody th").count());
    const csv = await download(page, () => table.getByRole("button", { name: "Save Balances as CSV" }).click());
    assert.strictEqual(csv.name, "tollgate-balances.csv");
    assert.match(csv.text, /^id,name,payment,status,balance,/);
    const json = await download(page, () => table.getByRole("button", { name: "Save Balances as JSON" }).click());
    const saved = JSON.parse(json.text);
    assert.strictEqual(saved.length, csv.text.trim().split("\r\n").length - 1);
    const balances = saved.map((account) => account.balance);
    assert.deepStrictEqual(balances, [...balances].sort((a, b) => a - b), "as it is shown");
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async whatever_a_view_has_is_saved(browser) {
    const { page, faults, context } = await open(browser, { base });
    await logIn(page, base, tokens.admin);
    for (const view of views) {
      await show(page, base, view);
      if (nameOf(view) === "try") await tryMessage(page);
      if (nameOf(view) === "tail") {
        await page.locator("tbody tr").first().waitFor();
        await page.getByRole("button", { name: "Pause" }).click();
      }
      for (const summary of await page.locator("main details > summary").all()) await summary.click();
      const tables = await page.locator("main section.table, main div.table").all();
      for (const table of tables) await savedTable(page, table, view);
      if (["message", "try"].includes(nameOf(view))) await savedMessage(page, view);
      else assert.ok(tables.length >= (nameOf(view) === "overview" ? 2 : 1), `${view}: ${tables.length} tables`);
    }
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async what_a_spreadsheet_would_run_is_saved_as_text(browser) {
    if (!process.env.STANDIN) return "an appliance has no such sender";
    const { page, context } = await open(browser, { base });
    await logIn(page, base, tokens.admin);
    await show(page, base, "senders");
    const { text } = await download(page, () => page.getByRole("button", { name: "Save Senders as CSV" }).click());
    assert.ok(text.includes("\r\n'=HYPERLINK(1),"), text);
    assert.ok(text.includes("</script><b>x"), text);
    await context.close();
  },

  async rules_are_rolled_back_after_a_question_by_the_keyboard(browser) {
    const { page, faults, context } = await open(browser, { base });
    await logIn(page, base, tokens.security);
    await show(page, base, "versions");
    const button = page.getByRole("button", { name: "Roll back to" }).first();
    const name = (await button.getAttribute("aria-label")).replace("Roll back to ", "");
    await button.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    assert.ok((await dialog.innerText()).includes(name));
    assert.deepStrictEqual(await barriers(page), []);
    await picture(page, "roll_back");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    const inForce = () => page.locator("tbody tr", { hasText: "in force" }).locator("th").innerText();
    const before = await inForce();
    assert.notStrictEqual(before, name);
    await button.focus();
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await page.keyboard.press("Tab");
    assert.strictEqual(await page.evaluate(() => document.activeElement.textContent), "Put in force");
    await page.keyboard.press("Enter");
    await page.locator(".notice.good").waitFor();
    assert.strictEqual(await inForce(), name);
    await page.getByRole("button", { name: `Roll back to ${before}` }).click();
    await page.getByRole("button", { name: "Put in force" }).click();
    await page.waitForFunction((text) => [...document.querySelectorAll("tbody tr")].some((row) => row.innerText.includes("in force") && row.innerText.startsWith(text)), before);
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async alerts_are_shown_with_their_state(browser) {
    if (!process.env.STANDIN) return "which stand is known of the stand-in alone";
    const { page, faults, context } = await open(browser, { base });
    await logIn(page, base, tokens.viewer);
    await page.getByRole("link", { name: "Alerts", exact: true }).click();
    await ready(page);
    const rows = await page.locator("section.table").first().locator("tbody tr").allInnerTexts();
    assert.match(rows.find((row) => row.startsWith("Leakage")), /Firing.*61\.5/s);
    assert.match(rows.find((row) => row.startsWith("Ledger")), /Quiet/);
    assert.match(await page.locator("section.table").last().innerText(), /Origin: bulk-gateway/);
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async who_may_not_roll_back_or_mark_has_no_button_for_it(browser) {
    const { page, faults, context } = await open(browser, { base });
    await logIn(page, base, tokens.viewer);
    await show(page, base, "versions");
    assert.strictEqual(await page.getByRole("button", { name: "Roll back" }).count(), 0);
    await show(page, base, "tail");
    await page.locator("tbody tr").first().waitFor();
    assert.strictEqual(await page.getByRole("button", { name: "Mark" }).count(), 0);
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async a_message_is_followed_from_the_live_view_and_marked(browser) {
    const { page, faults, context } = await open(browser, { base });
    await logIn(page, base, tokens.analyst);
    await show(page, base, "tail");
    await page.locator("tbody tr").first().waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Go on" }).waitFor();
    await page.getByRole("link", { name: /^Why/ }).first().click();
    await ready(page);
    assert.match(page.url(), /#\/message\?id=[0-9a-f]{32}/);
    assert.ok(await page.getByRole("region", { name: "Decision" }).or(page.locator("section[aria-label=Decision]")).first().isVisible());
    await page.getByRole("button", { name: "Mark as wrong" }).click();
    await page.getByLabel("What is wrong").selectOption("false_negative");
    await page.getByLabel("Rule (its number)").fill("1");
    await page.getByLabel("Note").fill("tried by a test");
    await page.getByRole("button", { name: "Mark", exact: true }).click();
    await page.locator(".notice.good").waitFor();
    await show(page, base, "marks");
    const marked = await page.locator("tbody tr", { hasText: "tried by a test" }).locator("td, th").allInnerTexts();
    assert.ok(marked.includes("1") && marked.some((text) => text.startsWith("False negative")), marked.join("|"));
    const { name } = await download(page, () => page.getByRole("button", { name: "Save as rule tests" }).click());
    assert.match(name, /\.yaml$/);
    await page.locator("tbody tr", { hasText: "tried by a test" }).getByRole("button", { name: "Remove" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.waitForFunction(() => !document.querySelector("main").innerText.includes("tried by a test"));
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async reports_that_are_turned_away_are_asked_for_again(browser) {
    const { page, faults, context } = await open(browser, { base, expected: [503] });
    let refused = 0, asked = 0, most = 0;
    await page.route("**/v1/report?*", async (route) => {
      if (++refused <= 2) return route.fulfill({ status: 503, headers: { "Retry-After": "1" }, json: { error: { what: "others", expected: "fewer" } } });
      most = Math.max(most, ++asked);
      const response = await route.fetch();
      await new Promise((go) => setTimeout(go, 100));  // as one that is long to make
      --asked;
      return route.fulfill({ response });
    });
    await logIn(page, base, tokens.viewer);
    assert.strictEqual(await page.locator("main .notice.bad[role=alert]").count(), 0, await page.locator("main").innerText());
    assert.ok(refused >= 5, `${refused} requests`);
    assert.strictEqual(most, 2);
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async numbers_that_are_tried_are_as_they_were_written(browser) {
    const { page, faults, context } = await open(browser, { base });
    await logIn(page, base, tokens.admin);
    await show(page, base, "try");
    await page.getByLabel("Text").fill("Your parcel waits");
    for (const [sender, address] of [["60123", "60123"], ["07700 900123", "07700900123"], ["+44 7700 900123", "+447700900123"], ["My Bank 24", "My Bank 24"]]) {
      await page.getByLabel("Sender: a number or a name").fill(sender);
      await page.getByLabel("Recipient").fill("+44 7700 900456");
      const request = page.waitForRequest("**/v1/try");
      await page.getByRole("button", { name: "Try" }).click();
      const asked = (await request).postDataJSON();
      assert.deepStrictEqual(asked.sender, { address });  // a type that is not given is found by the appliance
      assert.deepStrictEqual(asked.recipient, { address: "+447700900456" });
      await page.locator("section[aria-label=Decision]").waitFor();
    }
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async all_marks_are_shown_the_newest_first(browser) {
    const { page, faults, context } = await open(browser, { base });
    const all = Array.from({ length: 1101 }, (_, i) => ({ number: i + 1, made: "2026-11-19T09:00:00Z", event: "0".repeat(32), time: "2026-11-19T08:00:00Z",
      wrong: "false_positive", verdict: "block", rules: [2001], labels: [], sender: "PARCEL", note: `mark ${i + 1}`, by: "soc" }));
    await page.route(/\/v1\/marks(\?|$)/, (route) => {
      const query = new URL(route.request().url()).searchParams;
      const after = Number(query.get("after") ?? 0);
      return route.fulfill({ json: { marks: all.slice(after, after + Number(query.get("most") ?? 100)) } });
    });
    await logIn(page, base, tokens.admin);
    await show(page, base, "marks");
    assert.match(await page.locator("tbody tr").first().innerText(), /mark 1101/);
    const file = await download(page, () => page.getByRole("button", { name: "CSV" }).first().click());
    for (const number of [1, 1000, 1001, 1101]) assert.ok(file.text.includes(`mark ${number},`), `${number}`);
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async health_tells_of_sinks_alerts_and_reports(browser) {
    const { page, faults, context } = await open(browser, { base });
    await page.route("**/v1/status", async (route) => {
      const status = await (await route.fetch()).json();
      const sink = { sent: 9, lost: 0, waiting: 0, queued_octets: 0, spooled_octets: 0, refused: 0, refused_octets: 0, silent_seconds: 0 };
      status.sinks = [{ ...sink, name: "siem" }, { ...sink, name: "warehouse", error: "connection refused", lost: 7, refused: 3, waiting: 41 }];
      status.alerts = { standing: [{ alert: "Leakage" }, { alert: "Leakage" }, { alert: "Silence" }], left_out: 0, webhooks: {} };
      status.reports = { waiting: 0, lost: 12 };
      await route.fulfill({ json: status });
    });
    await logIn(page, base, tokens.viewer);
    const health = await page.getByRole("region", { name: "Health" }).innerText();
    for (const line of ["The sink warehouse does not take events: connection refused.", "The sink warehouse lost 7 events.",
      "3 events lie aside that the receiver of the sink warehouse does not take.", "Alerts are firing: Leakage, Silence.", "12 counts are missing in reports.",
      "41 events wait"]) assert.ok(health.includes(line), `${line} in: ${health}`);
    assert.ok(!health.includes("The sink siem"), health);
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async a_day_without_messages_has_its_own_date_after_clocks_were_set_back(browser) {
    const { page, faults, context } = await open(browser, { base });
    // London: midnight is 23:00 by UTC until 25 October, and 00:00 then. Nothing came on the 29th.
    const times = ["23T23", "24T23", "26T00", "27T00", "28T00", "30T00"].map((time) => `2026-10-${time}:00:00Z`);
    const columns = [["time", "time"], ["verdict", "text"], ["messages", "count"], ["parts", "count"]].map(([name, kind]) => ({ name, kind }));
    await page.route("**/v1/report?*", (route) => route.fulfill({ json: { name: "traffic", since: times[0], until: "2026-10-31T00:00:00Z", step: "day",
      by: ["time", "verdict"], time_zone: "Europe/London", columns, rows: times.map((time) => [time, "pass", 5, 5]), totals: [null, null, 30, 30], left_out: 0, notes: [] } }));
    await logIn(page, base, tokens.viewer);
    await show(page, base, "traffic?since=2026-10-24&until=2026-10-31&step=day");
    const days = await page.locator("figure, section").locator("details").first().locator("tbody th").evaluateAll((all) => all.map((one) => one.textContent));
    assert.deepStrictEqual(days, [24, 25, 26, 27, 28, 29, 30].map((day) => `2026-10-${day}`));
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async a_message_that_is_not_kept_is_told(browser) {
    const { page, faults, context } = await open(browser, { base, expected: [404] });
    await logIn(page, base, tokens.analyst);
    await show(page, base, "message");
    await page.getByLabel("Event id").fill("f".repeat(32));
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByRole("alert").waitFor();
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async text_of_messages_is_only_text(browser) {
    const { page, faults, context } = await open(browser, { base });
    await logIn(page, base, tokens.admin);
    await show(page, base, "try");
    await tryMessage(page, "<img src=x onerror=alert(1)><b>x</b>");
    assert.strictEqual(await page.locator("main b, main img").count(), 0);
    assert.match(await page.locator("main").innerText(), /<img src=x/);
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async light_and_dark_can_be_chosen_and_stay(browser) {
    const { page, faults, context } = await open(browser, { base, colorScheme: "light" });
    await logIn(page, base, tokens.viewer);
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByRole("button", { name: "Dark" }).click();
    assert.notStrictEqual(await ground(), light);
    await page.reload();
    await ready(page);
    assert.notStrictEqual(await ground(), light);
    await page.getByRole("button", { name: "Light" }).click();
    assert.strictEqual(await ground(), light);
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async everything_is_reached_by_the_keyboard_alone(browser) {
    const { page, faults, context } = await open(browser, { base });
    await page.goto(`${base}/`);
    await page.getByLabel("Token").waitFor();
    await page.keyboard.type(tokens.admin);
    await page.keyboard.press("Enter");
    await ready(page);
    const first = page.locator("a[href], button, input, select, [tabindex='0']").first();
    assert.strictEqual(await first.innerText(), "Skip to the content");
    await first.focus();
    await page.keyboard.press("Enter");
    assert.strictEqual(await page.evaluate(() => document.activeElement.tagName), "H1");
    for (const view of views) {
      await show(page, base, view);
      if (nameOf(view) === "tail") await page.getByRole("button", { name: "Pause" }).click();
      await page.locator("h1").focus();
      const wanted = await page.evaluate(() => [...document.querySelectorAll("main a[href], main button, main input, main select, main textarea, main summary, main [tabindex='0']")]
        .filter((one) => one.checkVisibility()).slice(0, 60).map((one, i) => (one.dataset.at = i)).length);
      const seen = new Set();
      for (let i = 0; i < wanted + 20 && seen.size < wanted; ++i) {
        await page.keyboard.press("Tab");
        const { at, visible } = await page.evaluate(() => ({ at: document.activeElement.dataset?.at, visible: document.activeElement.matches(":focus-visible") }));
        if (at !== undefined) seen.add(at);
        assert.ok(visible || at === undefined, view);
      }
      assert.strictEqual(seen.size, wanted, `${view}: what the keyboard reaches`);
    }
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async a_wrong_token_is_told_and_not_kept(browser) {
    const { page, faults, context } = await open(browser, { base, expected: [401, 429] });
    await page.goto(`${base}/`);
    await page.getByLabel("Token").fill("nobody");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("alert").waitFor();
    assert.strictEqual(await page.evaluate(() => sessionStorage.length + localStorage.length), 0);
    await logIn(page, base, tokens.viewer);
    assert.deepStrictEqual(await context.cookies(), []);
    assert.ok(!JSON.stringify(await page.evaluate(() => ({ ...localStorage }))).includes(tokens.viewer));
    assert.ok(!page.url().includes(tokens.viewer));
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByLabel("Token").waitFor();
    assert.strictEqual(await page.evaluate(() => sessionStorage.length), 0);
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async a_report_as_a_file_has_its_charts_and_asks_nobody(browser) {
    if (!process.env.REPORT) return "the stand-in makes no such file";
    const { page, faults, context } = await open(browser, { base: "file:///" });
    await page.goto(`file://${process.env.REPORT}`);
    await page.locator("canvas").first().waitFor();
    assert.ok(await page.locator("canvas").first().evaluate((canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some((octet) => octet !== 0)));
    assert.ok(await page.locator("tbody tr").count() > 0);
    assert.deepStrictEqual(await barriers(page), []);
    await picture(page, "report");
    assert.ok((await page.pdf({ format: "A4" })).length > 10000);
    await page.emulateMedia({ media: "print" });  // a head with a button in it is not repeated on further pages
    assert.strictEqual(await page.locator("thead button:visible").count(), 0);
    assert.ok((await page.locator("thead th").first().innerText()).length > 0);
    assert.deepStrictEqual(faults, []);
    await context.close();
  },

  async a_view_is_printed_light_and_without_what_is_clicked(browser) {
    const { page, faults, context } = await open(browser, { base, colorScheme: "dark" });
    await logIn(page, base, tokens.viewer);
    const pdf = await page.pdf({ format: "A4" });
    assert.ok(pdf.length > 10000);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.strictEqual(await page.locator("nav").isVisible(), false);
    assert.strictEqual(await page.getByRole("button", { name: "CSV" }).first().isVisible(), false);
    assert.strictEqual(await page.evaluate(() => getComputedStyle(document.querySelector(".panel")).backgroundColor), "rgb(255, 255, 255)");
    assert.deepStrictEqual(faults, []);
    await context.close();
  },
};

/** Both files of a table have what it shows. */
async function savedTable(page, table, view) {
  const what = `${view}: ${await table.locator("caption").innerText()}`;
  const shown = await table.locator("tbody tr").count();
  const heads = await table.locator("thead th").count();
  const csv = await download(page, () => table.getByRole("button", { name: "as CSV" }).click());
  assert.match(csv.name, /^tollgate-[\w-]+\.csv$/, what);
  const [names, ...lines] = rowsOf(csv.text);
  assert.strictEqual(lines.length, shown, what);
  assert.ok(names.length >= heads && names.every((name) => name.length > 0), `${what}: ${names}`);
  assert.ok(lines.every((line) => line.length === names.length), what);
  const json = await download(page, () => table.getByRole("button", { name: "as JSON" }).click());
  assert.match(json.name, /^tollgate-[\w-]+\.json$/, what);
  const saved = JSON.parse(json.text);
  assert.strictEqual(saved.length, shown, what);
  for (const row of saved) assert.deepStrictEqual(Object.keys(row), names, what);
}

/** Of CSV, as RFC 4180 has it. */
function rowsOf(text) {
  const rows = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|$)/gy;
  for (let found; cell.lastIndex < text.length && (found = cell.exec(text));) {
    rows.at(-1).push(found[1] === undefined ? found[2] : found[1].replace(/""/g, '"'));
    if (found[3] === "\r\n" && cell.lastIndex < text.length) rows.push([]);
  }
  return rows;
}

async function savedMessage(page, view) {
  const file = await download(page, () => page.getByRole("button", { name: "Save all that is known of it as JSON" }).click());
  assert.strictEqual(file.name, "tollgate-message.json");
  assert.strictEqual(JSON.parse(file.text).verdict, view === "try" ? JSON.parse(await page.locator("details pre").innerText()).verdict : "charge", view);
}

async function tryMessage(page, text = "Your parc3l waits") {
  await page.getByLabel("Text").fill(text);
  await page.getByLabel("Sender: a number or a name").fill("PARCEL");
  await page.getByRole("button", { name: "Try" }).click();
  await page.locator("section[aria-label=Decision]").waitFor();
}

(async () => {
  const browser = await launch();
  let number = 0, failed = 0;
  const chosen = process.argv.slice(2);
  for (const [name, test] of Object.entries(tests)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    ++number;
    try {
      const skipped = await test(browser);
      console.log(`ok ${number} - ${name}${skipped ? ` # SKIP ${skipped}` : ""}`);
    } catch (error) {
      ++failed;
      console.log(`not ok ${number} - ${name}`);
      console.log(String(error.stack).replace(/^/gm, "# "));
      for (const context of browser.contexts()) await context.close();
    }
  }
  console.log(`1..${number}`);
  await browser.close();
  process.exitCode = failed > 0 ? 1 : 0;
})();
