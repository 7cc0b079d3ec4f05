// Relay's runtime over what its compiler made of relay/MemberList.ts.
import { Environment, fetchQuery, getSingularSelector, Network, RecordSource, Store } from "relay-runtime";
import type { ReaderFragment } from "relay-runtime";
import again, { type MemberListAgainQuery } from "./relay/__generated__/MemberListAgainQuery.graphql.js";
import line, { type MemberList_line$data } from "./relay/__generated__/MemberList_line.graphql.js";
import list, { type MemberList_people$data } from "./relay/__generated__/MemberList_people.graphql.js";
import more, { type MemberListPaginationQuery } from "./relay/__generated__/MemberListPaginationQuery.graphql.js";
import first, { type MemberListQuery } from "./relay/__generated__/MemberListQuery.graphql.js";
import { type Given, listening, tell } from "./telling.js";

type Paged = Given & { variables: { words: string; count: number } };

function environment({ address, token }: Given) {
  const heard = listening();
  const headers = { authorization: `Bearer ${token}`, "accept-language": "en", "content-type": "application/json" };
  const network = Network.create(async ({ text }, variables) => {
    const body = JSON.stringify({ query: text, variables });
    return (await heard.fetch(address, { method: "POST", headers, body })).json();
  });
  return { relay: new Environment({ network, store: new Store(new RecordSource()) }), heard };
}

// What a component reads of its fragment, by the reference that its parent hands it.
function read<T>(relay: Environment, fragment: ReaderFragment, reference: unknown): T {
  return relay.lookup(getSingularSelector(fragment, reference)!).data as T;
}

// A list in two parts, put together by @connection; each line is read by its own fragment.
async function pages(given: Paged): Promise<unknown> {
  const { relay, heard } = environment(given);
  const root = await fetchQuery<MemberListQuery>(relay, first, given.variables).toPromise();
  const part = () => read<MemberList_people$data>(relay, list, root).people;
  const before = part();
  const next = { ...given.variables, cursor: before.pageInfo.endCursor };
  await fetchQuery<MemberListPaginationQuery>(relay, more, next).toPromise();
  const { edges, totalCount, pageInfo } = part();
  const lines = edges.map(({ node }) => read<MemberList_line$data>(relay, line, node));
  return { before: before.edges.length, totalCount, pageInfo, lines, heard };
}

// One line of it alone, as @refetchable does: by node(id).
async function refetch(given: Given & { id: string }): Promise<unknown> {
  const { relay, heard } = environment(given);
  const root = await fetchQuery<MemberListAgainQuery>(relay, again, { id: given.id }).toPromise();
  return { line: read<MemberList_line$data>(relay, line, root?.node), heard };
}

async function refused(given: Paged): Promise<unknown> {
  const { relay, heard } = environment(given);
  try {
    return { data: await fetchQuery<MemberListQuery>(relay, first, given.variables).toPromise() };
  } catch (error) {
    const { name, source } = error as Error & { source: { errors: { extensions: { code: string } }[] } };
    return { error: name, codes: source.errors.map(({ extensions }) => extensions.code), heard };
  }
}

void tell({ pages, refetch, refused });
