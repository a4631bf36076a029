/** docker-compose.yml as compose reads it: variables put in, anchors merged, and of each service what we look at. */
import { parse } from 'yaml';

export interface Service {
  readonly image: string;
  readonly build?: string;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly depends_on: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly volumes: readonly string[];
  readonly ports: readonly string[];
  readonly profiles: readonly string[];
  readonly tmpfs: readonly string[];
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly privileged?: boolean;
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
}

export type Services = Readonly<Record<string, Service>>;
export type Variables = Readonly<Record<string, string | undefined>>;

const NOTHING = { environment: {}, depends_on: {}, volumes: [], ports: [], profiles: [], tmpfs: [] };

export function parseCompose(text: string, variables: Variables): Services {
  const { services } = parse(text, { merge: true }) as { readonly services: Readonly<Record<string, object>> };
  const entries = Object.entries(services).map(([name, service]) => [name, { ...NOTHING, ...service }]);
  return fill(Object.fromEntries(entries), variables) as Services;
}

function fill(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return interpolate(value, variables);
  if (Array.isArray(value)) return value.map((each) => fill(each, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, fill(each, variables)]));
}

/** `$$`, `${NAME}`, `${NAME:-otherwise}` and `${NAME:?what to do}`; what stands after the sign may hold others. */
export function interpolate(text: string, variables: Variables): string {
  let done = '';
  for (let at = 0; at < text.length; ) {
    if (text.startsWith('$$', at)) {
      done += '$';
      at += 2;
    } else if (text.startsWith('${', at)) {
      const end = closing(text, at + 2);
      done += valueOf(text.slice(at + 2, end), variables);
      at = end + 1;
    } else {
      done += text.charAt(at);
      at += 1;
    }
  }
  return done;
}

function closing(text: string, from: number): number {
  let open = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith('${', at)) open += 1;
    if (text.charAt(at) === '}') open -= 1;
    if (open === 0) return at;
  }
  throw new Error(`A brace is not closed: ${text}`);
}

function valueOf(expression: string, variables: Variables): string {
  const [, name = '', sign, rest = ''] = /^(\w+)(?:(:-|:\?)(.*))?$/s.exec(expression) ?? [];
  if (name === '') throw new Error(`Not understood: \${${expression}}`);
  const value = variables[name] ?? '';
  if (value !== '' || sign === undefined) return value;
  if (sign === ':?') throw new Error(`required variable ${name} is missing a value: ${rest}`);
  return interpolate(rest, variables);
}

/** Names of the variables the file asks for. */
export function variablesOf(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name = '']) => name));
}

/** A job ends by itself: another service waits until it has. `up --wait` fails at one that ends and nobody waits for. */
export function isJob(name: string, services: Services): boolean {
  return Object.values(services).some(
    ({ depends_on }) => depends_on[name]?.condition === 'service_completed_successfully',
  );
}

/** Each after all that it depends on. */
export function startOrder(services: Services): readonly string[] {
  const order: string[] = [];
  const add = (name: string, above: readonly string[]): void => {
    if (above.includes(name)) throw new Error(`In a circle: ${[...above, name].join(' → ')}`);
    if (order.includes(name)) return;
    const service = services[name];
    if (service === undefined) throw new Error(`${above.at(-1)} depends on ${name}, which does not exist`);
    for (const each of Object.keys(service.depends_on)) add(each, [...above, name]);
    order.push(name);
  };
  for (const name of Object.keys(services)) add(name, []);
  return order;
}
