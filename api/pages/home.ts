import type { Links } from '../deps.js';
import { type Html, html, page } from './html.js';

/**
 * The home page: a frame rendered here, filled by `/assets/home.js` through the API with the caller's own key (or, in
 * the embedded set-up, with the cookie of its link). It holds no data, so it may be shown to anybody.
 */
export function homePage(links: Links, access: Html): string {
  const body = html`<header>
<h1>Rappel</h1>
<nav aria-label="Places">${navigation(links)}</nav>
</header>
<main>
${access}
<section aria-labelledby="campaigns-title">
<h2 id="campaigns-title">Campaigns</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="campaigns-title"><table>
<thead><tr><th scope="col">Campaign</th><th scope="col">State</th><th scope="col" class="number">Met the trigger</th><th scope="col" class="number">Waiting</th><th scope="col" class="number">Sent</th><th scope="col">Not sent, by reason</th></tr></thead>
<tbody id="campaigns"></tbody>
</table></div>
<p><button id="campaigns-more" type="button" hidden>More</button></p>
</section>
<section aria-labelledby="outcomes-title">
<h2 id="outcomes-title">Last outcomes</h2>
<ol id="outcomes" class="plain"></ol>
<p><button id="outcomes-more" type="button" hidden>More</button></p>
</section>
<section aria-labelledby="why-title">
<h2 id="why-title">Why did or didn’t someone get a campaign?</h2>
<form id="why-form" class="row">
<label>Person <input id="why-user" required placeholder="external id" autocomplete="off"></label>
<label>Campaign <input id="why-campaign" required placeholder="key" list="campaign-keys" autocomplete="off"></label>
<datalist id="campaign-keys"></datalist>
<button>Why?</button>
</form>
<div id="why-answer" role="status"></div>
</section>
<section aria-labelledby="try-title">
<h2 id="try-title">Launch a campaign</h2>
<form id="try-form">
<p><label for="try-definition">A definition in YAML or JSON</label></p>
<textarea id="try-definition" rows="16" spellcheck="false" required>${EXAMPLE}</textarea>
<p><button id="try-validate" type="button">Validate</button> <button>Launch</button></p>
</form>
<div id="try-answer" role="status"></div>
</section>
</main>`;
  return page('Rappel', body, ['/assets/shared.js', '/assets/home.js']);
}

function navigation({ inboxUrl, temporalUiUrl }: Links): readonly Html[] {
  const places: readonly (readonly [string, string | null])[] = [
    ['API docs', '/docs'],
    ['Guides', '/docs#guides'],
    ['Inbox', inboxUrl],
    ['Temporal UI', temporalUiUrl],
  ];
  return places.flatMap(([name, url]) => (url === null ? [] : [html`<a href="${url}">${name}</a> `]));
}

const EXAMPLE = `name: Cart example
key: cart-example
trigger: { customEvent: example_cart, where: [ { property: cart_value, atLeast: 100 } ] }
delay: { after: 30 seconds }
exceptions: [ { purchase: any } ]
reEligibility: { after: 1 minute }
messages:
  - channel: email
    subject: "Still thinking it over, {{ first_name | default: 'friend' }}?"
    html: "<p>Your cart is waiting for you.</p>"
`;
