import { curlOf, exampleOf } from '../examples/examples.js';
import type { Content, OpenApiDocument, Operation } from '../openapi.js';
import { type Guide, isTopLevel } from './guides.js';
import { type Html, html, page } from './html.js';

/** The API reference, rendered on the server from the OpenAPI document: nothing from elsewhere. */
export function docsPage(document: OpenApiDocument, guides: readonly Guide[]): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  const sections = tags.map((tag) =>
    section(
      tag,
      operations.filter(({ operation }) => operation.tags.includes(tag)),
    ),
  );
  const body = html`<header><h1><a href="/">Rappel</a> API</h1></header>
<main class="docs">
<p>${document.info.description} <a href="/openapi.json">OpenAPI 3.1</a>,
<a href="/v1/schemas/campaign.json">JSON Schema of campaigns</a>.</p>
<p>Send an API key as <code>Authorization: Bearer rpl_…</code>, never in the URL. Errors are problem documents
(<code>application/problem+json</code>) that say what is wrong, where, and what is allowed. Every answer, but those to probes, carries
<code>x-ratelimit-limit</code>, <code>x-ratelimit-remaining</code> and <code>x-ratelimit-reset</code>.
Who sends no valid key shares the few requests of the address it asks from.</p>
<section aria-labelledby="guides"><h2 id="guides">Guides</h2>
<ul>${guides.filter(isTopLevel).map(({ name, title }) => html`<li><a href="/docs/${name}">${title}</a></li>`)}</ul>
</section>
${sections}
<section><h2 id="schemas">Schemas</h2>
${Object.entries(document.components.schemas).map(
  ([name, schema]) => html`<details id="schema-${name}"><summary>${name}</summary>${code(schema)}</details>`,
)}
</section>
</main>`;
  return page('Rappel API', body, ['/assets/docs.js']);
}

interface Placed {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

function section(tag: string, operations: readonly Placed[]): Html {
  return html`<section><h2>${tag}</h2>${operations.map(renderOperation)}</section>
`;
}

function renderOperation({ path, method, operation }: Placed): Html {
  const scope = operation.security.flatMap((scheme) => Object.values(scheme).flat()).join(', ');
  const { requestBody } = operation;
  return html`<details class="operation" id="${operation.operationId}">
<summary><span class="method">${method.toUpperCase()}</span> <code>${path}</code> <span>${operation.summary}</span></summary>
${operation.description === undefined ? null : html`<p>${operation.description}</p>`}
<p>${scope === '' ? 'Open to everybody.' : html`Scope <code>${scope}</code>.`}</p>
${operation.parameters.length === 0 ? null : parameters(operation)}
${requestBody === undefined ? null : html`<h3>Body${requestBody.required ? '' : ' (optional)'}</h3>${contents(requestBody.content)}`}
<h3>Answers</h3>
<dl>${Object.entries(operation.responses).map(
    ([status, response]) =>
      html`<dt>${status}</dt><dd>${response.description} ${response.content === undefined ? null : contents(response.content)}</dd>`,
  )}</dl>
${exampleSection(path, method, scope === '')}
<p><a href="#${operation.operationId}">Link to this operation</a></p>
</details>
`;
}

/** A request and its answer, with the key and the address that README's lines keep in variables. */
function exampleSection(path: string, method: string, isOpen: boolean): Html | null {
  const example = exampleOf(`${method.toUpperCase()} ${path}`);
  if (example === undefined) return null;
  const { answer } = example;
  return html`<h3>Example</h3><pre tabindex="0"><code>${curlOf(example, isOpen)}</code></pre>
${
  answer === undefined
    ? null
    : html`<p>is answered ${answer.status}${example.shown === undefined ? '' : ' (shortened)'}:</p>${
        typeof answer.body === 'string' ? html`<pre tabindex="0"><code>${answer.body}</code></pre>` : code(answer.body)
      }`
}`;
}

function parameters({ parameters: all }: Operation): Html {
  return html`<h3>Parameters</h3><dl>${all.map(
    ({ name, in: place, required, description, schema }) =>
      html`<dt><code>${name}</code> <small>${place}${required ? ', required' : ''}</small></dt><dd>${description ?? ''} <code>${JSON.stringify(schema)}</code></dd>`,
  )}</dl>`;
}

function contents(content: Readonly<Record<string, Content>>): Html {
  const bySchema = new Map<string, readonly string[]>();
  for (const [type, { schema }] of Object.entries(content)) {
    const written = JSON.stringify(schema);
    bySchema.set(written, [...(bySchema.get(written) ?? []), type]);
  }
  return html`${[...bySchema.values()].map((types) => contentOf(types.join(' or '), content[types[0] ?? '']?.schema ?? {}))}`;
}

function contentOf(types: string, schema: object): Html {
  const reference = '$ref' in schema ? String(schema.$ref).split('/').at(-1) : undefined;
  if (reference !== undefined) return html`<small>${types}: <a href="#schema-${reference}">${reference}</a></small>`;
  return Object.keys(schema).length === 0
    ? html`<small>${types}</small>`
    : html`<small>${types}</small>${code(schema)}`;
}

function code(value: unknown): Html {
  return html`<pre tabindex="0"><code>${JSON.stringify(value, null, 2)}</code></pre>`;
}
