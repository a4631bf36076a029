// The home page's script, served as /assets/home.js: a classic script for browsers. It speaks only to this server's
// API and writes only text into the page, never HTML.
'use strict';

(() => {
  const KEY = 'rappel.apiKey';
  const REFRESH_MS = 2000;
  const byId = (id) => document.getElementById(id);

  /** An element with text or elements in it; `null` children are left out. */
  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  /** A link for web addresses only: whatever an answer holds, the page never runs it. */
  function link(text, url) {
    return /^https?:\/\//.test(url ?? '') ? element('a', { href: url, rel: 'noreferrer' }, text) : null;
  }

  async function call(method, path, body, type) {
    const headers = { 'x-rappel-page': '1' };
    const key = sessionStorage.getItem(KEY);
    if (key !== null) headers.authorization = `Bearer ${key}`;
    if (body !== undefined) headers['content-type'] = type;
    const response = await fetch(path, { method, headers, body, cache: 'no-store' });
    const answer = await response.json();
    if (response.status === 401) {
      sessionStorage.removeItem(KEY);
      byId('access').hidden = false;
    }
    return { ok: response.ok, status: response.status, answer };
  }

  function trouble(text) {
    byId('trouble').textContent = text;
    byId('trouble').hidden = text === '';
  }

  const words = (reason) => reason.replaceAll('_', ' ');

  function notSent(counts) {
    const parts = [];
    for (const outcome of ['cancelled', 'dropped', 'failed', 'unknown']) {
      for (const [reason, count] of Object.entries(counts[outcome]))
        parts.push(`${count} ${outcome}: ${words(reason)}`);
    }
    if (counts.parked > 0) parts.push(`${counts.parked} parked`);
    return parts.join(', ');
  }

  function campaignRow(campaign) {
    return element(
      'tr',
      {},
      element('td', {}, campaign.name, element('br', {}), element('small', {}, campaign.key)),
      element('td', {}, campaign.state),
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
      ` ${outcome.campaignName} → ${outcome.who} `,
      run,
    );
  }

  async function refresh() {
    const [campaigns, outcomes] = await Promise.all([call('GET', '/v1/campaigns'), call('GET', '/v1/outcomes')]);
    if (campaigns.status === 401) return trouble('');
    byId('access').hidden = true;
    const refused = [campaigns, outcomes].find(({ ok }) => !ok);
    trouble(refused === undefined ? '' : refused.answer.detail);
    if (campaigns.ok && campaigns.answer.campaigns.length > 0) {
      byId('campaigns').replaceChildren(...campaigns.answer.campaigns.map(campaignRow));
      const keys = campaigns.answer.campaigns.map(({ key }) => element('option', { value: key }));
      byId('campaign-keys').replaceChildren(...keys);
    }
    if (outcomes.ok && outcomes.answer.outcomes.length > 0) {
      byId('outcomes').replaceChildren(...outcomes.answer.outcomes.map(outcomeLine));
    }
  }

  /** Follows what happens while somebody looks; a hidden tab asks nothing. */
  async function follow() {
    if (!document.hidden && (byId('access').hidden || sessionStorage.getItem(KEY) !== null)) {
      await refresh().catch(() => trouble('Rappel does not answer. Is it running?'));
    }
    setTimeout(follow, REFRESH_MS);
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
      replace(definition, text).catch(() => trouble('Rappel does not answer. Is it running?'));
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

  function on(id, event, work) {
    byId(id).addEventListener(event, (happened) => {
      happened.preventDefault();
      work().catch(() => trouble('Rappel does not answer. Is it running?'));
    });
  }

  on('access-form', 'submit', async () => {
    sessionStorage.setItem(KEY, byId('access-key').value.trim());
    byId('access-key').value = '';
    await refresh();
  });
  on('why-form', 'submit', why);
  on('try-form', 'submit', launch);
  on('try-validate', 'click', validate);
  void follow();
})();
