// urql: queries, mutations, errors, and subscriptions as server-sent events.

import { Client, cacheExchange, fetchExchange, gql, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

import { ADMIN, assert, bearer, note, run, socketUrl, url } from "./check.js";

const options = { url, exchanges: [cacheExchange, fetchExchange], preferGetMethod: false };
const plain = () => new Client(options);
const LISTS = gql`{ serviceLists { slug name } }`;
const CHANGED = gql`subscription { recordChanged { action record { id ... on Territory { note } } } }`;

/** The first result of a subscription, while something happens again and again. */
async function first(client, query) {
  let stop = () => {};
  const repeated = setInterval(() => note(`for urql ${Date.now()}`).catch(() => {}), 400);
  try {
    return await new Promise((resolve) => {
      stop = client.subscription(query, {}).subscribe(resolve).unsubscribe;
    });
  } finally {
    clearInterval(repeated);
    stop();
  }
}

await run({
  async "a query, and its copy from the cache"() {
    const client = plain();
    const asked = await client.query(LISTS, {}).toPromise();
    assert.ok(asked.data.serviceLists.length > 0);
    const again = await client.query(LISTS, {}).toPromise();
    assert.equal(again.operation.context.meta.cacheOutcome, "hit");
  },
  async "a query by GET"() {
    const client = new Client({ ...options, preferGetMethod: "force" });
    assert.equal((await client.query(LISTS, {}).toPromise()).error, undefined);
  },
  async "a coded error, and the rest of the answer"() {
    const asked = await plain().query(gql`{ serviceLists { slug } node(id: "nonsense") { id } }`, {}).toPromise();
    assert.equal(asked.error.graphQLErrors[0].extensions.code, "INVALID");
    assert.ok(asked.data.serviceLists.length > 0);
  },
  async "a subscription by server-sent events"() {
    const client = new Client({ ...options, fetchSubscriptions: true });
    const { data, error } = await first(client, CHANGED);
    assert.equal(error, undefined);
    assert.match(data.recordChanged.record.note, /^for urql/);
  },
  async "a subscription by WebSocket"() {
    const socket = createClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: bearer(ADMIN) });
    const forward = ({ query, variables }) => ({
      subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
    });
    const exchanges = [cacheExchange, subscriptionExchange({ forwardSubscription: forward }), fetchExchange];
    const { data } = await first(new Client({ url, exchanges, preferGetMethod: false }), CHANGED);
    assert.match(data.recordChanged.record.note, /^for urql/);
    await socket.dispose();
  },
});
