// The page of one campaign, served as /assets/campaign.js.
'use strict';

(() => {
  const { byId, element, link, call, trouble, words, away, useKey, at, fill, liveList, emptyRow, follow, lossesOf } =
    window.rappel;
  const REFRESH_MS = 5000;
  const path = `/v1/campaigns/${location.pathname.split('/').pop()}`;

  const cell = (...children) => element('td', {}, ...children);
  const number = (count) => element('td', { class: 'number' }, String(count));
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
    fill(byId('funnel'), funnelRows(campaign.counts), emptyRow(3, 'Nobody met the trigger yet.'));
    const definition = JSON.stringify(campaign.definition, null, 2);
    if (byId('definition').textContent !== definition) byId('definition').textContent = definition;
    const actions = campaign.allowedActions.map((action) => [action, button(words(action), () => preview(action))]);
    fill(byId('actions'), actions, element('span', {}, 'Nothing more can be done with it.'));
    const runs = byId('waiting-runs');
    runs.hidden = !/^https?:\/\//.test(campaign.waitingUrl ?? '');
    if (!runs.hidden) runs.href = campaign.waitingUrl;
  }

  function funnelRows(counts) {
    if (counts.metTrigger === 0) return [];
    const row = (what, why, times) => [`${what}/${why}`, element('tr', {}, cell(what), cell(why), number(times))];
    const losses = lossesOf(counts).map(({ title, reason, count }) => ({ title, row: row(title, reason, count) }));
    const of = (kind) => losses.filter(({ title }) => (title === 'turned away') === kind).map((loss) => loss.row);
    return [
      row('met the trigger', '', counts.metTrigger),
      ...of(true),
      row('entered', '', counts.entered),
      row('wait now', '', counts.waiting),
      ...(counts.parked > 0 ? [row('parked now', 'see below', counts.parked)] : []),
      row('sent', '', counts.sent),
      ...of(false),
    ];
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
    say(ok ? 'good' : 'bad', ok ? `It is ${answer.state} now. ${answer.effect}` : answer.detail);
    await load();
  }

  function say(kind, text) {
    byId('action-answer').replaceChildren(element('p', { class: kind }, text));
  }

  const showWaiting = liveList({
    list: 'waiting',
    path: `${path}/waiting`,
    name: 'waiting',
    row: (each) => [
      `${each.userId}/${each.dueAt}`,
      element(
        'tr',
        {},
        cell(personLink(each)),
        cell(`${at(each.until, each.timeZone)} (${each.timeZone})`),
        cell(at(each.until, 'UTC')),
        cell(link('run', each.runUrl) ?? ''),
      ),
    ],
    empty: () => emptyRow(4, 'Nobody waits.'),
    step: 50,
  });

  const showParked = liveList({
    list: 'parked',
    path: `/v1/parked?campaign=${location.pathname.split('/').pop()}`,
    name: 'parked',
    row: (each) => [
      each.id,
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
    ],
    empty: () => emptyRow(4, 'Nothing is parked.'),
    step: 50,
  });

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
    const lists = await Promise.all([showWaiting(), showParked()]);
    const refused = lists.find((list) => !list.ok && list.status !== 401);
    if (refused !== undefined) trouble(refused.answer.detail);
  }

  useKey(load);
  follow(load, REFRESH_MS);
})();
