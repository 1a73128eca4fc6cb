// graphql-request: queries, variables, errors, tokens, batches of names, and stopping.

import { ClientError, GraphQLClient, gql, request } from "graphql-request";

import { ADMIN, assert, bearer, run, url } from "./check.js";

const ITEMS = gql`
  query Items($first: Int!) {
    items(first: $first) {
      nodes { code name }
    }
  }
`;

await run({
  async "a query without a client"() {
    const { items } = await request(url, ITEMS, { first: 3 });
    assert.equal(items.nodes.length, 3);
  },
  async "a query by GET"() {
    const client = new GraphQLClient(url, { method: "GET" });
    const { items } = await client.request(ITEMS, { first: 2 });
    assert.equal(items.nodes.length, 2);
  },
  async "a token"() {
    const client = new GraphQLClient(url, { headers: bearer(ADMIN) });
    const { viewer } = await client.request(gql`{ viewer { account { code } } }`);
    assert.equal(viewer.account.code, ADMIN);
  },
  async "a coded error"() {
    const found = await request(url, gql`{ items(first: 1000) { totalCount } }`).catch((error) => error);
    assert.ok(found instanceof ClientError);
    assert.equal(found.response.errors[0].extensions.code, "LIMITED");
  },
  async "data beside an error"() {
    const client = new GraphQLClient(url, { errorPolicy: "all" });
    const { data, errors } = await client.rawRequest(gql`{ serviceLists { slug } node(id: "nonsense") { id } }`);
    assert.ok(data.serviceLists.length > 0);
    assert.equal(data.node, null);
    assert.deepEqual(errors[0].path, ["node"]);
  },
  async "a request that is given up"() {
    const stop = new AbortController();
    const asked = request({ url, document: ITEMS, variables: { first: 100 }, signal: stop.signal });
    stop.abort();
    await assert.rejects(asked, { name: "AbortError" });
  },
});
