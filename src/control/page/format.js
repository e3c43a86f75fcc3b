// Figures as people read them.
import { language, t } from "./text.js";

const counts = new Intl.NumberFormat(language);
const short = new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: 3 });
const rates = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const percentsOfColumn = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const percents = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 2 });

const millionths = 1e6;
const fewestDigits = 2;
const mostDigits = 6;

export const none = "–";

export function formatCount(value) {
  return counts.format(value);
}

/** For axes, where room is small. */
export function formatShort(value) {
  return short.format(value);
}

export function formatPercent(value) {
  return t("format.percent", { value: percents.format(value) });
}

/** How many digits behind the point all of these amounts need. */
export function digitsOf(amounts) {
  let digits = fewestDigits;
  for (const amount of amounts) {
    while (digits < mostDigits && Math.abs(amount) % 10 ** (mostDigits - digits) !== 0) ++digits;
  }
  return digits;
}

/** An amount in millionths. */
export function formatAmount(amount, digits = fewestDigits) {
  return (amount / millionths).toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function formatMoney(amount, currency, digits = digitsOf([amount])) {
  return t("format.money", { amount: formatAmount(amount, digits), currency });
}

const beforeMidnight = 3 * 3600e3;
let dayOf = (text) => text.slice(0, 10);

/**
 * Days of reports begin at midnight by the clocks of this zone, and have the date that it has then. One in which there was nothing is
 * reckoned from another, and may begin an hour too early or too late where clocks were set.
 */
export function useZone(zone) {
  if (!zone) return;
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  dayOf = (text) => parts.format(new Date(Date.parse(text) + beforeMidnight));
}

/** 2026-11-01T14:00:00Z, as far as a step of this length makes it worth reading. */
export function formatTime(text, step) {
  const found = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(:\d{2})?/.exec(text);
  if (!found) return text;
  if (step === "day") return dayOf(text);
  return step === undefined ? `${found[1]} ${found[2]}${found[3] ?? ""}` : `${found[1]} ${found[2]}`;
}

/** The time of day alone, where all that is shown is of now. */
export function formatClock(text) {
  return /T(\d{2}:\d{2}:\d{2})/.exec(text)?.[1] ?? text;
}

export function formatSeconds(seconds) {
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, length] = units.find(([, each]) => seconds >= each) ?? units.at(-1);
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(Math.floor(seconds / length));
}

export function formatRate(value) {
  return t("format.rate", { value: value < 10 ? rates.format(value) : counts.format(Math.round(value)) });
}

/** One figure of a report, by the kind of its column. */
export function formatCell(value, column, step) {
  if (value === null || value === undefined || value === "") return none;
  switch (column.kind) {
    case "count": return formatCount(value);
    case "percent": return t("format.percent", { value: percentsOfColumn.format(value) });
    case "money": return value === 0 ? "0" : formatAmount(value, column.digits);
    case "time": return formatTime(value, column.name === "time" ? step : undefined);
    default: return value === "(others)" ? t("series.others") : String(value);
  }
}
