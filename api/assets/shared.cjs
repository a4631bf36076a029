// What all pages share, served as /assets/shared.js: a classic script for browsers. It speaks only to this server's API and
// writes only text into the page, never HTML.
'use strict';

window.rappel = (() => {
  const KEY = 'rappel.apiKey';
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
      // Whoever has sent no key yet is asked for one; a key that is refused is said to be.
      if (key !== null) trouble(answer.detail);
    }
    return { ok: response.ok, status: response.status, answer };
  }

  function trouble(text) {
    byId('trouble').textContent = text;
    byId('trouble').hidden = text === '';
  }

  const words = (reason) => reason.replaceAll('_', ' ');

  const away = () => trouble('Rappel does not answer. Is it running?');

  function on(id, event, work) {
    byId(id).addEventListener(event, (happened) => {
      happened.preventDefault();
      work().catch(away);
    });
  }

  /** The form for a key; `begin` runs with each that is given. */
  function useKey(begin) {
    on('access-form', 'submit', async () => {
      sessionStorage.setItem(KEY, byId('access-key').value.trim());
      byId('access-key').value = '';
      byId('access').hidden = true;
      trouble('');
      await begin();
    });
  }

  /** "1 Dec 2026, 11:00" on the clock of that zone. */
  function at(iso, timeZone) {
    return new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(
      new Date(iso),
    );
  }

  return { KEY, byId, element, link, call, trouble, words, away, on, useKey, at };
})();
