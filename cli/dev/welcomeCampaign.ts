/**
 * A campaign to begin with, in the embedded database only, so that one request sends a first message. Made through
 * the API like any other, once: whoever stops or archives it is not contradicted at the next start.
 */
const KEY = 'welcome';

const WELCOME = {
  key: KEY,
  name: 'Welcome',
  trigger: { customEvent: 'signed_up' },
  reEligibility: { after: '0 seconds' },
  messages: [
    {
      channel: 'email',
      subject: "Welcome, {{ first_name | default: 'friend' }}!",
      html: "<p>Hello {{ first_name | default: 'friend' | escape }},</p><p>good to have you here.</p>",
    },
  ],
};

export async function ensureWelcomeCampaign(url: string, key: string): Promise<void> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const found = await fetch(`${url}/v1/campaigns/${KEY}`, { headers });
  if (found.status !== 404) return;
  for (const [path, body] of [
    ['/v1/campaigns', WELCOME],
    [`/v1/campaigns/${KEY}/launch`, {}],
  ] as const) {
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
  }
}
