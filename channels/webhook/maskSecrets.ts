// Takes the secrets of a request out of what its receiver answered, which is stored and shown: some repeat what they were sent.

export const MASK = '••••';
/** Of a value cut off at the end of an answer, as much as tells something of it. */
const SHORTEST_PART = 4;
/** Shorter ones are the words of an answer too: `Bearer` itself is one. */
const SHORTEST_WORD = 8;
const SHORTEST_PASSWORD = 6;
const MOST_WORDS = 8;

/**
 * The text without the values, in the forms in which receivers repeat them: as they are, in JSON, in a URL, in HTML, the token
 * without its scheme, and what a `Basic` value encodes. One that is cut off by the end of the text counts too.
 */
export function maskSecrets(text: string, values: readonly string[]): string {
  if (values.length === 0) return text;
  // The longest first, so that none is cut apart by a part of it.
  const forms = [...new Set(values.flatMap(partsOf).flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const whole = forms.reduce((masked, form) => masked.replaceAll(form, MASK), text);
  const cut = Math.max(0, ...forms.map((form) => cutOff(whole, form)));
  return cut === 0 ? whole : whole.slice(0, -cut) + MASK;
}

/** How many characters at the end of the text are the beginning of the form. */
function cutOff(text: string, form: string): number {
  for (let length = form.length - 1; length >= SHORTEST_PART; length -= 1) {
    if (text.endsWith(form.slice(0, length))) return length;
  }
  return 0;
}

function partsOf(value: string): readonly string[] {
  const words = value
    .split(/[\s,;=]+/)
    .filter((word) => word.length >= SHORTEST_WORD)
    .sort((a, b) => b.length - a.length)
    .slice(0, MOST_WORDS);
  const [, encoded] = /^basic (\S+)$/i.exec(value) ?? [];
  if (encoded === undefined) return [value, ...words];
  const pair = Buffer.from(encoded, 'base64').toString();
  const password = pair.slice(pair.indexOf(':') + 1);
  return [value, ...words, pair, ...(password.length >= SHORTEST_PASSWORD ? [password] : [])];
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function formsOf(part: string): readonly string[] {
  return [
    part,
    JSON.stringify(part).slice(1, -1),
    encodeURIComponent(part),
    new URLSearchParams({ '': part }).toString().slice(1),
    part.replace(/[&<>"']/g, (found) => HTML[found] ?? found),
    Buffer.from(part).toString('base64').replace(/=+$/, ''),
  ];
}
