// What the appliance answers.
import { token } from "./session.js";
import { t } from "./text.js";

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function errorOf(response) {
  try {
    const { error } = await response.json();
    return new ApiError(response.status, t("error.api", { what: error.what, expected: error.expected }));
  } catch {
    return new ApiError(response.status, t("error.status", { status: response.status }));
  }
}

async function answerTo(path, { body, signal } = {}) {
  const options = { headers: { Authorization: `Bearer ${token()}` }, cache: "no-store", signal };
  if (body !== undefined) {
    options.method = "POST";
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, t("error.unreachable"));
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

const withQuery = (path, query) => {
  const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== ""));
  return given.size > 0 ? `${path}?${given}` : path;
};

export async function get(path, query = {}, signal) {
  return (await answerTo(withQuery(path, query), { signal })).json();
}

export async function getText(path, query = {}, signal) {
  return (await answerTo(withQuery(path, query), { signal })).text();
}

export async function post(path, body, signal) {
  return (await answerTo(path, { body, signal })).json();
}
