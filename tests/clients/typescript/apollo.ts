// Apollo Client 4: pages put together by its cache, a fragment on an interface, and what it makes of errors.
import { createHash } from "node:crypto";
import { ApolloClient, HttpLink, InMemoryCache, type ErrorPolicy } from "@apollo/client";
import { CombinedGraphQLErrors, ServerError } from "@apollo/client/errors";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";
import { graphql } from "./generated/documented/index.js";
import { MembersDocument } from "./generated/documented/graphql.js";
import possible from "./generated/possible.js";
import { type Given, listening, tell } from "./telling.js";

const FIELDS = graphql(`
  fragment Thing on Node {
    id
    ... on Person { nameZh nameEn }
    ... on Body { nameZh nameEn kind }
  }
`);
const THING = graphql(`query AnyThing($id: ID!) { node(id: $id) { __typename ...Thing } }`);
const PARTLY = graphql(`query Partly($account: ID!) { viewer { name } account(id: $account) { name } }`);

function client({ address, token }: Given, persisted = false) {
  const heard = listening();
  const headers = { authorization: `Bearer ${token}`, "accept-language": "en" };
  const cache = new InMemoryCache({
    possibleTypes: possible.possibleTypes,
    typePolicies: { Query: { fields: { members: relayStylePagination(["term", "activeOn"]) } } },
  });
  const http = new HttpLink({ uri: address, headers, fetch: heard.fetch });
  const link = persisted ? new PersistedQueryLink({ sha256 }).concat(http) : http;
  return { heard, apollo: new ApolloClient({ cache, link }) };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

// All pages of a list, each asked for with the cursor of the last; then what the cache holds of it.
async function pages(given: Given): Promise<unknown> {
  const { apollo, heard } = client(given);
  const members = apollo.watchQuery({ query: MembersDocument, variables: given.variables });
  const subscription = members.subscribe({});
  let { data } = await apollo.query({ query: MembersDocument, variables: given.variables });
  while (data?.members.pageInfo.hasNextPage) {
    await members.fetchMore({ variables: { after: data.members.pageInfo.endCursor } });
    data = apollo.readQuery({ query: MembersDocument, variables: given.variables }) ?? undefined;
  }
  subscription.unsubscribe();
  return { edges: data?.members.edges, totalCount: data?.members.totalCount, heard };
}

// Read through the interface from the server, and then from the cache by what it is.
async function fragment(given: Given & { id: string }): Promise<unknown> {
  const { apollo, heard } = client(given);
  const { data } = await apollo.query({ query: THING, variables: { id: given.id } });
  const id = apollo.cache.identify({ __typename: data?.node?.__typename, id: given.id });
  return { data, kept: apollo.readFragment({ fragment: FIELDS, id, fragmentName: "Thing" }), heard };
}

async function partly(given: Given & { account: string; errorPolicy: ErrorPolicy }): Promise<unknown> {
  const { apollo, heard } = client(given);
  const { account, errorPolicy } = given;
  try {
    const { data, error } = await apollo.query({ query: PARTLY, variables: { account }, errorPolicy });
    return { data, ...known(error), heard };
  } catch (error) {
    return { thrown: true, ...known(error), heard };
  }
}

// Asked by its hash, which is not stored; then with its text.
async function persisted(given: Given & { id: string }): Promise<unknown> {
  const { apollo, heard } = client(given, true);
  const { data } = await apollo.query({ query: THING, variables: { id: given.id } });
  return { data, heard };
}

function known(error: unknown): object {
  if (!error) return {};
  if (ServerError.is(error)) return { error: error.name, status: error.statusCode, body: error.bodyText };
  if (!CombinedGraphQLErrors.is(error)) throw error;
  return { error: error.name, codes: error.errors.map(({ extensions }) => extensions?.["code"]) };
}

void tell({ pages, fragment, partly, persisted });
