// urql: its cache, how it sends, and what it makes of errors.
import { cacheExchange, type Client, type CombinedError, createClient, fetchExchange } from "@urql/core";
import { graphql } from "./generated/documented/index.js";
import { FindDocument } from "./generated/documented/graphql.js";
import { SaveTopicsDocument } from "./generated/stored.js";
import { type Given, listening, tell } from "./telling.js";

const PARTLY = graphql(`query PartlyThere($account: ID!) { viewer { name } account(id: $account) { name } }`);

type How = Given & { words: string; preferGetMethod?: false; account: string };

function client({ address, token, preferGetMethod }: How): { urql: Client; heard: ReturnType<typeof listening> } {
  const heard = listening();
  const headers = { authorization: `Bearer ${token}`, "accept-language": "en" };
  const exchanges = [cacheExchange, fetchExchange];
  const how = { url: address, fetch: heard.fetch, fetchOptions: { headers }, exchanges };
  return { heard, urql: createClient(preferGetMethod === undefined ? how : { ...how, preferGetMethod }) };
}

// Twice the same question, a change of what it spoke of, and the same question again.
async function cached(given: How & { id: string; topics: string[] }): Promise<unknown> {
  const { urql, heard } = client(given);
  const find = () => urql.query(FindDocument, { words: given.words }).toPromise();
  const answers = [await find(), await find()];
  const before = [...heard.sent];
  const changed = await urql.mutation(SaveTopicsDocument, { id: given.id, focusTopics: given.topics }).toPromise();
  answers.push(await find());
  return { answers: answers.map(({ data }) => data), before, changed: changed.data, heard };
}

async function partly(given: How): Promise<unknown> {
  const { urql, heard } = client(given);
  const { data, error } = await urql.query(PARTLY, { account: given.account }).toPromise();
  return { data, ...known(error), heard };
}

function known(error: CombinedError | undefined): object {
  if (!error) return {};
  return {
    network: error.networkError?.message,
    codes: error.graphQLErrors.map(({ extensions }) => extensions["code"]),
    status: error.response?.status,
  };
}

void tell({ cached, partly });
