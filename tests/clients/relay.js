// What relay-compiler made of relay/src, run by relay-runtime: pagination, and refetching by node(id).

import { pathToFileURL } from "node:url";

import relay from "relay-runtime";

import { assert, run, url } from "./check.js";

const { Environment, Network, RecordSource, Store, createOperationDescriptor, fetchQuery, getSingularSelector } = relay;
const made = (name) => import(pathToFileURL(`${process.env.CLIENT_SCRATCH}/relay/src/__generated__/${name}.graphql.js`));
const [{ default: page }, { default: more }, { default: items }, { default: item }, { default: again }] = await Promise.all(
  ["listPageQuery", "listMoreQuery", "list_items", "list_item", "listItemQuery"].map(made),
);

const ask = async ({ text }, variables) => {
  const headers = { "Content-Type": "application/json", Accept: "application/graphql-response+json" };
  return (await fetch(url, { method: "POST", headers, body: JSON.stringify({ query: text, variables }) })).json();
};
const environment = new Environment({ network: Network.create(ask), store: new Store(new RecordSource()) });

/** What a query's fragment shows now. */
function shown(query, variables, fragment) {
  const operation = createOperationDescriptor(query, variables);
  const root = environment.lookup(operation.fragment).data;
  return { operation, data: environment.lookup(getSingularSelector(fragment, root)).data };
}

await run({
  async "a connection grows page by page"() {
    const variables = { count: 4, cursor: null };
    await fetchQuery(environment, page, variables).toPromise();
    const { operation, data } = shown(page, variables, items);
    environment.retain(operation);
    assert.equal(data.items.edges.length, 4);
    const next = { count: 4, cursor: data.items.pageInfo.endCursor };
    assert.equal(data.items.pageInfo.hasNextPage, true);
    await fetchQuery(environment, more, next).toPromise();
    const codes = shown(page, variables, items).data.items.edges.map((edge) => edge.node.code);
    assert.equal(new Set(codes).size, 8);
  },
  async "a record is fetched again by its id"() {
    const [edge] = shown(page, { count: 4, cursor: null }, items).data.items.edges;
    const asked = await fetchQuery(environment, again, { id: edge.node.id }).toPromise();
    const { name } = environment.lookup(getSingularSelector(item, asked.node)).data;
    assert.ok(name.length > 0);
  },
});
