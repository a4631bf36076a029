// Whether a mail server must offer TLS before it is told anything. A server that does not, or a stranger on the way who
// takes the offer out, would otherwise be sent the password as it is.

export type RequireTls = 'auto' | 'on' | 'off';

/** The URL with nodemailer's own options for it: all connections made from it keep to them. */
export function withRequiredTls(smtpUrl: string, requireTls: RequireTls): string {
  const url = new URL(smtpUrl);
  if (!isRequired(url, requireTls)) return smtpUrl;
  url.searchParams.delete('ignoreTLS');
  url.searchParams.set('requireTLS', 'true');
  return url.href;
}

/** On its own, where there are credentials and somebody could be on the way. `smtps:` begins with TLS anyway. */
function isRequired({ username, password, hostname }: URL, requireTls: RequireTls): boolean {
  if (requireTls !== 'auto') return requireTls === 'on';
  return `${username}${password}` !== '' && !isLoopback(hostname);
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}
