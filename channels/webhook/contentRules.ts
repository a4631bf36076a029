// What can be told of a webhook before anything is rendered.
import type { ContentFindings } from '../../domain/campaign/checks/contentFindings.js';
import type { Problem } from '../../domain/errors.js';
import type { JsonObject } from '../../domain/json.js';
import { isLiteral, outputsOf, replaceLiquid } from '../liquidParts.js';
import { type AllowedHosts, checkTarget } from './target.js';
import { headerProblem } from './webhookRequest.js';

export function webhookFindings(content: JsonObject, allowed: AllowedHosts): ContentFindings {
  const url = urlFindings(content.url, allowed);
  return {
    problems: [...url.problems, ...bodyProblems(content), ...headersProblems(content.headers)],
    warnings: [...url.warnings, ...bodyWarnings(content.body), ...credentialWarnings(content.headers)],
  };
}

/** Where the path alone is made by Liquid, the host is known all the same. */
function urlFindings(url: unknown, allowed: AllowedHosts): ContentFindings {
  const text = isLiteral(url)
    ? url
    : typeof url === 'string'
      ? /^\s*https?:\/\/[^/?#{%]+(?=[/?#])/i.exec(url)?.[0]
      : undefined;
  const target = text === undefined ? null : checkTarget(text.trim(), allowed);
  if (target === null || target.kind === 'allowed') return { problems: [], warnings: [] };
  const problem = { path: 'url', message: `cannot be reached: ${target.detail}` };
  if (target.hostAndPort === null)
    return { problems: [{ ...problem, allowed: 'http:// or https:// with a public host' }], warnings: [] };
  const allow = `ports 80 and 443 of public hosts, or '${target.hostAndPort}' in WEBHOOK_ALLOW_HOSTS of the workers`;
  return { problems: [], warnings: [{ ...problem, allowed: allow }] };
}

function bodyProblems({ method, body }: JsonObject): readonly Problem[] {
  if (method !== 'GET' || body === undefined) return [];
  return [
    { path: 'body', message: 'stands beside method GET, which sends none', allowed: 'another method, or no body' },
  ];
}

/** M4: a body that is JSON written as a text takes values as they are, quotes included. */
function bodyWarnings(body: unknown): readonly Problem[] {
  if (typeof body !== 'string' || !/^\s*[[{]/.test(replaceLiquid(body, () => ''))) return [];
  const raw = outputsOf(body).filter((inner) => !KEEPS_JSON.test(inner));
  if (raw.length === 0) return [];
  return [
    {
      path: 'body',
      message: 'puts values into JSON as they are: a quote in one breaks it, or changes what it says',
      allowed: 'the body as an object, or | json_escape within quotes, or | as_json_string',
    },
  ];
}

/** Filters whose answer cannot end a text of JSON. */
const KEEPS_JSON = /\|\s*(?:json_escape|as_json_string|json|url_param_escape|base64|md5|sha1|sha2|sha256|size)\b[^|]*$/;

const CREDENTIAL =
  /^(?:authorization|cookie)$|(?:^|-)(?:(?:api|access|private|subscription)-?key|auth|token|secret|password|credentials?)(?:-|$)/i;

/** A value that is the same for everybody and whose header's name says what it is. */
function credentialWarnings(headers: unknown): readonly Problem[] {
  if (typeof headers !== 'object' || headers === null) return [];
  return Object.entries(headers).flatMap(([name, value]): readonly Problem[] => {
    if (!CREDENTIAL.test(name) || !isLiteral(value) || value.trim() === '') return [];
    return [
      {
        path: `headers.${name}`,
        message: 'looks like a credential that whoever may read campaigns can read',
        allowed: '{ secret: name }, whose value is set by PUT /v1/secrets/{name}',
      },
    ];
  });
}

function headersProblems(headers: unknown): readonly Problem[] {
  if (typeof headers !== 'object' || headers === null) return [];
  return Object.entries(headers).flatMap(([name, value]): readonly Problem[] => {
    const problem = headerProblem(name, isLiteral(value) ? value.trim() : '');
    return problem === null ? [] : [{ path: `headers.${name}`, message: problem }];
  });
}
