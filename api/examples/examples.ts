import answers from './answers.json';
import { EXAMPLES, type ExampleRequest } from './requests.js';

/** A request and what it was answered, as a test saw them. */
export interface Example extends ExampleRequest {
  readonly answer: { readonly status: number; readonly body: unknown } | undefined;
}

const ANSWERS: Readonly<Record<string, Example['answer']>> = answers;

/** Of an operation, as `POST /users/track`; undefined: it is a page. */
export function exampleOf(operation: string): Example | undefined {
  const request = EXAMPLES.find((each) => each.operation === operation);
  return request === undefined ? undefined : { ...request, answer: ANSWERS[operation] };
}

/** The path with its parameters, and the query. */
export function pathOf({ operation, params = {}, query = {} }: ExampleRequest): string {
  const path = operation
    .slice(operation.indexOf(' ') + 1)
    .replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  return Object.keys(query).length === 0 ? path : `${path}?${new URLSearchParams(query)}`;
}

/** The request as a shell sends it, with the key and the address that README keeps in variables. */
export function curlOf(example: ExampleRequest, isOpen: boolean): string {
  const method = example.operation.slice(0, example.operation.indexOf(' '));
  const path = pathOf(example);
  return [
    `curl ${path.includes('?') ? `"$URL${path}"` : `$URL${path}`}`,
    ...(method === (example.body === undefined ? 'GET' : 'POST') ? [] : [`-X ${method}`]),
    ...(isOpen ? [] : ['-H "Authorization: Bearer $KEY"']),
    ...(example.body === undefined
      ? []
      : [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(example.body, null, 2)}'`]),
  ].join(' \\\n  ');
}
