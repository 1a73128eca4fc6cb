// The console: wires the editor, the answer and the side panels together.

import { both, element } from "./dom.js";
import { explorer } from "./explorer.js";
import { operationNames, prettify } from "./graphql.js";
import * as memory from "./memory.js";
import { headersOf, send, show } from "./request.js";
import { readSchema } from "./sdl.js";

const FIRST = "search";
const at = (id) => document.getElementById(id);
const editor = { operation: at("operation"), variables: at("variables"), headers: at("headers") };

function say(zh, en, wrong = false) {
  at("status").replaceChildren(...both(zh, en));
  at("status").classList.toggle("wrong", wrong);
}

function open(operation, variables) {
  editor.operation.value = operation;
  editor.variables.value = variables;
  offerNames();
}

/** Let people choose where a document has several operations. */
function offerNames() {
  let names = [];
  try {
    names = operationNames(editor.operation.value);
  } catch {
    // While somebody types, the document need not make sense.
  }
  const chosen = at("name").value;
  at("name").replaceChildren(...names.map((name) => element("option", { selected: name === chosen }, name)));
  at("choice").hidden = names.length < 2;
}

function variablesOf(text) {
  if (text.trim() === "") return {};
  const value = JSON.parse(text);
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Error("{…}");
  return value;
}

async function run() {
  const operation = editor.operation.value;
  let variables;
  try {
    variables = variablesOf(editor.variables.value);
  } catch (error) {
    say(`变量不是 JSON 对象：${error.message}`, `The variables are no JSON object: ${error.message}`, true);
    editor.variables.focus();
    return;
  }
  say("正在运行……", "Running…");
  at("result").setAttribute("aria-busy", "true");
  try {
    const answer = await send(operation, variables, at("choice").hidden ? "" : at("name").value, headersOf(editor.headers.value));
    show(at("result"), answer.text);
    at("result").scrollTop = 0;
    if (matchMedia("(max-width: 64rem)").matches) at("answer").scrollIntoView();
    say(...Array(2).fill(`${answer.status} · ${answer.milliseconds} ms · ${(answer.bytes / 1000).toFixed(1)} kB`), answer.status >= 400);
  } catch (error) {
    say(`没有应答：${error.message}`, `No answer: ${error.message}`, true);
  }
  at("result").removeAttribute("aria-busy");
  memory.remember(operation, editor.variables.value);
  listHistory();
}

function layOut() {
  try {
    editor.operation.value = prettify(editor.operation.value);
    const variables = variablesOf(editor.variables.value);
    if (Object.keys(variables).length > 0) editor.variables.value = JSON.stringify(variables, null, 2);
    say("", "");
  } catch (error) {
    say(`无法整理：第 ${error.message}`, `Cannot be laid out, line ${error.message}`, true);
  }
}

function listExamples(examples) {
  const rows = examples.map((example) =>
    element(
      "button",
      { type: "button", class: "row", "data-example": example.name, onclick: () => openExample(example) },
      ...both(example.title, example.titleEn),
      example.account === "" ? null : element("small", {}, example.account),
    ),
  );
  at("examples").replaceChildren(...rows);
}

function openExample(example, focus = true) {
  const variables = Object.keys(example.variables).length > 0 ? JSON.stringify(example.variables, null, 2) : "";
  open(example.text, variables);
  if (example.account !== "") say(`需要 ${example.account} 的令牌`, `Needs a token of ${example.account}`);
  else say("", "");
  editor.operation.scrollTop = 0;
  editor.operation.setSelectionRange(0, 0);
  if (focus) editor.operation.focus();
}

function listHistory() {
  const rows = memory.history().map((run) => {
    const line = run.operation.split("\n").find((each) => each.trim() !== "" && !each.startsWith("#")) ?? run.operation;
    const note = run.variables.replace(/\s+/g, " ");
    return element("button", { type: "button", class: "row", onclick: () => open(run.operation, run.variables) }, line, element("small", {}, note));
  });
  const clear = element("button", { type: "button", class: "quiet", onclick: clearHistory }, ...both("清除", "Clear"));
  at("history").replaceChildren(...(rows.length > 0 ? [...rows, clear] : [element("p", {}, ...both("还没有运行过", "Nothing was run yet"))]));
}

function clearHistory() {
  memory.forget();
  listHistory();
  at("tab-history").focus();
}

function select(tab) {
  for (const each of document.querySelectorAll('[role="tab"]')) {
    each.setAttribute("aria-selected", String(each === tab));
    each.tabIndex = each === tab ? 0 : -1;
    at(each.getAttribute("aria-controls")).hidden = each !== tab;
  }
}

function moveTab(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  const tabs = [...document.querySelectorAll('[role="tab"]')];
  const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
  select(next);
  next.focus();
}

function setLanguage(value) {
  document.documentElement.dataset.language = value;
  document.documentElement.lang = value === "zh" ? "zh-Hans" : "en";
}

async function load(address, read) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return read(response);
}

async function start() {
  const asked = new URLSearchParams(location.search);
  setLanguage(["zh", "en"].includes(asked.get("lang")) ? asked.get("lang") : memory.language());
  listHistory();
  try {
    const [examples, sdl] = await Promise.all([
      load("examples/operations.json", (response) => response.json()),
      load("schema.graphql", (response) => response.text()),
    ]);
    listExamples(examples);
    explorer(at("explorer"), readSchema(sdl));
    const first = examples.find((example) => example.name === (asked.get("example") ?? FIRST)) ?? examples[0];
    if (first !== undefined && editor.operation.value === "") openExample(first, false);
  } catch (error) {
    say(`无法载入示例和文档：${error.message}`, `Examples and documentation cannot be loaded: ${error.message}`, true);
  }
}

at("editor").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
at("editor").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
at("prettify").addEventListener("click", layOut);
editor.operation.addEventListener("input", offerNames);
at("language").addEventListener("click", () => {
  const next = document.documentElement.dataset.language === "zh" ? "en" : "zh";
  setLanguage(next);
  memory.choose(next);
});
for (const tab of document.querySelectorAll('[role="tab"]')) tab.addEventListener("click", () => select(tab));
document.querySelector('[role="tablist"]').addEventListener("keydown", moveTab);
start();
