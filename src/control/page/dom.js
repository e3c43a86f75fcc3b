// Elements. Text that comes from messages is only ever text: nothing here reads HTML.

/** element("a.link", {href: "#"}, "text", otherElement): classes behind the name, then attributes, then what is in it. */
export function element(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length > 0) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

let given = 0;

/** An id that no other element has. */
export function freshId() {
  return `id-${++given}`;
}

/** A field with its label. `make` gets the id that the label names. */
export function labelled(label, make) {
  const id = freshId();
  return element("div.field", {}, element("label", { for: id }, label), make(id));
}

export function choice(label, options, chosen, change) {
  return labelled(label, (id) =>
    element("select", { id, onchange: (event) => change(event.target.value) },
      options.map(([value, text]) => element("option", { value, selected: value === chosen }, text))));
}

const spoken = () => document.getElementById("spoken");

/** Says something to who listens to the page. */
export function announce(text) {
  const place = spoken();
  if (place) place.textContent = text;
}
