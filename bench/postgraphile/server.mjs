// PostGraphile 5 over the views of views.sql, with our token look-up before each operation.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makeV4Preset } from "postgraphile/presets/v4";
import pg from "pg";

const { DATABASE_URL, PORT, ZONE } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 8 });
const asker = { name: "asker", text: readFileSync(new URL("asker.sql", import.meta.url), "utf8") };
const day = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE });

/** The settings of whoever sends this token. Throws where it does not hold or its owner may not see the register. */
async function settings(token) {
  const today = day.format(new Date());
  const hash = createHash("sha256").update(token).digest("hex");
  const { rows } = await pool.query({ ...asker, values: [hash, today] });
  if (!rows.length) throw new Error("This token does not hold.");
  const { client, account, person, everything } = rows[0];
  return {
    "peer.day": today,
    "peer.client": client,
    "peer.account": account,
    "peer.person": person,
    "peer.all": everything ? "on" : "off",
  };
}

const preset = {
  extends: [PostGraphileAmberPreset, makeV4Preset({ simpleCollections: "both", graphiql: false, ignoreRBAC: true })],
  grafserv: { graphqlPath: "/graphql", websockets: false },
  grafast: {
    explain: false,
    context: async (request) => ({
      pgSettings: await settings((request.node.req.headers.authorization ?? "").slice("Bearer ".length)),
    }),
  },
  pgServices: [makePgService({ pool, schemas: ["peer"] })],
};

const server = createServer();
const served = postgraphile(preset).createServ(grafserv);
await served.addTo(server);
server.listen(Number(PORT), "127.0.0.1");
