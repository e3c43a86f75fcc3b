// The view and its filters, as they stand in the address: #/traffic?since=-24h&by=verdict&where=country%3DGB
// so that a link shows somebody else the same.

export function readAddress(hash = location.hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  return { view: path || "overview", query: new URLSearchParams(query) };
}

export function addressOf(view, query = new URLSearchParams()) {
  const text = query.toString();
  return `#/${view}${text ? `?${text}` : ""}`;
}

/** The same query, with some of it otherwise; null takes a name away, an array gives it several times. */
export function changed(query, changes) {
  const made = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    made.delete(name);
    for (const one of Array.isArray(value) ? value : [value]) if (one !== null && one !== undefined && one !== "") made.append(name, one);
  }
  return made;
}

/** What all views of reports share: the time, and the filters. */
export function shared(query) {
  return changed(new URLSearchParams(), { since: query.get("since"), until: query.get("until"), step: query.get("step"), where: query.getAll("where") });
}

export function go(view, query) {
  location.hash = addressOf(view, query);
}
