// What services look like. Text goes in as text, never as HTML.

import { label } from "./labels.js";
import { address } from "./state.js";
import { named, text } from "./texts.js";

/** An element with attributes (`on…` handlers as functions) and children; null children are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== ""));
  return made;
}

/** Options of a select from an enum of the API, after one for any. */
export function options(kind, members, chosen, language) {
  const all = [["", text(language, "any")], ...members.map((member) => [member, label(kind, member, language)])];
  return all.map(([value, shown]) => option(value, shown, chosen));
}

/** Options for a place: the whole district, each subdistrict, and its communities below it. */
export function placeOptions(start, chosen, language) {
  const groups = start.subdistricts.nodes.map((place) => {
    const below = start.communities.nodes.filter((each) => each.path.startsWith(`${place.path}/`));
    const shown = [place, ...below].map((each) => option(each.path, named(each, language), chosen));
    return element("optgroup", { label: named(place, language) }, shown);
  });
  return [option("", text(language, "anywhere"), chosen), ...groups];
}

function option(value, shown, chosen) {
  return element("option", value === chosen ? { value, selected: "" } : { value }, shown);
}

/** The choice between lists of services. */
export function listChoice(list, chosen, language) {
  const attributes = { type: "radio", name: "list", value: list.slug };
  const input = element("input", list.slug === chosen ? { ...attributes, checked: "" } : attributes);
  return element("label", {}, input, element("span", {}, shortName(list, language)), element("small", {}, String(list.currentEdition.itemCount)));
}

function shortName(list, language) {
  return named(list, language).replace(/^社区|清单$/g, "").replace(/^List of (\w)|community /g, (_, first) => first?.toUpperCase() ?? "");
}

/** A service among others. */
export function card(item, state, language) {
  const link = element("a", { href: address({ ...state, list: item.listSlug, item: item.code }), "data-item": item.code }, named(item, language));
  return element(
    "li",
    {},
    element("p", { class: "category" }, named(item.category, language)),
    element("h2", {}, link),
    element("p", {}, named(item, language, "description")),
    tags(item, language),
  );
}

function tags(item, language) {
  const free = item.cost.kind === "FREE" ? element("li", { class: "free" }, label("CostKind", "FREE", language)) : null;
  const shown = [...item.audience.map((each) => ["Audience", each]), ...item.channels.map((each) => ["Channel", each])];
  return element("ul", { class: "tags" }, free, shown.map(([kind, each]) => element("li", { class: kind.toLowerCase() }, label(kind, each, language))));
}

/** A service by itself; `where` is filled by whoever knows its places. */
export function page(item, where, state, language) {
  const t = (key, ...values) => text(language, key, ...values);
  const original = language === "en" ? element("p", { class: "original", lang: "zh-Hans" }, item.name) : null;
  return [
    element("p", {}, element("a", { href: address({ ...state, item: "" }), class: "back", "data-item": "" }, `← ${t("back")}`)),
    element("p", { class: "category" }, named(item.category, language)),
    element("h2", { id: "service-name", tabindex: "-1" }, named(item, language)),
    original,
    element("p", { class: "code" }, t("code", item.code, named(item.edition, language, "label"))),
    provenance(item.list, language),
    element("p", { class: "lead" }, named(item, language, "description")),
    tags(item, language),
    element("dl", {}, facts(item, language)),
    section(t("bring"), item.documents.map((each) => named(each, language) + (each.required ? "" : t("optional")))),
    section(t("outputs"), item.outputs.map((each) => named(each, language))),
    element("section", {}, element("h3", {}, t("basis")), basis(item.basis, language)),
    related(item, state, language),
    element("section", {}, element("h3", {}, t("offered")), where),
  ];
}

/** The notice that a list is no official text; null for one that is. */
export function provenance(list, language) {
  if (list.provenance === "OFFICIAL") return null;
  const mark = element("strong", {}, label("Provenance", list.provenance, language));
  return element("p", { class: "notice" }, mark, element("span", {}, named(list, language, "provenanceNote")));
}

function facts(item, language) {
  const amount = item.cost.amount === null ? "" : text(language, "yuan", item.cost.amount.yuan);
  const cost = [label("CostKind", item.cost.kind, language), amount, item.cost.note].filter((each) => each !== "").join(" · ");
  const days = item.processingDays === null ? null : text(language, "workdays", item.processingDays);
  const provider = item.provider === null ? null : label("ActorKind", item.provider, language);
  const pairs = [["provider", provider], ["cost", cost], ["days", days]].filter(([, value]) => value !== null);
  return pairs.map(([key, value]) => element("div", {}, element("dt", {}, text(language, key)), element("dd", {}, value)));
}

function section(title, lines) {
  if (lines.length === 0) return null;
  return element("section", {}, element("h3", {}, title), element("ul", {}, lines.map((line) => element("li", {}, line))));
}

function basis(all, language) {
  if (all.length === 0) return element("p", {}, text(language, "noBasis"));
  return element("ul", { class: "basis" }, all.map((each) => {
    const cited = [each.article, each.version].filter((part) => part !== "").map(chinese);
    const kinds = new Set([label("BasisKind", each.kind, language), label("Verification", each.verification, language)]);
    return element("li", {}, named(each, language), element("small", {}, separated([...cited, ...kinds])));
  }));
}

/** What the catalogue has in Chinese only, marked so that it is read aloud as Chinese. */
function chinese(words) {
  return element("span", { lang: "zh-Hans" }, words);
}

function separated(parts) {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [" · ", part]));
}

function related(item, state, language) {
  if (item.related.length === 0) return null;
  const links = item.related.map((each) => {
    const href = address({ ...state, list: each.listSlug, item: each.code });
    return element("li", {}, element("a", { href, "data-item": each.code }, named(each, language)));
  });
  return element("section", {}, element("h3", {}, text(language, "related")), element("ul", {}, links));
}

/** A place that offers the service. */
export function place(offering, language) {
  const where = named(offering, language, "location");
  const organization = named(offering.organization, language);
  const schedule = offering.schedule === "" ? "" : chinese(offering.schedule);
  const lines = [where === organization ? "" : where, schedule, offering.contact.phone].filter((line) => line !== "");
  return element(
    "li",
    {},
    element("strong", {}, organization),
    element("span", {}, named(offering.territory, language)),
    lines.map((line) => element("small", {}, line)),
  );
}
