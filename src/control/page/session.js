// Whose token it is. It is kept as long as the window is open, and by nothing else.
const key = "tollgate.token";

export const session = { name: null, role: null };

export function token() {
  return sessionStorage.getItem(key);
}

export function keepToken(text) {
  sessionStorage.setItem(key, text);
}

export function forgetToken() {
  sessionStorage.removeItem(key);
  session.name = null;
  session.role = null;
}

export function mayRollBack() {
  return session.role === "security" || session.role === "admin";
}

export function mayTry() {
  return mayMark();
}

export function mayCompare() {
  return mayMark();
}

export function mayMark() {
  return ["analyst", "security", "admin"].includes(session.role);
}
