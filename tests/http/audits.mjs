// Asks graphql-http's audits of the address given, with the token in TOKEN, and prints what each found as JSON.
import { serverAudits } from "graphql-http";

const [url] = process.argv.slice(2);
const fetchFn = (address, init = {}) =>
  fetch(address, { ...init, headers: { ...init.headers, authorization: `Bearer ${process.env.TOKEN}` } });

const found = [];
for (const audit of serverAudits({ url, fetchFn })) {
  const { id, name, status, reason, response } = await audit.fn();
  await response?.body?.cancel();
  found.push({ id, name, status, reason });
}
console.log(JSON.stringify(found));
