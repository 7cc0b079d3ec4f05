// npm's graphql-ws, unchanged: a query, a subscription, and what becomes of a token that does not hold. Prints JSON.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [address] = process.argv.slice(2);
const { TOKEN: token, ID: id } = process.env;
const change = "mutation($id: ID!) { personChange(id: $id, change: {education: \"night school\"}) { __typename } }";
const client = (connectionParams) =>
  createClient({ url: `${address.replace("http", "ws")}/graphql`, webSocketImpl: WebSocket, connectionParams });

async function first(results) {
  for await (const result of results) return result;
}

const good = client({ Authorization: `Bearer ${token}` });
const asked = await first(good.iterate({ query: "{ viewer { name } }" }));
const query = "subscription($id: ID!) { changed(ids: [$id]) { id node { ... on Person { education } } } }";
const waits = first(good.iterate({ query, variables: { id } }));
await first(good.iterate({ query: "subscription { viewer { name } }" }));
const changed = await first(good.iterate({ query: change, variables: { id } }));
const told = await waits;
const wrong = await first(good.iterate({ query: "{ nothing }" })).catch((errors) => errors);
await good.dispose();

const bad = client({ token: "lz_nonsense" });
const refused = await first(bad.iterate({ query: "{ viewer { name } }" })).catch(({ code, reason }) => ({ code, reason }));
console.log(JSON.stringify({ asked, changed, told, wrong: wrong.map((error) => error.extensions.code), refused }));
