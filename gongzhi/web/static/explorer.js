// The documentation: a list of types to search, and one type with its fields.

import { both, element } from "./dom.js";
import { namedType } from "./sdl.js";

const MOST_FOUND = 60;

/** Shows the types in `panel`; moving between them keeps a way back. */
export function explorer(panel, types) {
  const visited = [];
  const search = element("input", { type: "search", id: "find", oninput: () => show() });
  const label = element("label", { for: "find" }, ...both("查找类型或字段", "Find a type or field"));
  const body = element("div", { tabindex: "-1" });
  panel.replaceChildren(label, search, body);

  function visit(name) {
    visited.push(name);
    search.value = "";
    show();
    panel.scrollTop = 0;
    body.focus({ preventScroll: true });
  }

  function back() {
    visited.pop();
    show();
    body.focus({ preventScroll: true });
  }

  function show() {
    const words = search.value.trim().toLowerCase();
    const current = types.get(visited.at(-1));
    if (words !== "") body.replaceChildren(...found(types, words, visit));
    else if (current) body.replaceChildren(backTo(visited.at(-2), back), ...page(current, types, visit));
    else body.replaceChildren(...overview(types, visit));
  }

  show();
}

function backTo(name, back) {
  const target = name ? [`← ${name}`] : both("← 全部类型", "← All types");
  return element("button", { type: "button", class: "link", onclick: back }, ...target);
}

function overview(types, visit) {
  return [...types.values()].map((type) => row(type.name, type.kind, () => visit(type.name)));
}

function row(title, note, onclick) {
  return element("button", { type: "button", class: "row", onclick }, title, element("small", {}, note));
}

function found(types, words, visit) {
  const rows = [];
  for (const type of types.values()) {
    if (type.name.toLowerCase().includes(words)) rows.push(row(type.name, type.kind, () => visit(type.name)));
    for (const member of [...type.fields, ...type.values]) {
      if (member.name.toLowerCase().includes(words)) {
        rows.push(row(`${type.name}.${member.name}`, member.description, () => visit(type.name)));
      }
    }
  }
  return rows.length > 0 ? rows.slice(0, MOST_FOUND) : [element("p", {}, ...both("没有找到", "Nothing found"))];
}

function page(type, types, visit) {
  const related = [...type.interfaces, ...type.members].map((name) => element("p", {}, linked(name, types, visit)));
  const members = [...type.fields, ...type.values].flatMap((member) => described(member, types, visit));
  return [
    element("h3", {}, type.name),
    element("p", {}, type.description),
    ...related,
    element("dl", {}, ...members),
  ];
}

function described(member, types, visit) {
  const type = member.type === "" ? [] : [": ", linked(member.type, types, visit)];
  const needs = member.requires === "" ? null : element("span", { class: "needs" }, ...both("需要 ", "needs "), member.requires);
  const old = member.deprecated === "" ? null : element("p", { class: "needs" }, ...both("弃用：", "Deprecated: "), member.deprecated);
  const args = member.args.map((argument) => element("li", {}, ...signature(argument, types, visit)));
  return [
    element("dt", {}, member.name, ...type),
    element("dd", {}, element("p", {}, member.description), needs, old, args.length > 0 ? element("ul", { class: "arguments" }, ...args) : null),
  ];
}

function signature(argument, types, visit) {
  const fallback = argument.fallback === null || argument.fallback === "null" ? "" : ` = ${argument.fallback}`;
  return [element("code", {}, `${argument.name}: `, linked(argument.type, types, visit), fallback), ` ${argument.description}`];
}

function linked(type, types, visit) {
  const name = namedType(type);
  if (!types.has(name)) return document.createTextNode(type);
  return element("button", { type: "button", class: "link", onclick: () => visit(name) }, type);
}
