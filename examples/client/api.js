// The operations that the page sends: public queries only, without a token.

const ENDPOINT = document.querySelector('meta[name="gongzhi-endpoint"]').content;

const START = `query Start {
  serviceLists {
    slug
    name
    nameEn
    kind
    provenance
    provenanceNote
    provenanceNoteEn
    currentEdition {
      itemCount
    }
  }
  subdistricts: territories(level: SUBDISTRICT, first: 100) {
    nodes {
      path
      name
      nameEn
    }
  }
  communities: territories(level: COMMUNITY, first: 100) {
    nodes {
      path
      name
      nameEn
    }
  }
}`;

const SERVICES = `query Services($words: String!, $filters: ItemFilter!, $after: String) {
  items(search: $words, filters: $filters, first: 20, after: $after) {
    totalCount
    nodes {
      code
      listSlug
      name
      nameEn
      description
      descriptionEn
      audience
      channels
      category {
        name
        nameEn
      }
      cost {
        kind
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}`;

const SERVICE = `query Service($code: String!, $list: String!) {
  item(code: $code, list: $list) {
    code
    listSlug
    name
    nameEn
    description
    descriptionEn
    audience
    channels
    provider
    processingDays
    category {
      name
      nameEn
    }
    cost {
      kind
      note
      amount {
        yuan
      }
    }
    basis {
      name
      nameEn
      version
      article
      kind
      verification
    }
    documents {
      name
      nameEn
      required
    }
    outputs {
      name
      nameEn
    }
    related {
      code
      listSlug
      name
      nameEn
    }
    edition {
      label
      labelEn
    }
    list {
      provenance
      provenanceNote
      provenanceNoteEn
    }
  }
}`;

const PLACES = `query Places($code: String!, $list: String!, $within: String, $after: String) {
  offerings(item: $code, list: $list, within: $within, first: 12, after: $after) {
    totalCount
    nodes {
      location
      locationEn
      schedule
      provenance
      contact {
        phone
      }
      territory {
        name
        nameEn
      }
      organization {
        name
        nameEn
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}`;

/** The lists of services and the places to choose from. */
export const start = () => ask(START, {});

/** A page of services; `signal` gives up an answer that nobody waits for any more. */
export const services = (variables, signal) => ask(SERVICES, variables, signal);

/** One service, null when there is none. */
export const service = (variables, signal) => ask(SERVICE, variables, signal);

/** A page of the places that offer a service. */
export const places = (variables, signal) => ask(PLACES, variables, signal);

/** The data that an operation gives. Throws what the network throws, and an Error where the API reports errors. */
async function ask(query, variables, signal) {
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json" },
    body: JSON.stringify({ query, variables }),
    signal,
  });
  const answer = await response.json();
  if (answer.errors) throw new Error(answer.errors.map((error) => error.message).join("\n"));
  return answer.data;
}
