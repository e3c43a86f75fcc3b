// What the appliance answers.
import { token } from "./session.js";
import { t } from "./text.js";

const mostReports = 2;  // at once: as many as the appliance makes for all who ask
const mostAsks = 30;

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

/** In how many seconds somebody who is turned away may ask again; 0: no better then. */
const retryAfter = (response) => (response.status === 503 ? Number(response.headers.get("Retry-After")) || 0 : 0);

async function answerTo(path, { body, signal } = {}) {
  const options = { headers: { Authorization: `Bearer ${token()}` }, cache: "no-store", signal };
  if (body !== undefined) {
    options.method = "POST";
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  for (let asked = 1; ; ++asked) {
    try {
      response = await fetch(path, options);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new ApiError(0, t("error.unreachable"));
    }
    const seconds = body === undefined ? retryAfter(response) : 0;
    if (seconds === 0 || asked === mostAsks) break;
    await new Promise((go) => setTimeout(go, 1000 * seconds));
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

const withQuery = (path, query) => {
  const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== ""));
  return given.size > 0 ? `${path}?${given}` : path;
};

let reports = 0;
const waiting = [];

/** A view asks for several at once, of which the appliance would turn some away. */
async function inTurn(ask) {
  while (reports >= mostReports) await new Promise((go) => waiting.push(go));
  ++reports;
  try {
    return await ask();
  } finally {
    --reports;
    waiting.shift()?.();
  }
}

export async function get(path, query = {}, signal) {
  const ask = async () => (await answerTo(withQuery(path, query), { signal })).json();
  return path === "/v1/report" ? inTurn(ask) : ask();
}

export async function getText(path, query = {}, signal) {
  return (await answerTo(withQuery(path, query), { signal })).text();
}

export async function post(path, body, signal) {
  return (await answerTo(path, { body, signal })).json();
}
