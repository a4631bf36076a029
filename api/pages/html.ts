/** HTML built from texts that may be hostile: every interpolated value is escaped unless it is itself `html`. */
export interface Html {
  readonly html: string;
}

export function html(
  strings: TemplateStringsArray,
  ...values: readonly (Html | readonly Html[] | string | number | null)[]
): Html {
  return { html: String.raw({ raw: strings }, ...values.map(render)) };
}

function render(value: Html | readonly Html[] | string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return 'html' in value ? value.html : value.map((part) => part.html).join('');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup that is known to be ours. */
export function trusted(markup: string): Html {
  return { html: markup };
}

/** A whole page. No inline script or style: the content security policy would refuse them. */
export function page(title: string, body: Html, scripts: readonly string[] = []): string {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/rappel.css">
${scripts.map((source) => html`<script src="${source}" defer></script>`)}
</head>
<body>
${body}
</body>
</html>
`;
  return document.html;
}
