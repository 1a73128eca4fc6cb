// What the browser keeps: the operations that were run, and the language. Works without where storage is refused.

const MOST = 30;

function read(key, fallback) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? fallback;
  } catch {
    return fallback;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or refused: this visit works all the same.
  }
}

let runs = read("gongzhi.history", []);
if (!Array.isArray(runs)) runs = [];

/** What was run, the latest first, as {operation, variables}. */
export function history() {
  return runs;
}

/** Keep a run, at the top; never its headers. */
export function remember(operation, variables) {
  const same = (run) => run.operation === operation && run.variables === variables;
  runs = [{ operation, variables }, ...runs.filter((run) => !same(run))].slice(0, MOST);
  write("gongzhi.history", runs);
}

/** Forget every run. */
export function forget() {
  runs = [];
  write("gongzhi.history", runs);
}

/** The language that was chosen, else the browser's: zh or en. */
export function language() {
  const chosen = read("gongzhi.language", null);
  if (chosen === "zh" || chosen === "en") return chosen;
  return navigator.languages.some((each) => each.toLowerCase().startsWith("zh")) ? "zh" : "en";
}

/** Keep the chosen language. */
export function choose(value) {
  write("gongzhi.language", value);
}
