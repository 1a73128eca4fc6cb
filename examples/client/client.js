// The page: reads its state from the address, asks the API, and shows services or one of them.

import * as api from "./api.js";
import { LABELS } from "./labels.js";
import * as states from "./state.js";
import { text } from "./texts.js";
import * as view from "./view.js";

const PAUSE = 250; // milliseconds after the last key before a search is sent
const at = (id) => document.getElementById(id);
const form = at("filters");

let state = states.read();
let language = states.language(state);
let known = null; // the lists and places, once they are loaded
let waiting = new AbortController(); // for the answers that the page waits for
let pause = 0;

const t = (key, ...values) => text(language, key, ...values);

function showLanguage() {
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  document.title = t("title");
  for (const each of document.querySelectorAll("[data-text]")) each.textContent = t(each.dataset.text);
  at("language").textContent = t("other");
  at("language").lang = language === "zh" ? "en" : "zh-Hans";
}

function showForm() {
  const lists = known.serviceLists.filter((list) => list.kind === "SERVICES" && list.currentEdition !== null);
  if (!lists.some((list) => list.slug === state.list)) state.list = lists[0]?.slug ?? "";
  const legend = at("lists").firstElementChild;
  at("lists").replaceChildren(legend, ...lists.map((list) => view.listChoice(list, state.list, language)));
  form.audience.replaceChildren(...view.options("Audience", Object.keys(LABELS.Audience), state.audience, language));
  form.channel.replaceChildren(...view.options("Channel", Object.keys(LABELS.Channel), state.channel, language));
  form.place.replaceChildren(...view.placeOptions(known, state.place, language));
  form.free.checked = state.free !== "";
  if (form.q.value.trim() !== state.q) form.q.value = state.q;
}

/** Show what the state says. `focus` moves the reader to it, as a new page would. */
async function show(focus = false) {
  waiting.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  showLanguage();
  at("failure").hidden = true;
  at("browse").hidden = state.item !== "";
  at("service").hidden = state.item === "";
  try {
    known ??= await api.start();
    showForm();
    await (state.item === "" ? showList(signal, focus) : showService(signal, focus));
  } catch (error) {
    if (error.name !== "AbortError") fail(error);
  }
}

function fail(error) {
  at("count").textContent = "";
  const retry = view.element("button", { type: "button", onclick: () => show() }, t("retry"));
  at("failure").replaceChildren(view.element("p", {}, t("failed")), view.element("p", { class: "detail" }, error.message), retry);
  at("failure").hidden = false;
}

function filters() {
  const chosen = { lists: [state.list] };
  if (state.audience !== "") chosen.audiences = [state.audience];
  if (state.channel !== "") chosen.channels = [state.channel];
  if (state.place !== "") chosen.territory = state.place;
  if (state.free !== "") chosen.free = true;
  return chosen;
}

async function showList(signal, focus) {
  at("count").textContent = t("loading");
  at("results").setAttribute("aria-busy", "true");
  const page = await listPage(null, signal);
  at("results").replaceChildren(...page.cards);
  at("results").removeAttribute("aria-busy");
  at("count").textContent = page.total === 0 ? t("empty") : t("count", page.total);
  const list = known.serviceLists.find((each) => each.slug === state.list);
  const notice = list === undefined ? null : view.provenance(list, language);
  at("provenance").hidden = notice === null;
  at("provenance").replaceChildren(...(notice?.childNodes ?? []));
  if (focus) at("main").focus();
}

/** A page's cards; the button for the next one is set up, or hidden behind the last. */
async function listPage(after, signal) {
  const { items } = await api.services({ words: state.q, filters: filters(), after }, signal);
  at("more").hidden = !items.pageInfo.hasNextPage;
  at("more").onclick = () => more(items.pageInfo.endCursor, signal);
  return { total: items.totalCount, cards: items.nodes.map((item) => view.card(item, state, language)) };
}

async function more(after, signal) {
  try {
    const page = await listPage(after, signal);
    at("results").append(...page.cards);
    page.cards[0]?.querySelector("a").focus();
  } catch (error) {
    if (error.name !== "AbortError") fail(error);
  }
}

async function showService(signal, focus) {
  at("service").replaceChildren(view.element("p", { role: "status" }, t("loading")));
  const { item } = await api.service({ code: state.item, list: state.list }, signal);
  const where = view.element("div", { class: "where" });
  const back = view.element("a", { href: states.address({ ...state, item: "" }), "data-item": "" }, `← ${t("back")}`);
  const missing = [view.element("h2", { id: "service-name", tabindex: "-1" }, t("missing")), back];
  at("service").replaceChildren(...(item === null ? missing : view.page(item, where, state, language).filter((part) => part !== null)));
  if (item !== null) document.title = `${at("service-name").textContent} · ${t("title")}`;
  if (focus) at("service-name").focus();
  if (focus) scrollTo(0, 0);
  if (item !== null) await showPlaces(where, null, signal);
}

async function showPlaces(where, after, signal) {
  const within = state.place === "" ? null : state.place;
  const { offerings } = await api.places({ code: state.item, list: state.list, within, after }, signal);
  if (after === null) {
    const synthetic = offerings.nodes.some((each) => each.provenance === "SYNTHETIC");
    const notice = synthetic ? view.element("p", { class: "quiet" }, t("synthetic")) : "";
    const count = offerings.totalCount === 0 ? t("notOffered") : t("places", offerings.totalCount);
    where.replaceChildren(view.element("p", {}, count), notice, view.element("ul", { class: "places" }));
  }
  const list = where.querySelector("ul");
  const added = offerings.nodes.map((each) => view.place(each, language));
  list.append(...added);
  where.querySelector("button")?.remove();
  if (after !== null && added.length > 0) focusOn(added[0]);
  if (!offerings.pageInfo.hasNextPage) return;
  const next = () => showPlaces(where, offerings.pageInfo.endCursor, signal).catch(fail);
  where.append(view.element("button", { type: "button", onclick: next }, t("more")));
}

function focusOn(target) {
  target.tabIndex = -1;
  target.focus();
}

/** Change the state and show it; typing replaces the address instead of adding to the history. */
function go(changes, { replace = false, focus = false } = {}) {
  clearTimeout(pause);
  state = { ...state, ...changes };
  window.history[replace ? "replaceState" : "pushState"](null, "", states.address(state));
  show(focus);
}

function typed(event) {
  // While Chinese is being composed, the field holds unfinished letters.
  if (event.isComposing) return;
  clearTimeout(pause);
  pause = setTimeout(() => go({ q: form.q.value.trim() }, { replace: true }), PAUSE);
}

form.q.addEventListener("input", typed);
form.q.addEventListener("compositionend", typed);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  go({ q: form.q.value.trim() });
});
form.addEventListener("change", (event) => {
  if (event.target === form.q) return;
  go({ [event.target.name]: event.target.type === "checkbox" && !event.target.checked ? "" : event.target.value });
});
form.addEventListener("reset", (event) => {
  event.preventDefault();
  go({ q: "", audience: "", channel: "", place: "", free: "" });
  form.q.focus();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-item]");
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const asked = new URL(link.href).searchParams;
  go({ item: link.dataset.item, list: asked.get("list") ?? state.list }, { focus: true });
});
at("language").addEventListener("click", () => {
  language = language === "zh" ? "en" : "zh";
  states.choose(language);
  go({ lang: language }, { replace: true });
});
addEventListener("popstate", () => {
  state = states.read();
  language = states.language(state);
  show(true);
});
show();
