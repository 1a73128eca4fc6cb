// Apollo Client 4: its cache, pages, mutations, errors, persisted queries and subscriptions.

import { createHash } from "node:crypto";

import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, ServerError, gql } from "@apollo/client/core";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

import { ADMIN, assert, bearer, note, run, socketUrl, url } from "./check.js";

const cache = () => new InMemoryCache({ typePolicies: { Query: { fields: { items: relayStylePagination() } } } });
const client = (options = {}) => new ApolloClient({ cache: cache(), link: new HttpLink({ uri: url, ...options }) });
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

const ITEMS = gql`
  query Items($after: String) {
    items(first: 5, after: $after) {
      edges { cursor node { id code name } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const PLACE = gql`query Place($path: String!) { territory(path: $path) { id version note } }`;
const UPDATE = gql`
  mutation Update($input: UpdateTerritoryInput!) {
    updateTerritory(input: $input) { territory { id version note } }
  }
`;
const CHANGED = gql`
  subscription Changed { recordChanged { action record { id ... on Territory { note } } } }
`;

await run({
  async "pages are put together"() {
    const apollo = client();
    const first = await apollo.query({ query: ITEMS });
    const query = apollo.watchQuery({ query: ITEMS });
    const watching = query.subscribe(() => {});
    await query.fetchMore({ variables: { after: first.data.items.pageInfo.endCursor } });
    const { edges } = apollo.readQuery({ query: ITEMS }).items;
    watching.unsubscribe();
    assert.equal(edges.length, 10);
    assert.equal(new Set(edges.map((edge) => edge.node.id)).size, 10);
  },
  async "a record is kept by its id, and a mutation changes it everywhere"() {
    const apollo = client({ headers: bearer(ADMIN) });
    const path = "/futian/nanyuan/dongyuan";
    const before = (await apollo.query({ query: PLACE, variables: { path } })).data.territory;
    const input = { path, version: before.version, note: "by apollo" };
    await apollo.mutate({ mutation: UPDATE, variables: { input } });
    const kept = apollo.readQuery({ query: PLACE, variables: { path } }).territory;
    assert.deepEqual([kept.note, kept.version], ["by apollo", before.version + 1]);
  },
  async "a stale version is a coded conflict"() {
    const apollo = client({ headers: bearer(ADMIN) });
    const input = { path: "/futian/nanyuan/dongyuan", version: 999, note: "never" };
    const error = await apollo.mutate({ mutation: UPDATE, variables: { input } }).catch((found) => found);
    assert.ok(CombinedGraphQLErrors.is(error));
    assert.equal(error.errors[0].extensions.code, "CONFLICT");
  },
  async "a token that is not accepted"() {
    const error = await client({ headers: { Authorization: "Bearer x.y.z" } }).query({ query: ITEMS }).catch((found) => found);
    const codes = CombinedGraphQLErrors.is(error) ? error.errors.map((each) => each.extensions.code) : [];
    assert.ok(codes.includes("UNAUTHENTICATED") || (ServerError.is(error) && error.statusCode === 401), String(error));
  },
  async "a document that is not registered is sent in full"() {
    const link = new PersistedQueryLink({ sha256 }).concat(new HttpLink({ uri: url }));
    const apollo = new ApolloClient({ cache: cache(), link });
    assert.equal((await apollo.query({ query: ITEMS })).data.items.edges.length, 5);
  },
  async "a subscription by WebSocket"() {
    const socket = createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: bearer(ADMIN) });
    const apollo = new ApolloClient({ cache: cache(), link: new GraphQLWsLink(socket) });
    const heard = new Promise((resolve, reject) => {
      apollo.subscribe({ query: CHANGED }).subscribe({ next: resolve, error: reject });
    });
    await new Promise((resolve) => socket.on("connected", resolve));
    const repeated = setInterval(() => note(`for apollo ${Date.now()}`).catch(() => {}), 400);
    const { data } = await heard.finally(() => clearInterval(repeated));
    assert.match(data.recordChanged.record.note, /^for apollo/);
    await socket.dispose();
  },
});
