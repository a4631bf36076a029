// Decides which IP addresses a message may be sent to: those of the public internet, and nothing that could be a
// neighbour of ours (loopback, private, link-local, carrier NAT, translated or tunnelled forms of those, …).

import ipaddr from 'ipaddr.js';

const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Anything that does not parse as an address is not global either. */
export function isGlobalUnicast(address: string): boolean {
  if (!ipaddr.isValid(address) || address.includes('%')) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_IPV6);
}
