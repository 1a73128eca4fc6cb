// Sending an operation, and showing the answer.

import { element } from "./dom.js";

const PART = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d[\d.eE+-]*/g;
const MOST_COLOURED = 200000;

/** Headers from lines of `Name: value`; a line that is a token alone is sent as a bearer token. */
export function headersOf(text) {
  const headers = {};
  for (const line of text.split("\n").map((each) => each.trim()).filter((each) => each !== "")) {
    const [, name, value] = /^([\w-]+)\s*:\s*(.+)$/.exec(line) ?? [null, "Authorization", line];
    const bare = name.toLowerCase() === "authorization" && !/\s/.test(value);
    headers[name] = bare ? `Bearer ${value}` : value;
  }
  return headers;
}

/** The answer as {status, milliseconds, bytes, text}; what cannot be sent throws. */
export async function send(operation, variables, operationName, headers) {
  const body = { query: operation, variables };
  if (operationName) body.operationName = operationName;
  const started = performance.now();
  const response = await fetch("graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json", ...headers },
    body: JSON.stringify(body),
  });
  const received = await response.text();
  const milliseconds = Math.round(performance.now() - started);
  return { status: response.status, milliseconds, bytes: new Blob([received]).size, text: formatted(received) };
}

function formatted(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Put JSON into an element, its keys, texts and words marked; very large answers stay plain. */
export function show(target, text) {
  if (text.length > MOST_COLOURED) {
    target.textContent = text;
    return;
  }
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(PART)) {
    const [whole, string, colon] = match;
    parts.push(text.slice(end, match.index));
    const kind = string === undefined ? "word" : colon === undefined ? "text" : "key";
    parts.push(element("span", { class: kind }, whole));
    end = match.index + whole.length;
  }
  target.replaceChildren(...parts, text.slice(end));
}
