// The inbox as HTML. Everything of a mail is hostile here: text is escaped, and its markup is shown only inside a
// sandboxed frame that can run nothing, load nothing and reach nothing.

import type { CaughtMail } from './mailStore.js';

/** Inherited by the frame: a mail's own styles apply, its images and links to elsewhere load nothing. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#222}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #ddd;overflow-wrap:anywhere}
iframe{width:100%;height:30rem;border:1px solid #ccc}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f6f6f6;padding:1rem}`;

export interface ListPage {
  readonly mails: readonly CaughtMail[];
  /** The id to go on from towards older mails; null on the last page. */
  readonly olderBefore: number | null;
  readonly total: number;
}

export function listPage({ mails, olderBefore, total }: ListPage): string {
  const rows = mails.map(
    (mail) =>
      `<tr><td>${instant(mail.receivedAt)}</td><td>${escapeHtml(mail.to.join(', '))}</td>` +
      `<td><a href="/messages/${mail.id}">${escapeHtml(mail.subject) || '(no subject)'}</a></td></tr>`,
  );
  const table =
    rows.length === 0
      ? '<p>No mail yet.</p>'
      : `<table><thead><tr><th>Received</th><th>To</th><th>Subject</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  const older = olderBefore === null ? '' : `<p><a href="/?before=${olderBefore}">Older</a></p>`;
  return page(
    'Inbox',
    `<h1>Inbox</h1><p>${total} mails kept. <a href="/">Newest</a> · <a href="/api/messages">JSON</a></p>${table}${older}`,
  );
}

export function mailPage(mail: CaughtMail): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Received', instant(mail.receivedAt)],
    ['From', mail.from],
    ['To', mail.to.join(', ')],
    ['Subject', mail.subject],
    ['Message-ID', mail.messageId],
  ];
  const head = rows.map(([name, value]) => `<tr><th>${name}</th><td>${escapeHtml(value)}</td></tr>`).join('');
  const html =
    mail.html === null
      ? ''
      : `<h2>HTML</h2><iframe sandbox title="The mail" srcdoc="${escapeHtml(mail.html)}"></iframe>`;
  const text = mail.text === null ? '' : `<h2>Text</h2><pre>${escapeHtml(mail.text)}</pre>`;
  const title = escapeHtml(mail.subject) || '(no subject)';
  return page(
    mail.subject,
    `<p><a href="/">Inbox</a></p><h1>${title}</h1><table><tbody>${head}</tbody></table>${html}${text}`,
  );
}

export function messagePage(message: string): string {
  return page(message, `<p>${escapeHtml(message)}</p><p><a href="/">Inbox</a></p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>${body}</body></html>`;
}

function instant(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('T', ' ').slice(0, 19);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
