// Tables as files.

/** What a spreadsheet would take for a formula is told to be text: senders of messages choose their names. */
function cell(value) {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

export function csvOf(columns, rows) {
  const lines = [columns.map((column) => column.name), ...rows];
  return lines.map((line) => line.map(cell).join(",") + "\r\n").join("");
}

export function jsonOf(columns, rows) {
  const objects = rows.map((row) => Object.fromEntries(columns.map((column, i) => [column.name, row[i] ?? null])));
  return `${JSON.stringify(objects, null, 1)}\n`;
}

export function save(name, media, text) {
  const address = URL.createObjectURL(new Blob([text], { type: media }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
