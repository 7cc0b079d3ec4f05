// A real OpenID provider on loopback: node provider.mjs PORT BACK, where BACK is the redirect address of the client.
// It signs in whoever is named in the form's one field, and asks for no password.
import Provider from "oidc-provider";

const [port, back] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [
    { client_id: "luzhi", client_secret: "not-a-secret-but-long-enough-for-a-test", redirect_uris: [back] },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: true }) }),
  features: { devInteractions: { enabled: false } },
  pkce: { required: () => true },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ["a key of the test"] },
});

async function interact(ctx, next) {
  const [, uid, step] = ctx.path.match(/^\/interaction\/([\w-]+)(?:\/(yes|no))?$/) ?? [];
  if (!uid) return next();
  const { prompt, params, session } = await provider.interactionDetails(ctx.req, ctx.res);
  if (ctx.method === "GET") {
    ctx.type = "html";
    ctx.body = `<form method="post" action="/interaction/${uid}/yes"><input name="login" aria-label="login">
      <button>${prompt.name}</button><button formaction="/interaction/${uid}/no">no</button></form>`;
    return;
  }
  let body = "";
  for await (const chunk of ctx.req) body += chunk;
  const result = step === "no" ? { error: "access_denied" }
    : prompt.name === "login" ? { login: { accountId: new URLSearchParams(body).get("login") } }
    : { consent: { grantId: await granted(session.accountId, params.client_id) } };
  await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
  ctx.respond = false;
}

async function granted(accountId, clientId) {
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope("openid");
  return grant.save();
}

provider.use(interact);
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
