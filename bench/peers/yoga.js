import { createServer } from "node:http";
import { useGraphQlJit } from "@envelop/graphql-jit";
import { createSchema, createYoga } from "graphql-yoga";
import { newContext, port, resolvers, typeDefs } from "./rows.js";

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  context: newContext,
  plugins: [useGraphQlJit()],
  logging: false,
  landingPage: false,
});
createServer(yoga).listen(port, "127.0.0.1");
