// Speaks to a running installation as any backend would: HTTP and a key. Failures end the demo with one line.
import { Stop } from '../output.mjs';

const TIMEOUT_MS = 10_000;

export async function connect({ url, inboxUrl, key }) {
  if (!(await answers(`${url}/readyz`))) throw new Stop(`No Rappel answers at ${url}: run npm start, then this again`);
  if (key === undefined) {
    throw new Stop(`${url} needs a key: set RAPPEL_API_KEY (rappel keys create --name demo --scopes all)`);
  }
  const call = (method, path, body) => request({ url, key, method, path, body });
  return { url, inboxUrl, call, mailsTo: (address) => mailsTo(inboxUrl, address) };
}

async function request({ url, key, method, path, body }) {
  let response;
  try {
    response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw new Stop(
      `${method} ${url}${path} got no answer (${error.cause?.code ?? error.name}): is npm start still up?`,
    );
  }
  const text = await response.text();
  if (response.status === 401 || response.status === 403) {
    throw new Stop(`${url} does not let this key do ${method} ${path}: set RAPPEL_API_KEY to a key with all scopes`);
  }
  if (!response.ok) throw new Stop(`${method} ${path} answered ${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Every caught mail to an address, by the envelope. */
async function mailsTo(inboxUrl, address) {
  const found = [];
  for (let after = 0; after !== null; ) {
    const response = await fetch(`${inboxUrl}/api/messages?limit=200&after=${after}`).catch(() => undefined);
    if (response?.ok !== true) throw new Stop(`The inbox at ${inboxUrl} does not answer: is npm start still up?`);
    const page = await response.json();
    found.push(...page.messages.filter(({ to }) => to.includes(address)));
    after = page.next;
  }
  return found;
}

async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
