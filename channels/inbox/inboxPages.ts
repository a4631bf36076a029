// The inbox as HTML. Everything of a mail is hostile here: text is escaped, and its markup is shown only inside a
// sandboxed frame that can run nothing, load nothing and reach nothing.

import type { CaughtMail } from './mailStore.js';

/** Inherited by the frame: a mail's own styles apply, its images and links to elsewhere load nothing. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Of the list, which holds nothing of a mail but texts: it renews itself. */
export const LIST_POLICY = `${CONTENT_SECURITY_POLICY}; script-src 'self'; connect-src 'self'`;

const STYLE = `:root{color-scheme:light dark;--ink:light-dark(#1d2330,#e6e9f0);--soft:light-dark(#5b6478,#a3adc2);--line:light-dark(#d9deea,#343c4f);--paper:light-dark(#fff,#151a24);--raised:light-dark(#f5f7fb,#1d2432);--accent:light-dark(#3446c7,#98a6ff)}
body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem;background:var(--paper);color:var(--ink)}
a{color:var(--accent)}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.4rem .6rem .4rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
th{overflow-wrap:normal}th,time{color:var(--soft);font-weight:500}
iframe{width:100%;height:30rem;border:1px solid var(--line);background:#fff}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--raised);padding:1rem}`;

export interface ListPage {
  readonly mails: readonly CaughtMail[];
  /** The id to go on from towards older mails; null on the last page. */
  readonly olderBefore: number | null;
  readonly total: number;
}

export function listPage({ mails, olderBefore, total }: ListPage): string {
  const rows = mails.map(
    (mail) =>
      `<tr id="mail-${mail.id}"><td>${instant(mail.receivedAt)}</td><td>${escapeHtml(mail.to.join(', '))}</td>` +
      `<td><a href="/messages/${mail.id}">${escapeHtml(mail.subject) || '(no subject)'}</a></td></tr>`,
  );
  const table =
    rows.length === 0
      ? '<p id="list">No mail yet.</p>'
      : `<table id="list"><thead><tr><th scope="col">Received (UTC)</th><th scope="col">To</th><th scope="col">Subject</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  const older = olderBefore === null ? '' : `<a href="/?before=${olderBefore}">Older</a>`;
  return page(
    'Inbox',
    `<h1>Inbox</h1><p><span id="total">${total} mails kept.</span> <a href="/">Newest</a> · <a href="/api/messages">JSON</a></p>` +
      `<p id="away" role="alert" hidden>The inbox does not answer. Is Rappel running?</p>${table}<p id="older">${older}</p>` +
      '<script src="/inbox.js" defer></script>',
  );
}

export function mailPage(mail: CaughtMail): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Received (UTC)', instant(mail.receivedAt)],
    ['From', mail.from],
    ['To', mail.to.join(', ')],
    ['Subject', mail.subject],
    ['Message-ID', mail.messageId],
  ];
  const head = rows
    .map(([name, value]) => `<tr><th scope="row">${name}</th><td>${escapeHtml(value)}</td></tr>`)
    .join('');
  const html =
    mail.html === null
      ? ''
      : `<h2>HTML</h2><iframe sandbox title="The mail" srcdoc="${escapeHtml(mail.html)}"></iframe>`;
  const text = mail.text === null ? '' : `<h2>Text</h2><pre tabindex="0">${escapeHtml(mail.text)}</pre>`;
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
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>${body}</body></html>`;
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
