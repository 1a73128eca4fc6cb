// What every hand-written peer answers from: the items in memory, offerings and providers from PostgreSQL, a loader for
// each relation. A server on Node.js would be written like this.
import { readFileSync } from "node:fs";
import DataLoader from "dataloader";
import pg from "pg";

pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

const lists = JSON.parse(readFileSync(process.env.PEER_ITEMS, "utf8"));
const byKey = new Map(Object.entries(lists).flatMap(([slug, items]) => items.map((item) => [`${slug} ${item.code}`, item])));
const byCode = new Map(Object.values(lists).flatMap((items) => items.map((item) => [item.code, item])));
const pool = new pg.Pool({ connectionString: process.env.PEER_DATABASE, max: Number(process.env.PEER_POOL) });

const PAGE = {
  name: "page",
  text: `SELECT id, list_slug, item_code, organization, location, location_en, schedule, status, valid_from
    FROM peer.offering WHERE path = $1 ORDER BY path, id LIMIT $2`,
};
const PROVIDERS = { name: "providers", text: "SELECT id, code, name, name_en FROM peer.organization WHERE id = ANY($1)" };

const ITEMS = `SELECT item.code, item.name, item.name_en AS "nameEn", keywords, audience, channels,
    opening_hours AS "openingHours", provider, status,
    category.code AS category_code, category.name AS category_name, category.name_en AS category_name_en
    FROM peer.item JOIN peer.category ON category.code = item.category`;
const LIST = { name: "list", text: `${ITEMS} WHERE list_slug = $1 ORDER BY position` };
const ITEM = { name: "item", text: `${ITEMS} WHERE item.code = $1` };
const SOME = { name: "some", text: `${ITEMS} WHERE item.code = ANY($1)` };

export const typeDefs = readFileSync(new URL("schema.graphql", import.meta.url), "utf8");

export function newContext() {
  const providers = new DataLoader(async (ids) => {
    const found = await pool.query({ ...PROVIDERS, values: [ids] });
    const known = new Map(found.rows.map((row) => [row.id, { code: row.code, name: row.name, nameEn: row.name_en }]));
    return ids.map((id) => known.get(id) ?? null);
  });
  const items = new DataLoader(async (codes) => {
    const found = await pool.query({ ...SOME, values: [codes] });
    const known = new Map(found.rows.map((row) => [row.code, stored(row)]));
    return codes.map((code) => known.get(code) ?? null);
  });
  return { providers, items };
}

async function page(within, first) {
  const { rows } = await pool.query({ ...PAGE, values: [within, first + 1] });
  return { nodes: rows.slice(0, first), pageInfo: { hasNextPage: rows.length > first } };
}

function stored(row) {
  row.category = { code: row.category_code, name: row.category_name, nameEn: row.category_name_en };
  return row;
}

export const resolvers = {
  Query: {
    items: (_, { list }) => lists[list] ?? [],
    item: (_, { code }) => byCode.get(code) ?? null,
    storedItems: async (_, { list }) => (await pool.query({ ...LIST, values: [list] })).rows.map(stored),
    storedItem: async (_, { code }) => (await pool.query({ ...ITEM, values: [code] })).rows.map(stored)[0] ?? null,
    offerings: (_, { within, first }) => page(within, first),
    storedOfferings: async (_, { within, first }) => {
      const found = await page(within, first);
      for (const row of found.nodes) row.stored = true;
      return found;
    },
  },
  Offering: {
    item: (row, _, { items }) =>
      row.stored ? items.load(row.item_code) : byKey.get(`${row.list_slug} ${row.item_code}`) ?? null,
    organization: (row, _, { providers }) => providers.load(row.organization),
    location: (row) => row.location,
    locationEn: (row) => row.location_en,
    schedule: (row) => row.schedule,
    status: (row) => row.status.toUpperCase(),
    validFrom: (row) => row.valid_from,
  },
};

export const port = Number(process.env.PEER_PORT);
