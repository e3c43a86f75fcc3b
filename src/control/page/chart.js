// Draws a series with Chart.js, which is there before this: as `Chart`.
import { element, freshId } from "./dom.js";
import { formatAmount, formatCount, formatMoney, formatShort } from "./format.js";
import { tableOf } from "./series.js";
import { dataTable } from "./table.js";
import { t } from "./text.js";
import { colour, onColours } from "./theme.js";

const drawn = new Set();
const mostBarsOverTime = 48;
const narrow = 600;
const paperWidth = 690;  // of A4 between its margins
const sharpness = 2;  // dots a pixel at least: what is printed has more than a screen
const verdicts = new Set(["pass", "charge", "throttle", "divert", "block"]);

function colourOf(name, i) {
  return colour(verdicts.has(name) ? `--verdict-${name}` : `--series-${(i % 8) + 1}`);
}

const valueText = (shape, value) => {
  if (shape.measure.kind !== "money") return formatCount(value);
  return shape.currency ? formatMoney(value, shape.currency) : formatAmount(value);
};

function datasetOf(shape, one, i, stacked) {
  const area = shape.kind === "time" && shape.labels.length > mostBarsOverTime;
  const paint = shape.verdicts ? shape.labels.map((label, at) => colourOf(label, at)) : colourOf(one.name, i);
  const edge = colour("--surface");
  if (area) {
    return { label: one.label, data: one.values, borderColor: stacked ? edge : paint, backgroundColor: paint, fill: stacked ? (i === 0 ? "origin" : "-1") : false,
      borderWidth: stacked ? 0.5 : 2, pointRadius: 0, pointHitRadius: 8, tension: 0 };
  }
  // A bar of nothing takes no place beside the others.
  const values = shape.kind === "bars" && !stacked ? one.values.map((value) => value || null) : one.values;
  return { label: one.label, data: values, skipNull: true, backgroundColor: paint, borderColor: edge, borderWidth: shape.kind === "time" ? { top: 1 } : 0,
    maxBarThickness: shape.kind === "time" ? 40 : 18, categoryPercentage: 0.9, barPercentage: 0.92 };
}

function axes(shape, stacked) {
  const text = colour("--muted"), line = colour("--line");
  const values = { stacked, beginAtZero: true, grid: { color: line, borderDash: [], drawBorder: false }, border: { display: false },
    ticks: { color: text, maxTicksLimit: 6, callback: (value) => (shape.measure.kind === "money" ? formatShort(value / 1e6) : formatShort(value)) },
    title: { display: Boolean(shape.currency), text: shape.currency ?? "", color: text } };
  const longest = innerWidth < narrow ? 16 : 36;
  // A time has its day and its hour below each other; a long name is cut, and whole in the tip.
  const nameText = (i) => {
    const text = shape.texts[i];
    if (shape.kind === "time") return text.split(" ");
    return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  };
  const names = { stacked, grid: { display: false, drawBorder: true, borderColor: line },
    ticks: { color: text, callback: nameText, autoSkip: shape.kind === "time", maxRotation: 0, autoSkipPadding: 16 } };
  return shape.kind === "time" ? { x: names, y: values } : { x: values, y: names };
}

/** Room between the names of the series and the highest figure of the axis. */
const legendRoom = { id: "legendRoom", beforeInit(chart) {
  const { legend } = chart, fit = legend.fit;
  legend.fit = function fitWithRoom() {
    fit.call(this);
    if (this.options.display) this.height += 8;
  };
} };

function configOf(shape, stacked) {
  const area = shape.kind === "time" && shape.labels.length > mostBarsOverTime;
  return {
    type: area ? "line" : "bar",
    plugins: [legendRoom],
    data: { labels: shape.texts, datasets: shape.series.map((one, i) => datasetOf(shape, one, i, stacked)) },
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, devicePixelRatio: Math.max(sharpness, devicePixelRatio),
      indexAxis: shape.kind === "time" ? "x" : "y",
      interaction: { mode: "index", intersect: false, axis: shape.kind === "time" ? "x" : "y" },
      font: { family: getComputedStyle(document.body).fontFamily },
      scales: axes(shape, stacked),
      plugins: {
        legend: { display: shape.series.length > 1, position: "top", align: "start",
          labels: { color: colour("--text"), boxWidth: 11, boxHeight: 11, padding: 12 } },
        tooltip: { backgroundColor: colour("--tip"), titleColor: colour("--tip-text"), bodyColor: colour("--tip-text"), padding: 10, cornerRadius: 4,
          callbacks: { label: (item) => `${item.dataset.label}: ${valueText(shape, item.raw)}` } },
      },
    },
  };
}

function draw(one) {
  one.chart?.destroy();
  window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  window.Chart.defaults.font.size = 12;
  one.chart = new window.Chart(one.canvas, configOf(one.shape, one.stacked));
}

onColours(() => {
  for (const one of drawn) {
    if (one.canvas.isConnected) draw(one);
    else forget(one);
  }
});

/** A page of paper is narrower than most windows: what is drawn for these would be too small on it. */
addEventListener("beforeprint", () => {
  for (const { chart, canvas } of drawn) if (chart && canvas.isConnected) chart.resize(paperWidth, canvas.parentElement.clientHeight);
});
addEventListener("afterprint", () => {
  for (const { chart, canvas } of drawn) if (chart && canvas.isConnected) chart.resize();
});

function forget(one) {
  one.chart?.destroy();
  drawn.delete(one);
}

/** Each bar has as much room, whatever stands above and below them. */
function heightOfBars(shape) {
  const bar = 26, axis = 48, legend = 34, currency = 22;
  return shape.labels.length * bar + axis + (shape.series.length > 1 ? legend : 0) + (shape.currency ? currency : 0);
}

/** A chart, and behind it the table of the same figures. `parts`: its values add up to a whole. */
export function chartFigure({ title, shape, step, file, parts = true, withTable = true }) {
  const id = freshId();
  if (!shape) {
    return element("figure.panel.chart-figure", {}, element("figcaption", {}, title), element("p.empty", {}, t("table.empty")));
  }
  const canvas = element("canvas", { role: "img", "aria-label": t("chart.label", { title }), "aria-describedby": withTable ? id : null });
  const one = { canvas, shape, stacked: parts && !shape.mixed };
  const box = element(shape.kind === "time" ? "div.chart" : "div.chart.bars", {}, canvas);
  if (shape.kind === "bars") box.style.height = `${heightOfBars(shape)}px`;
  drawn.add(one);
  const table = withTable ? tableOf(shape, step) : null;
  return element("figure.panel.chart-figure", {}, element("figcaption", {}, title), box,
    table ? element("details", { id }, element("summary", {}, t("chart.figures")),
      dataTable({ caption: title, ...table, file, bare: true })) : null);
}

/** Draws the charts that came into the page, and forgets those that left it: before, a canvas has no size. */
export function drawCharts() {
  for (const one of drawn) {
    if (!one.canvas.isConnected) forget(one);
    else if (!one.chart) draw(one);
  }
}
