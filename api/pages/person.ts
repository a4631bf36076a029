import { type Html, html, page } from './html.js';

/** One person: what happened to them, and every campaign's why. */
export function personPage(access: Html): string {
  const body = html`<header>
<h1><a href="/">Rappel</a></h1>
<nav aria-label="Places"><a href="/">All campaigns</a></nav>
</header>
<main>
${access}
<section aria-labelledby="title">
<h2 id="title">Person</h2>
<p id="names" class="soft"></p>
</section>
<section aria-labelledby="why-title">
<h2 id="why-title">Why did they get a campaign, or not?</h2>
<p id="campaigns" class="row"></p>
<p><button id="campaigns-more" type="button" hidden>More</button></p>
<div id="why-answer" role="status"></div>
</section>
<section aria-labelledby="timeline-title">
<h2 id="timeline-title">What happened</h2>
<ol id="timeline" class="plain"></ol>
<p><button id="timeline-more" type="button" hidden>More</button></p>
</section>
</main>`;
  return page('Person – Rappel', body, ['/assets/shared.js', '/assets/person.js']);
}
