// The page of one person, served as /assets/person.js.
'use strict';

(() => {
  const { byId, element, link, call, trouble, words, away, useKey, at, liveList, follow } = window.rappel;
  const REFRESH_MS = 5000;
  const id = location.pathname.split('/').pop();
  const path = `/v1/users-by-id/${id}`;
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

  const showCampaigns = liveList({
    list: 'campaigns',
    path: '/v1/campaigns',
    name: 'campaigns',
    row: ({ key, name }) => {
      const made = element('button', { type: 'button' }, name);
      made.addEventListener('click', () => why(key).catch(away));
      return [key, made];
    },
    empty: () => element('span', {}, 'There is no campaign yet.'),
    step: 100,
  });

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

  const showTimeline = liveList({
    list: 'timeline',
    path: `${path}/timeline`,
    name: 'entries',
    row: (entry) => [
      `${entry.kind}/${entry.at}/${entry.seq ?? ''}/${entry.campaign ?? ''}/${entry.channel ?? ''}`,
      entryLine(entry),
    ],
    empty: () => element('li', {}, 'Nothing yet.'),
    step: 50,
  });

  async function load() {
    const { ok, status, answer } = await call('GET', path);
    if (!ok) return status === 401 ? undefined : trouble(answer.detail);
    trouble('');
    show(answer);
    const lists = await Promise.all([showCampaigns(), showTimeline()]);
    const refused = lists.find((list) => !list.ok && list.status !== 401);
    if (refused !== undefined) trouble(refused.answer.detail);
  }

  /** A link to this page may ask for the why of one campaign at once. */
  async function begin() {
    await load();
    const asked = new URLSearchParams(location.search).get('campaign');
    if (asked !== null && byId('why-answer').children.length === 0) await why(asked);
  }

  useKey(begin);
  follow(begin, REFRESH_MS);
})();
