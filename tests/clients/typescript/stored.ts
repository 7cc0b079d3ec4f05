// Every stored query and every stored change, by graphql-request, from the documents that graphql-codegen typed.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { ClientError, GraphQLClient } from "graphql-request";
import type { Scalars } from "./generated/schema.js";
import * as stored from "./generated/stored.js";
import { type Given, listening, tell } from "./telling.js";

type Variables = Record<string, unknown>;
type Typed = TypedDocumentNode<unknown, Variables>;

function client({ address, token }: Given) {
  const heard = listening();
  const headers = { authorization: `Bearer ${token}`, "accept-language": "en" };
  return { heard, luzhi: new GraphQLClient(address, { headers, fetch: heard.fetch }) };
}

// The operation of a document by its name, if it is of that kind; nothing for a fragment.
function named(document: Typed, kind: "query" | "mutation"): string | undefined {
  for (const node of document.definitions) {
    if (node.kind === "OperationDefinition" && node.operation === kind) return node.name?.value;
  }
  return undefined;
}

type Asked = Given & { variables: Record<string, Variables> };

async function all(given: Asked, kind: "query" | "mutation"): Promise<Variables> {
  const found: Variables = {};
  for (const document of Object.values(stored) as Typed[]) {
    const name = named(document, kind);
    if (name) found[name] = await asked(given, document, given.variables[name] ?? {});
  }
  return found;
}

const every = (given: Asked) => all(given, "query");
const changes = (given: Asked) => all(given, "mutation");

async function asked(given: Given, document: Typed, variables: Variables): Promise<Variables> {
  const { luzhi, heard } = client(given);
  try {
    return { data: await luzhi.request(document, variables), heard };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return { data: error.response.data, errors: error.response.errors, heard };
  }
}

async function one(given: Given): Promise<unknown> {
  return asked(given, stored.ListTermsDocument as Typed, {});
}

// A change: its answer is a union, and the compiler knows what stands in which case.
async function change(given: Given & { id: string; topics: string[] }): Promise<unknown> {
  const variables: stored.SaveTopicsMutationVariables = { id: given.id, focusTopics: given.topics };
  const { personChange: outcome } = await client(given).luzhi.request(stored.SaveTopicsDocument, variables);
  if ("person" in outcome) return { changed: outcome.person.id };
  // @ts-expect-error: where there are problems there is no person
  outcome.person;
  return { kind: outcome.kind, problems: outcome.problems.map(({ code, field }) => [code, field]) };
}

export const day: Scalars["Date"]["output"] = "2026-11-22";
// @ts-expect-error: a day is no number
export const wrong: Scalars["Date"]["input"] = 20261122;
// @ts-expect-error: the id is needed
export const missing: stored.ShowMemberQueryVariables = { on: day };

void tell({ every, changes, one, change });
