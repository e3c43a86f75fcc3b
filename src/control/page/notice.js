// What went wrong, or well.
import { element } from "./dom.js";
import { t } from "./text.js";

export function failure(error) {
  return element("div.notice.bad", { role: "alert" }, element("p", {}, error.status === 403 ? t("error.role", { text: error.message }) : error.message));
}

export function success(text) {
  return element("div.notice.good", { role: "status" }, element("p", {}, text));
}

/** What `make` gives, or why it could not: one part of a view that fails leaves the others. */
export async function partOf(make) {
  try {
    return await make();
  } catch (error) {
    if (error.name === "AbortError" || error.status === 401) throw error;
    return failure(error);
  }
}
