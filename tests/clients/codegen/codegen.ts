// graphql-codegen: types of every example operation, strict.

import type { CodegenConfig } from "@graphql-codegen/cli";

const root = process.env["CLIENT_ROOT"];

const config: CodegenConfig = {
  schema: `${root}/schema.graphql`,
  documents: `${root}/examples/operations/*.graphql`,
  generates: {
    [`${process.env["CLIENT_SCRATCH"]}/generated.ts`]: {
      plugins: ["typescript", "typescript-operations", "typed-document-node"],
      config: {
        strictScalars: true,
        useTypeImports: true,
        scalars: { Base64: "string", Date: "string", DateTime: "string", JSON: "unknown", SafeInt: "number" },
      },
    },
  },
};

export default config;
