// What a Relay project writes: a list in pages, a fragment for each line, and a thing read again by its ID.
import { graphql } from "relay-runtime";

export const query = graphql`
  query MemberListQuery($words: String, $count: Int!) {
    ...MemberList_people @arguments(words: $words, count: $count)
  }
`;

export const list = graphql`
  fragment MemberList_people on Query
  @refetchable(queryName: "MemberListPaginationQuery")
  @argumentDefinitions(words: { type: "String" }, count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" }) {
    people(search: $words, first: $count, after: $cursor) @connection(key: "MemberList_people") {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          ...MemberList_line
        }
      }
    }
  }
`;

export const line = graphql`
  fragment MemberList_line on Person @refetchable(queryName: "MemberListAgainQuery") {
    nameZh
    nameEn
    memberships {
      no
      status
      post {
        startsOn
        sector {
          name
        }
      }
    }
  }
`;
