// Making elements. Text goes in as text, never as HTML.

/** An element with properties (`class`, `aria-…`, `on…` handlers as functions) and children. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Both languages of a text, of which the style sheet shows one. */
export function both(zh, en) {
  return [element("span", { "data-in": "zh" }, zh), element("span", { "data-in": "en", lang: "en" }, en)];
}
