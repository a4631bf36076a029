/** Requests that cannot be read, each with a canary, and keys in the wrong places. */
import { canary } from './canaries.js';

export function malformedRequests(): readonly (readonly [string, RequestInit])[] {
  const authorization = `Bearer rpl_aaaaaaaa_${canary('API key')}`;
  const person = canary('malformed body');
  return [
    ['/users/track', { method: 'POST', body: `{"attributes": [{"external_id": "${person}"` }],
    ['/users/track', { method: 'POST', body: Buffer.from(`${person}\xff`, 'latin1') }],
    ['/users/track', { method: 'POST', body: `{"${person}": ${'['.repeat(20_000)}` }],
    ['/v1/campaigns', { method: 'POST', body: `a: [${person}`, headers: { 'content-type': 'application/yaml' } }],
    [`/v1/users/%E0%A4${person}`, {}],
    [`/v1/users/${person}%00`, {}],
    [`/${person}/x`, { method: 'PATCH' }],
    [`/v1/campaigns?api_key=rpl_bbbbbbbb_${canary('API key in a URL')}`, {}],
    ['/v1/campaigns', { headers: { authorization } }],
  ];
}
