// The page of one campaign, served as /assets/campaign.js.
'use strict';

(() => {
  const { byId, element, link, call, trouble, words, away, on, useKey, at } = window.rappel;
  const path = `/v1/campaigns/${location.pathname.split('/').pop()}`;
  let next = null;

  const cell = (...children) => element('td', {}, ...children);
  const personLink = ({ userId, who }) => element('a', { href: `/people/${userId}` }, who);

  function button(text, work) {
    const made = element('button', { type: 'button' }, text);
    made.addEventListener('click', () => work().catch(away));
    return made;
  }

  function show(campaign) {
    document.title = `${campaign.name} – Rappel`;
    byId('title').textContent = campaign.name;
    byId('state').textContent = `${campaign.key}: ${campaign.state}, version ${campaign.version}`;
    byId('sentence').textContent = campaign.sentence;
    byId('counts').textContent = countsOf(campaign.counts);
    byId('definition').textContent = JSON.stringify(campaign.definition, null, 2);
    byId('actions').replaceChildren(
      ...campaign.allowedActions.map((action) => button(words(action), () => preview(action))),
    );
    const runs = byId('waiting-runs');
    runs.hidden = !/^https?:\/\//.test(campaign.waitingUrl ?? '');
    if (!runs.hidden) runs.href = campaign.waitingUrl;
  }

  function countsOf(counts) {
    const parts = [`${counts.waiting} wait`, `${counts.sent} sent`];
    if (counts.parked > 0) parts.push(`${counts.parked} parked`);
    for (const outcome of ['cancelled', 'dropped', 'failed', 'unknown']) {
      for (const [reason, count] of Object.entries(counts[outcome]))
        parts.push(`${count} ${outcome} (${words(reason)})`);
    }
    return `${parts.join(', ')}.`;
  }

  /** What the action would do to those who wait, and the button that does it. */
  async function preview(action) {
    const { ok, answer } = await call('POST', `${path}/${action}?preview=true`);
    if (!ok) return say('bad', answer.detail);
    const effect =
      answer.dropped.count === 0
        ? 'Nobody who waits is dropped.'
        : `${answer.dropped.count} waiting will get nothing, and do not come back.`;
    byId('action-answer').replaceChildren(
      element('p', {}, `${words(action)}: ${effect}`),
      element(
        'p',
        {},
        button(`Yes, ${words(action)}`, () => act(action)),
      ),
    );
  }

  async function act(action) {
    const { ok, answer } = await call('POST', `${path}/${action}`);
    say(ok ? 'good' : 'bad', ok ? `It is ${answer.state} now.` : answer.detail);
    await load();
  }

  function say(kind, text) {
    byId('action-answer').replaceChildren(element('p', { class: kind }, text));
  }

  async function loadWaiting(isMore) {
    const query = isMore && next !== null ? `?limit=50&after=${encodeURIComponent(next)}` : '?limit=50';
    const { ok, answer } = await call('GET', `${path}/waiting${query}`);
    if (!ok) return;
    const rows = answer.waiting.map((each) =>
      element(
        'tr',
        {},
        cell(personLink(each)),
        cell(`${at(each.until, each.timeZone)} (${each.timeZone})`),
        cell(at(each.until, 'UTC')),
        cell(link('run', each.runUrl) ?? ''),
      ),
    );
    if (isMore) byId('waiting').append(...rows);
    else byId('waiting').replaceChildren(...(rows.length > 0 ? rows : [nobody('Nobody waits.', 4)]));
    next = answer.next;
    byId('waiting-more').hidden = next === null;
  }

  async function loadParked() {
    const { ok, answer } = await call('GET', `/v1/parked?limit=50&campaign=${location.pathname.split('/').pop()}`);
    if (!ok) return;
    const rows = answer.parked.map((each) =>
      element(
        'tr',
        {},
        cell(personLink(each)),
        cell(at(each.since, 'UTC'), ' UTC'),
        cell(each.error ?? ''),
        cell(
          button('Retry', () => change(each.id, 'retry')),
          ' ',
          button('Discard', () => change(each.id, 'discard')),
        ),
      ),
    );
    byId('parked').replaceChildren(...(rows.length > 0 ? rows : [nobody('Nothing is parked.', 4)]));
  }

  const nobody = (text, columns) => element('tr', {}, element('td', { colspan: String(columns), class: 'soft' }, text));

  async function change(id, action) {
    const { ok, answer } = await call('POST', `/v1/parked/${id}/${action}`);
    if (!ok) trouble(answer.detail);
    await load();
  }

  async function load() {
    const { ok, status, answer } = await call('GET', path);
    if (!ok) return status === 401 ? undefined : trouble(answer.detail);
    trouble('');
    show(answer);
    await Promise.all([loadWaiting(false), loadParked()]);
  }

  on('waiting-more', 'click', () => loadWaiting(true));
  useKey(load);
  load().catch(away);
})();
