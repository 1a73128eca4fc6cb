// What relay-compiler reads: a page that grows, and a record that is fetched again by its id.

import { graphql } from "relay-runtime";

export const page = graphql`
  query listPageQuery($count: Int!, $cursor: String) {
    ...list_items @arguments(count: $count, cursor: $cursor)
  }
`;

export const items = graphql`
  fragment list_items on Query
  @refetchable(queryName: "listMoreQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 4 }, cursor: { type: "String" }) {
    items(first: $count, after: $cursor) @connection(key: "list_items") {
      edges {
        node {
          id
          code
          ...list_item
        }
      }
    }
  }
`;

export const item = graphql`
  fragment list_item on Item @refetchable(queryName: "listItemQuery") {
    id
    name
  }
`;
