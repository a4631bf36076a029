import type { DevAccess } from '../deps.js';
import { type Html, html, page } from './html.js';

/** What a page shows where it may not read: how to get in. `/assets/shared.js` shows it, and tells what went wrong. */
export function accessSection(devAccess: DevAccess | null): Html {
  return html`<section id="access" hidden>
${devAccess === null ? keyForm : linkWords}
</section>
<p id="trouble" role="alert" hidden></p>`;
}

const keyForm = html`<h2>Your API key</h2>
<form id="access-form">
<p><label for="access-key">Paste a key to see this workspace. It stays in this tab and goes only into the Authorization header.</label></p>
<p><input id="access-key" type="password" autocomplete="off" spellcheck="false" required pattern="rpl_.*" placeholder="rpl_…">
<button>Use this key</button></p>
</form>`;

const linkWords = html`<h2>Open the link that npm start printed</h2>
<p>This page opens by the link that <code>npm start</code> printed; the file <code>.rappel/home-link</code> has it too.
It is another one at each start.</p>`;

/** Instead of a page, for a browser without the cookie of the link. */
export function linkPage(): string {
  // A browser keeps the cookie back when a link on another site led here; from this page on it sends it.
  const body = html`<header><h1>Rappel</h1></header>
<main>
<section>
${linkWords}
<p>If you have opened it already and came by a link on another site: <a href="">open this page</a>.</p>
</section>
</main>`;
  return page('Rappel', body);
}
