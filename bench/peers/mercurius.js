import fastify from "fastify";
import mercurius from "mercurius";
import { newContext, port, resolvers, typeDefs } from "./rows.js";

const app = fastify();
app.register(mercurius, { schema: typeDefs, resolvers, context: newContext, jit: 1 });
await app.listen({ host: "127.0.0.1", port });
