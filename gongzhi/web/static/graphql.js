// GraphQL's text: tokens, laying an operation out, and the names of its operations.

const TOKEN =
  /[\s,\uFEFF]+|(#[^\n\r]*)|("""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n\r])*")|(\.\.\.|[!$&()[\]{}:=|@])|([_A-Za-z]\w*)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
const KINDS = ["comment", "string", "sign", "name", "number"];

/** Every token but blanks and commas, as {kind, text, line}. Throws an Error that names the line. */
export function tokens(text) {
  const found = [];
  let line = 1;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`${line}: ${text[start]}`);
    const kind = match.slice(1).findIndex((part) => part !== undefined);
    if (kind >= 0) found.push({ kind: KINDS[kind], text: match[0], line });
    line += match[0].split("\n").length - 1;
  }
  return found;
}

/** The names of a document's operations, in its order. */
export function operationNames(text) {
  const names = [];
  let depth = 0;
  let before = null;
  for (const token of tokens(text)) {
    if ("({[".includes(token.text)) depth += 1;
    else if (")}]".includes(token.text)) depth -= 1;
    else if (depth === 0 && token.kind === "name" && isOperation(before)) names.push(token.text);
    before = token;
  }
  return names;
}

function isOperation(token) {
  return token !== null && ["query", "mutation", "subscription"].includes(token.text);
}

/** The document with one field on a line, comments kept. Throws an Error where braces do not match. */
export function prettify(text) {
  const layout = new Layout(tokens(text));
  while (!layout.done()) layout.definition();
  return layout.text();
}

class Layout {
  constructor(all) {
    this.all = all;
    this.at = 0;
    this.lines = [];
    this.comments = [];
    this.skipComments();
  }

  done() {
    if (this.at < this.all.length) return false;
    this.flush(0);
    return true;
  }

  text() {
    return `${this.lines.join("\n")}\n`;
  }

  peek() {
    return this.all[this.at]?.text ?? "";
  }

  take() {
    if (this.at >= this.all.length) throw new Error(`${this.all.at(-1)?.line ?? 1}: …`);
    const token = this.all[this.at];
    this.at += 1;
    this.skipComments();
    return token.text;
  }

  skipComments() {
    while (this.all[this.at]?.kind === "comment") this.comments.push(this.all[this.at++].text);
  }

  flush(depth) {
    for (const comment of this.comments.splice(0)) this.lines.push("  ".repeat(depth) + comment);
  }

  definition() {
    if (")]}".includes(this.peek())) throw new Error(`${this.all[this.at].line}: ${this.peek()}`);
    if (this.lines.length > 0) this.lines.push("");
    this.flush(0);
    this.selected("", 0);
  }

  /** What stands before a selection set, on one line; then the set, if there is one. */
  selected(start, depth) {
    let line = start;
    let before = "";
    while (this.at < this.all.length && this.peek() !== "{" && this.peek() !== "}") {
      if (depth > 0 && before !== "" && this.beginsField(before)) break;
      const part = this.peek() === "(" ? this.arguments() : this.take();
      const spread = before === "..." && part !== "on" && part !== "@";
      line += (part === ":" || part.startsWith("(") || line === "" || spread || joins(before) ? "" : " ") + part;
      before = before === "..." && part === "on" ? "...on" : part;
    }
    if (this.peek() !== "{") {
      this.lines.push("  ".repeat(depth) + line);
      return;
    }
    this.take();
    this.lines.push(`${"  ".repeat(depth)}${line}${line === "" ? "" : " "}{`);
    while (this.peek() !== "}") {
      if (this.at >= this.all.length) this.take();
      this.flush(depth + 1);
      this.selected("", depth + 1);
    }
    this.flush(depth + 1);
    this.lines.push(`${"  ".repeat(depth)}}`);
    this.take();
  }

  /** Whether the next token is a field of its own: not an alias's name, a directive or a type condition. */
  beginsField(before) {
    if (joins(before) || before === ":" || before === "..." || before === "...on") return false;
    return this.peek() === "..." || this.all[this.at].kind === "name";
  }

  /** Everything between two brackets, on one line. */
  arguments() {
    let line = this.take();
    const close = { "(": ")", "[": "]", "{": "}" }[line];
    let before = line;
    while (this.peek() !== close) {
      const next = this.peek();
      const part = "([{".includes(next) ? this.arguments() : this.take();
      const tight = before === "(" || before === "[" || before === "{" || joins(before) || part === ":" || part === "!";
      const comma = !tight && before !== ":" && before !== "=" && part !== "=" && !part.startsWith("@");
      line += (comma ? ", " : tight ? "" : " ") + part;
      before = part;
    }
    return line + this.take();
  }
}

function joins(text) {
  return text === "$" || text === "@";
}
