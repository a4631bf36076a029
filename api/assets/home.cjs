// The home page's script, served as /assets/home.js: a classic script for browsers. It speaks only to this server's
// API and writes only text into the page, never HTML.
'use strict';

(() => {
  const { byId, element, link, call, trouble, words, away, on, useKey, fill, liveList, emptyRow, follow, lossesOf } =
    window.rappel;
  const REFRESH_MS = 2000;

  function notSent(counts) {
    const parts = lossesOf(counts).map(({ title, reason, count }) => `${count} ${title}: ${reason}`);
    if (counts.parked > 0) parts.push(`${counts.parked} parked`);
    return parts.join(', ');
  }

  /** A link to a page of ours. */
  const pageLink = (text, path) => element('a', { href: path }, text);

  function campaignRow(campaign) {
    return element(
      'tr',
      {},
      element(
        'td',
        {},
        pageLink(campaign.name, `/campaigns/${encodeURIComponent(campaign.key)}`),
        element('br', {}),
        element('small', {}, campaign.key),
      ),
      element('td', {}, campaign.state),
      element('td', { class: 'number' }, String(campaign.counts.metTrigger)),
      element('td', { class: 'number' }, String(campaign.counts.waiting)),
      element('td', { class: 'number' }, String(campaign.counts.sent)),
      element('td', {}, notSent(campaign.counts)),
    );
  }

  function outcomeLine(outcome) {
    const run = link('run', outcome.runUrl);
    return element(
      'li',
      {},
      element('time', { datetime: outcome.settledAt }, new Date(outcome.settledAt).toLocaleString()),
      ' ',
      element('strong', { class: outcome.outcome }, outcome.outcome),
      outcome.outcome === 'sent' ? '' : ` (${words(outcome.reason)})`,
      ' ',
      pageLink(outcome.campaignName, `/campaigns/${outcome.campaign}`),
      ' → ',
      pageLink(outcome.who, `/people/${outcome.userId}`),
      ' ',
      pageLink('why', `/people/${outcome.userId}?campaign=${outcome.campaign}`),
      ' ',
      run,
    );
  }

  const showCampaigns = liveList({
    list: 'campaigns',
    path: '/v1/campaigns',
    name: 'campaigns',
    row: (campaign) => [campaign.key, campaignRow(campaign)],
    empty: () => emptyRow(6, 'None yet: launch one below.'),
    step: 50,
  });
  const showOutcomes = liveList({
    list: 'outcomes',
    path: '/v1/outcomes',
    name: 'outcomes',
    row: (outcome) => [
      `${outcome.campaign}/${outcome.userId}/${outcome.settledAt}/${outcome.dueAt}`,
      outcomeLine(outcome),
    ],
    empty: () => element('li', {}, 'Nothing has ended yet.'),
    step: 20,
  });

  async function refresh() {
    const [campaigns, outcomes] = await Promise.all([showCampaigns(), showOutcomes()]);
    // Without a key that opens it, the form asks for one, and says why the last one did not.
    if (campaigns.status === 401 || outcomes.status === 401) return;
    byId('access').hidden = true;
    const refused = [campaigns, outcomes].find(({ ok }) => !ok);
    trouble(refused === undefined ? '' : refused.answer.detail);
    if (!campaigns.ok) return;
    const keys = campaigns.rows.map(({ key }) => [key, element('option', { value: key })]);
    fill(byId('campaign-keys'), keys, element('option', {}));
  }

  async function why() {
    const query = new URLSearchParams({ campaign: byId('why-campaign').value, user: byId('why-user').value });
    const { ok, answer } = await call('GET', `/v1/explain?${query}`);
    if (!ok) return byId('why-answer').replaceChildren(element('p', { class: 'bad' }, answer.detail));
    const history = answer.history.slice(1).map(({ sentence }) => element('li', {}, sentence));
    byId('why-answer').replaceChildren(
      element('p', { class: 'sentence' }, answer.sentence),
      history.length === 0 ? '' : element('ol', { class: 'plain soft' }, ...history),
      answer.ifTriggeredNow === null ? '' : element('p', { class: 'soft' }, answer.ifTriggeredNow.sentence),
    );
  }

  function showProblems(answer) {
    const problems = (answer.problems ?? []).map(({ path, message, allowed, line }) => {
      const where = line === undefined ? '' : ` (line ${line})`;
      const instead = allowed === undefined ? '' : `; allowed: ${allowed}`;
      return element('li', {}, element('code', {}, path), `${where} ${message}${instead}`);
    });
    const title = answer.detail ?? 'The definition is not valid:';
    byId('try-answer').replaceChildren(element('p', { class: 'bad' }, title), element('ul', {}, ...problems));
  }

  const sendDefinition = (method, path) => call(method, path, byId('try-definition').value, 'application/yaml');

  async function validate() {
    const { ok, answer } = await sendDefinition('POST', '/v1/campaigns/validate');
    if (!ok || !answer.valid) {
      showProblems(answer);
      return null;
    }
    byId('try-answer').replaceChildren(element('p', { class: 'good' }, `Valid. ${answer.sentence}`));
    return answer.definition;
  }

  const pathOf = ({ key }) => `/v1/campaigns/${encodeURIComponent(key)}`;

  /** Creates the campaign and makes it active. One of that key is never replaced before a second click. */
  async function launch() {
    const definition = await validate();
    if (definition === null) return;
    const created = await sendDefinition('POST', '/v1/campaigns');
    if (created.status === 409) return askToReplace(definition, created.answer.detail);
    if (!created.ok) return showProblems(created.answer);
    await activate(definition, created.answer);
  }

  async function activate(definition, saved) {
    const action = saved.allowedActions.find((name) => name === 'launch' || name === 'resume');
    const live =
      action === undefined ? { ok: true, answer: saved } : await call('POST', `${pathOf(definition)}/${action}`);
    if (!live.ok) return showProblems(live.answer);
    const done = `“${live.answer.name}” is ${live.answer.state}, version ${live.answer.version}.`;
    byId('try-answer').replaceChildren(element('p', { class: 'good' }, done));
    await refresh();
  }

  /** What is there, what the edit would change for those who wait, and the button that makes it. */
  async function askToReplace(definition, detail) {
    const preview = await sendDefinition('PUT', `${pathOf(definition)}?preview=true`);
    if (!preview.ok) return showProblems(preview.answer);
    const { sentence, waiting, keepTheirTime, sooner, held, dropped } = preview.answer;
    const effects = `Of ${waiting} who wait: ${keepTheirTime} keep their time, ${sooner} come sooner, ${held.count} would be held, ${dropped.count} would get nothing.`;
    const button = element('button', { type: 'button' }, `Replace “${definition.key}”`);
    // Only what was previewed is sent, whatever was typed since.
    const text = byId('try-definition').value;
    button.addEventListener('click', () => {
      button.disabled = true;
      replace(definition, text).catch(away);
    });
    byId('try-answer').replaceChildren(
      element('p', { class: 'bad' }, detail),
      element('p', {}, `The edit: ${sentence}`),
      element('p', {}, effects),
      element('p', {}, button),
    );
  }

  async function replace(definition, text) {
    const saved = await call('PUT', pathOf(definition), text, 'application/yaml');
    if (!saved.ok) return showProblems(saved.answer);
    await activate(definition, saved.answer);
  }

  useKey(refresh);
  on('why-form', 'submit', why);
  on('try-form', 'submit', launch);
  on('try-validate', 'click', validate);
  follow(refresh, REFRESH_MS);
})();
