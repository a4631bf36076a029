import { type Html, html, page } from './html.js';

/** One campaign: what it says, where its people are, who waits, what is parked, and what an operator may do. */
export function campaignPage(access: Html): string {
  const body = html`<header>
<h1><a href="/">Rappel</a></h1>
<nav aria-label="Places"><a href="/">All campaigns</a> <a id="waiting-runs" hidden>Waiting runs in Temporal</a></nav>
</header>
<main>
${access}
<section aria-labelledby="title">
<h2 id="title">Campaign</h2>
<p id="state" class="soft"></p>
<p id="sentence" class="sentence"></p>
<p id="actions" class="row"></p>
<div id="action-answer" role="status"></div>
</section>
<section aria-labelledby="funnel-title">
<h2 id="funnel-title">From the trigger to the message</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="funnel-title"><table>
<thead><tr><th scope="col">What became of them</th><th scope="col">Why</th><th scope="col" class="number">Times</th></tr></thead>
<tbody id="funnel"></tbody>
</table></div>
</section>
<section aria-labelledby="waiting-title">
<h2 id="waiting-title">Who waits</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="waiting-title"><table>
<thead><tr><th scope="col">Person</th><th scope="col">Until, on their clock</th><th scope="col">UTC</th><th scope="col">Run</th></tr></thead>
<tbody id="waiting"></tbody>
</table></div>
<p><button id="waiting-more" type="button" hidden>More</button></p>
</section>
<section aria-labelledby="parked-title">
<h2 id="parked-title">Parked</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="parked-title"><table>
<thead><tr><th scope="col">Person</th><th scope="col">Since</th><th scope="col">Why</th><th scope="col">What to do</th></tr></thead>
<tbody id="parked"></tbody>
</table></div>
<p><button id="parked-more" type="button" hidden>More</button></p>
</section>
<section aria-labelledby="definition-title">
<h2 id="definition-title">Definition</h2>
<pre id="definition" tabindex="0" role="region" aria-labelledby="definition-title"></pre>
</section>
</main>`;
  return page('Campaign – Rappel', body, ['/assets/shared.js', '/assets/campaign.js']);
}
