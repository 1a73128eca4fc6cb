// Named checks, one after the other: a line for each, and exit status 1 if one failed.

import { strict as assert } from "node:assert";

export { assert };
export const url = process.env.CLIENT_URL + "/graphql";
export const socketUrl = url.replace("http", "ws");
export const tokens = JSON.parse(process.env.CLIENT_TOKENS ?? "{}");
export const bearer = (account) => ({ Authorization: `Bearer ${tokens[account]}` });
export const ADMIN = "demo-district-admin";

const LONGEST = 15_000;

export async function run(checks) {
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await inTime(check());
      console.log(`ok ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${name}\n${error?.stack ?? JSON.stringify(error)}`);
    }
  }
  process.exit(failed ? 1 : 0);
}

function inTime(promise) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("it took too long")), LONGEST).unref());
  return Promise.race([promise, late]);
}

/** A place's note, changed: something to hear of. */
export async function note(text) {
  const place = "/futian/nanyuan/dongyuan";
  const { territory } = await ask("query ($path: String!) { territory(path: $path) { version } }", { path: place });
  const input = { path: place, version: territory.version, note: text };
  await ask("mutation ($input: UpdateTerritoryInput!) { updateTerritory(input: $input) { territory { version } } }", { input });
}

/** The data of an operation by the administrator, without any client's help. */
export async function ask(query, variables) {
  const headers = { "Content-Type": "application/json", ...bearer(ADMIN) };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await answer.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}
