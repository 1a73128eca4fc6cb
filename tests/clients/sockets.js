// graphql-ws and graphql-sse, the reference clients of both protocols.

import { createClient as createSse } from "graphql-sse";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

import { ADMIN, assert, bearer, note, run, socketUrl, tokens, url } from "./check.js";

const CHANGED = "subscription { recordChanged { action record { id ... on Territory { note } } } }";
const connect = (options = {}) => createClient({ url: socketUrl, webSocketImpl: WebSocket, retryAttempts: 0, ...options });

/** The first event, while something happens again and again. */
async function heard(events) {
  const repeated = setInterval(() => note(`for sockets ${Date.now()}`).catch(() => {}), 400);
  try {
    return (await events.next()).value;
  } finally {
    clearInterval(repeated);
    await events.return();
  }
}

await run({
  async "a query over WebSocket"() {
    const client = connect();
    const answers = [];
    for await (const answer of client.iterate({ query: "{ serviceLists { slug } }" })) answers.push(answer);
    assert.equal(answers.length, 1);
    assert.ok(answers[0].data.serviceLists.length > 0);
    await client.dispose();
  },
  async "who calls is said once, for the connection"() {
    const client = connect({ connectionParams: async () => ({ Authorization: `Bearer ${tokens[ADMIN]}` }) });
    for await (const answer of client.iterate({ query: "{ viewer { account { code } } }" })) {
      assert.equal(answer.data.viewer.account.code, ADMIN);
    }
    await client.dispose();
  },
  async "a document that is wrong is an error of its own"() {
    const client = connect();
    const events = client.iterate({ query: "{ nothing }" });
    const error = await events.next().catch((found) => found);
    assert.equal(error[0].extensions.code, "INVALID");
    await client.dispose();
  },
  async "a token that is not accepted closes the connection"() {
    const client = connect({ connectionParams: { Authorization: "Bearer x.y.z" } });
    const event = await client.iterate({ query: "{ __typename }" }).next().catch((found) => found);
    assert.equal(event.code, 4403);
  },
  async "a subscription, ended by its client"() {
    const client = connect({ connectionParams: bearer(ADMIN) });
    const { data } = await heard(client.iterate({ query: CHANGED }));
    assert.match(data.recordChanged.record.note, /^for sockets/);
    await client.dispose();
  },
  async "pings are answered"() {
    let alive = () => {};
    const answered = new Promise((resolve) => (alive = resolve));
    const client = connect({ keepAlive: 100, lazy: false, on: { pong: (received) => received && alive() } });
    await answered;
    await client.dispose();
  },
  async "many operations on one connection"() {
    const client = connect({ lazy: false });
    const asked = Array.from({ length: 10 }, async (_, index) => {
      const query = `{ items(first: ${index + 1}) { nodes { code } } }`;
      const { value } = await client.iterate({ query }).next();
      return value.data.items.nodes.length;
    });
    assert.deepEqual(await Promise.all(asked), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await client.dispose();
  },
  async "a subscription by server-sent events"() {
    const client = createSse({ url, headers: bearer(ADMIN), retryAttempts: 0 });
    const { data } = await heard(client.iterate({ query: CHANGED }));
    assert.match(data.recordChanged.record.note, /^for sockets/);
    client.dispose();
  },
});
