// What the page shows is in its address, so that a search or a service can be linked to and the back button works.

const DEFAULTS = { q: "", list: "", audience: "", channel: "", place: "", free: "", item: "", lang: "" };

/** The address's parameters; empty where they are not given. */
export function read() {
  const asked = new URLSearchParams(location.search);
  return Object.fromEntries(Object.keys(DEFAULTS).map((key) => [key, asked.get(key) ?? ""]));
}

/** The address of a state. */
export function address(state) {
  const given = Object.entries(state).filter(([, value]) => value !== "");
  return given.length > 0 ? `?${new URLSearchParams(given)}` : "./";
}

/** The language: the address's, else the one chosen before, else the browser's. */
export function language(state) {
  const known = ["zh", "en"];
  if (known.includes(state.lang)) return state.lang;
  const kept = stored();
  if (known.includes(kept)) return kept;
  return navigator.languages.some((each) => each.toLowerCase().startsWith("zh")) ? "zh" : "en";
}

/** Keep the chosen language. */
export function choose(value) {
  try {
    localStorage.setItem("gongzhi.example.language", value);
  } catch {
    // Storage is refused: the address keeps the language for this visit.
  }
}

function stored() {
  try {
    return localStorage.getItem("gongzhi.example.language");
  } catch {
    return null;
  }
}
