// A program in strict TypeScript that uses what was generated: it runs against the API, too.

import { GraphQLClient } from "graphql-request";

import { ListPageDocument, ViewerDocument, type ListPageQuery } from "./generated.js";

const client = new GraphQLClient(`${process.env["CLIENT_URL"]}/graphql`);
const page: ListPageQuery = await client.request(ListPageDocument, { slug: "station-tasks", first: 5 });
const names: string[] = page.serviceList?.currentEdition?.items.nodes.map((item) => item.name) ?? [];
if (names.length !== 5) throw new Error(`${names.length} names`);
await client.request(ViewerDocument, { path: "/futian" });
console.log("ok the generated types fit the answers");
