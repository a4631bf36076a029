// The page of one person, served as /assets/person.js.
'use strict';

(() => {
  const { byId, element, link, call, trouble, words, away, on, useKey, at } = window.rappel;
  const id = location.pathname.split('/').pop();
  const path = `/v1/users-by-id/${id}`;
  let next = null;
  let zone = 'UTC';

  function show(person) {
    const aliases = person.aliases.map(({ label, name }) => `${label}:${name}`);
    const name = person.externalId ?? aliases[0] ?? `Person ${person.id}`;
    zone = person.timeZone ?? 'UTC';
    document.title = `${name} – Rappel`;
    byId('title').textContent = name;
    const parts = [`internal id ${person.id}`, ...aliases, person.timeZone ?? 'no time zone known'];
    byId('names').textContent = `${parts.join(', ')}; e-mail: ${person.emailSubscription}.`;
  }

  async function loadCampaigns() {
    const { ok, answer } = await call('GET', '/v1/campaigns?limit=100');
    if (!ok) return;
    const buttons = answer.campaigns.map(({ key, name }) => {
      const made = element('button', { type: 'button' }, name);
      made.addEventListener('click', () => why(key).catch(away));
      return made;
    });
    byId('campaigns').replaceChildren(...buttons);
  }

  async function why(campaign) {
    const { ok, answer } = await call('GET', `/v1/explain?campaign=${encodeURIComponent(campaign)}&user_id=${id}`);
    if (!ok) return byId('why-answer').replaceChildren(element('p', { class: 'bad' }, answer.detail));
    const history = answer.history.slice(1).map(({ sentence }) => element('li', {}, sentence));
    byId('why-answer').replaceChildren(
      element('p', { class: 'sentence' }, answer.sentence),
      history.length === 0 ? '' : element('ol', { class: 'plain soft' }, ...history),
      answer.ifTriggeredNow === null ? '' : element('p', { class: 'soft' }, answer.ifTriggeredNow.sentence),
    );
  }

  function entryLine(entry) {
    const what = {
      event: () => `${entry.event} ${entry.name}`.trim(),
      rejected: () => `did not enter ${entry.campaign}: ${words(entry.reason)}`,
      entered: () => `entered ${entry.campaign}, due ${at(entry.dueAt, zone)}`,
      message: () => `${entry.channel} of ${entry.campaign}: ${entry.state}`,
      outcome: () => `${entry.campaign}: ${entry.outcome} (${words(entry.reason)})`,
    }[entry.kind]();
    const clock = zone === 'UTC' ? 'UTC' : `${zone}; ${at(entry.at, 'UTC')} UTC`;
    return element(
      'li',
      {},
      element('time', { datetime: entry.at }, `${at(entry.at, zone)} (${clock})`),
      ` ${what} `,
      link('run', entry.runUrl),
    );
  }

  async function loadTimeline(isMore) {
    const query = isMore && next !== null ? `?limit=50&after=${encodeURIComponent(next)}` : '?limit=50';
    const { ok, answer } = await call('GET', `${path}/timeline${query}`);
    if (!ok) return;
    const lines = answer.entries.map(entryLine);
    if (isMore) byId('timeline').append(...lines);
    else byId('timeline').replaceChildren(...(lines.length > 0 ? lines : [element('li', {}, 'Nothing yet.')]));
    next = answer.next;
    byId('timeline-more').hidden = next === null;
  }

  async function load() {
    const { ok, status, answer } = await call('GET', path);
    if (!ok) return status === 401 ? undefined : trouble(answer.detail);
    trouble('');
    show(answer);
    await Promise.all([loadCampaigns(), loadTimeline(false)]);
  }

  on('timeline-more', 'click', () => loadTimeline(true));
  useKey(load);
  load().catch(away);
})();
