// A panel with the operations that ship with the server.

import { useGraphiQL } from "@graphiql/react";
import { useEffect, useState } from "react";

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="m12 3 2.7 5.8 6.3.8-4.6 4.4 1.2 6.3-5.6-3.1-5.6 3.1 1.2-6.3L3 9.6l6.3-.8z" />
    </svg>
  );
}

function Examples() {
  const [found, setFound] = useState([]);
  const { queryEditor, variableEditor } = useGraphiQL((state) => ({
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
  }));
  useEffect(() => {
    fetch("../examples/operations.json").then((answer) => answer.json()).then(setFound);
  }, []);

  function open(example) {
    queryEditor?.setValue(example.text);
    variableEditor?.setValue(JSON.stringify(example.variables, null, 2));
  }

  return (
    <section aria-label="Examples">
      <div className="graphiql-doc-explorer-title">示例 Examples</div>
      <ul className="examples">
        {found.map((example) => (
          <li key={example.name}>
            <button type="button" data-example={example.name} onClick={() => open(example)}>
              {example.title} <span lang="en">{example.titleEn}</span>
              {example.account && <small>{example.account}</small>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export const EXAMPLES = { title: "Examples", icon: Icon, content: Examples };
