// Reads the schema's SDL: every type with its fields, arguments, descriptions and the permission that a field needs.
// The SDL is there also where introspection is switched off, and only it tells which permissions are needed.

import { tokens } from "./graphql.js";

const ROOTS = ["Query", "Mutation", "Subscription"];

/** Type name -> {kind, name, description, interfaces, members, fields, values}, the roots first, then by name. */
export function readSchema(text) {
  const reader = new Reader(tokens(text).filter((token) => token.kind !== "comment"));
  const types = [];
  while (!reader.done()) {
    const type = reader.definition();
    if (type !== null) types.push(type);
  }
  const rank = (type) => (ROOTS.includes(type.name) ? ROOTS.indexOf(type.name) : ROOTS.length);
  types.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  return new Map(types.map((type) => [type.name, type]));
}

/** The named type inside of lists and non-nulls: `[Item!]!` -> `Item`. */
export function namedType(type) {
  return type.replace(/[[\]!]/g, "");
}

class Reader {
  constructor(all) {
    this.all = all;
    this.at = 0;
  }

  done() {
    return this.at >= this.all.length;
  }

  peek() {
    return this.all[this.at]?.text ?? "";
  }

  take() {
    if (this.done()) throw new Error("…");
    return this.all[this.at++].text;
  }

  accept(text) {
    if (this.peek() !== text) return false;
    this.at += 1;
    return true;
  }

  description() {
    if (this.all[this.at]?.kind !== "string") return "";
    const text = this.take();
    return text.startsWith('"""') ? block(text) : JSON.parse(text);
  }

  definition() {
    const description = this.description();
    const kind = this.take();
    if (kind === "directive" || kind === "schema") {
      this.skip();
      return null;
    }
    const type = { kind, description, name: this.take(), interfaces: [], members: [], fields: [], values: [] };
    if (this.accept("implements")) type.interfaces = this.names("&");
    this.directives();
    if (this.accept("=")) type.members = this.names("|");
    if (this.accept("{")) {
      while (!this.accept("}")) (kind === "enum" ? type.values : type.fields).push(this.field());
    }
    return type;
  }

  /** Past a definition that the explorer does not show: up to the next keyword at its own level. */
  skip() {
    let depth = 0;
    const begins = ["directive", "type", "interface", "union", "enum", "input", "scalar", "schema", "extend"];
    while (!this.done()) {
      const token = this.all[this.at];
      if (depth === 0 && (token.kind === "string" || begins.includes(token.text))) return;
      if ("({[".includes(token.text)) depth += 1;
      if (")}]".includes(token.text)) depth -= 1;
      this.at += 1;
    }
  }

  names(separator) {
    this.accept(separator);
    const found = [this.take()];
    while (this.accept(separator)) found.push(this.take());
    return found;
  }

  /** A field, an argument, a member of an input or a value of an enum. */
  field() {
    const field = { description: this.description(), name: this.take(), args: [], type: "", fallback: null };
    if (this.accept("(")) while (!this.accept(")")) field.args.push(this.field());
    if (this.accept(":")) field.type = this.type();
    if (this.accept("=")) field.fallback = this.value();
    const directives = this.directives();
    const needed = directives.requires;
    field.requires = needed ? `${needed.resource}:${needed.action}` : "";
    field.deprecated = directives.deprecated ? directives.deprecated.reason ?? "…" : "";
    return field;
  }

  type() {
    const inner = this.accept("[") ? `[${this.type()}` : this.take();
    const closed = inner.startsWith("[") && this.accept("]") ? `${inner}]` : inner;
    return this.accept("!") ? `${closed}!` : closed;
  }

  value() {
    const first = this.take();
    const close = { "[": "]", "{": "}" }[first];
    if (close === undefined) return first;
    const parts = [];
    while (!this.accept(close)) parts.push(this.value());
    return `${first}${parts.join(" ")}${close}`;
  }

  /** Name -> its arguments by name, strings without their quotes. */
  directives() {
    const found = {};
    while (this.accept("@")) {
      const given = {};
      found[this.take()] = given;
      if (this.accept("(")) {
        while (!this.accept(")")) {
          const name = this.take();
          this.accept(":");
          const value = this.value();
          given[name] = value.startsWith('"') ? JSON.parse(value) : value;
        }
      }
    }
    return found;
  }
}

/** A block string's text: its lines without the indentation that they share. */
function block(text) {
  const lines = text.slice(3, -3).replaceAll('\\"""', '"""').split(/\r?\n/);
  const indents = lines.slice(1).filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const common = Math.min(...indents, Infinity);
  return lines.map((line, index) => (index === 0 ? line : line.slice(common))).join("\n").trim();
}
