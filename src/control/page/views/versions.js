// Versions of the rules, what changed between two, and the way back.
import { get, post } from "../api.js";
import { changed, go } from "../address.js";
import { confirmed } from "../dialog.js";
import { announce, choice, element } from "../dom.js";
import { difference } from "../difference.js";
import { failure, partOf, success } from "../notice.js";
import { mayCompare, mayRollBack } from "../session.js";
import { dataTable } from "../table.js";
import { t } from "../text.js";
import { tags } from "../verdict.js";

let said = null;  // what the appliance said of the last way back, until it was shown

const nameOfVersion = (version) => (version === 0 ? t("versions.folder") : t("versions.bundle", { version }));

async function rollBack(version, place, again) {
  const yes = await confirmed({ title: t("versions.roll_back"), text: t("versions.sure", { version: nameOfVersion(version) }), yes: t("versions.roll_back_yes") });
  if (!yes) return;
  try {
    said = (await post("/v1/rules/rollback", { to: version })).said ?? t("versions.done");
    announce(said);
    again();
  } catch (error) {
    place.replaceChildren(failure(error));
  }
}

function versionTable(known, place, query, again) {
  const columns = [
    { name: "version", kind: "text", show: (version) => nameOfVersion(version) },
    { name: "in_force", kind: "text", show: (is) => (is ? tags([t("versions.in_force")], "good") : "") },
    { name: "ruleset", kind: "text", short: true }, { name: "rules", kind: "count" }, { name: "created", kind: "time" }, { name: "signed_by", kind: "text" },
  ];
  const rows = known.versions.map((version) => columns.map((column) => version[column.name] ?? null));
  const actions = (row) => {
    if (row[1]) return null;
    const version = row[0];
    return element("span.buttons.together", {},
      known.in_force === null || !mayCompare() ? null : element("button.small", { type: "button", "aria-label": t("versions.compare_of", { version: nameOfVersion(version) }),
        onclick: () => go("versions", changed(query, { from: String(known.in_force), to: String(version) })) }, t("versions.compare")),
      mayRollBack() ? element("button.small", { type: "button", "aria-label": t("versions.roll_back_to", { version: nameOfVersion(version) }),
        onclick: () => rollBack(version, place, again) }, t("versions.roll_back")) : null);
  };
  return dataTable({ caption: t("versions.table"), columns, rows, actions, file: "tollgate-rule-versions" });
}

export async function versionsView(query, { signal, again }) {
  const place = element("div");
  const known = await get("/v1/rules", {}, signal);
  const versions = known.versions.map((version) => String(version.version));
  const from = query.get("from"), to = query.get("to");
  const chosen = versions.length < 2 || !mayCompare() ? null : element("div.bar", {}, ["from", "to"].map((name, i) => choice(t(`versions.${name}`),
    [["", t("versions.choose")], ...versions.map((version) => [version, nameOfVersion(Number(version))])], query.get(name) ?? "", (value) => go("versions", changed(query, { [name]: value })))));
  const shown = from && to ? await partOf(async () => difference(await get("/v1/rules/difference", { from, to }, signal))) : element("p.muted", {}, t("versions.help"));
  if (said) place.append(success(said));
  said = null;
  const table = versionTable(known, place, query, again);
  return !mayCompare() ? [place, table] : [place, table, element("h2", {}, t("versions.differences")), chosen, shown];
}
