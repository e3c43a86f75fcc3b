// Light and dark. Without a choice the system's holds.
const root = document.documentElement;
const key = "tollgate.theme";
const watchers = new Set();

/** Calls `watcher` whenever the colours are others. */
export function onColours(watcher) {
  watchers.add(watcher);
}

function tell() {
  for (const watcher of watchers) watcher();
}

export function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export function useTheme(theme) {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  tell();
}

export function chooseTheme(theme) {
  localStorage.setItem(key, theme);
  useTheme(theme);
}

/** Takes what was chosen before, follows the system, and prints in light. */
export function startTheme(remembers) {
  if (remembers) useTheme(localStorage.getItem(key));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
  let chosen;
  addEventListener("beforeprint", () => {
    chosen = root.dataset.theme;
    useTheme("light");
  });
  addEventListener("afterprint", () => useTheme(chosen));
}

/** What a colour of the style sheet is now, such as "--accent". */
export function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
