// The server audits of graphql-http: every MUST, SHOULD and MAY of the specification.

import { serverAudits } from "graphql-http";

import { url } from "./check.js";

let failed = 0;
for (const audit of serverAudits({ url, fetchFn: fetch })) {
  const result = await audit.fn();
  const good = result.status === "ok";
  failed += good ? 0 : 1;
  console.log(good ? `ok ${audit.id} ${audit.name}` : `FAILED ${audit.id} ${audit.name}: ${result.status} ${result.reason}`);
}
process.exit(failed ? 1 : 0);
