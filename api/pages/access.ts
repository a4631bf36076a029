import { html } from './html.js';

/** Asks for a key where one is needed, and tells what went wrong; `/assets/shared.js` works it. */
export const accessSection = html`<section id="access" hidden>
<h2>Your API key</h2>
<form id="access-form">
<p><label for="access-key">Paste a key to see this workspace. It stays in this tab and goes only into the Authorization header.</label></p>
<p><input id="access-key" type="password" autocomplete="off" spellcheck="false" required pattern="rpl_.*" placeholder="rpl_…">
<button>Use this key</button></p>
</form>
</section>
<p id="trouble" role="alert" hidden></p>`;
