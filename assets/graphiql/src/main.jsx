// GraphiQL with the example operations; subscriptions by WebSocket. Headers are entered below the operation, and not kept.

import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./page.css";

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { createClient } from "graphql-ws";
import { createRoot } from "react-dom/client";

import { EXAMPLES } from "./examples.jsx";

const endpoint = new URL("../graphql", location.href);
const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === "https:" ? "wss:" : "ws:";

const INITIAL = `# Ctrl-Space completes, Ctrl-Enter runs. The star at the left opens example operations.
# Tokens go below, into Headers: {"Authorization": "Bearer …"}
{
  serviceLists {
    slug
    name
    nameEn
  }
}
`;

/** Asks by HTTP; subscriptions by WebSocket, with the same headers. */
function fetcher(request, options) {
  const wsClient = createClient({ url: socket.href, connectionParams: options?.headers ?? {} });
  return createGraphiQLFetcher({ url: endpoint.href, wsClient })(request, options);
}

createRoot(document.querySelector("#graphiql")).render(
  <GraphiQL fetcher={fetcher} initialQuery={INITIAL} defaultEditorToolsVisibility="headers" plugins={[HISTORY_PLUGIN, EXAMPLES]}>
    <GraphiQL.Logo>
      <a href="../">共治</a>
    </GraphiQL.Logo>
  </GraphiQL>,
);
