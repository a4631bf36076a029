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
    const headers = {};
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

  /** The form for a key; `begin` runs with each that is given. Pages that open by a link have none. */
  function useKey(begin) {
    if (byId('access-form') === null) return;
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

  /** Makes an element that is there equal to a new one, and changes only what differs: focus and selection stay. */
  function renew(there, made) {
    for (const { name } of [...there.attributes]) if (!made.hasAttribute(name)) there.removeAttribute(name);
    for (const { name, value } of made.attributes)
      if (there.getAttribute(name) !== value) there.setAttribute(name, value);
    const wanted = [...made.childNodes];
    for (const [place, child] of wanted.entries()) {
      const old = there.childNodes[place];
      if (old === undefined) there.append(child);
      else if (old.nodeName !== child.nodeName) old.replaceWith(child);
      else if (child.nodeType === Node.ELEMENT_NODE) renew(old, child);
      else if (old.data !== child.data) old.data = child.data;
    }
    while (there.childNodes.length > wanted.length) there.lastChild.remove();
  }

  /**
   * Shows a list: `rows` are `[key, element]`. A row of a key that is shown already stays and is renewed in its place;
   * without rows `empty` is shown.
   */
  function fill(list, rows, empty) {
    const wanted = new Map();
    for (const [key, made] of rows.length > 0 ? rows : [['', empty]]) {
      let own = String(key);
      while (wanted.has(own)) own += '+';
      wanted.set(own, made);
    }
    for (const row of [...list.children]) if (!wanted.has(row.dataset.key)) row.remove();
    const shown = new Map([...list.children].map((row) => [row.dataset.key, row]));
    let place = list.firstElementChild;
    for (const [key, made] of wanted) {
      made.dataset.key = key;
      const there = shown.get(key);
      if (there !== undefined) renew(there, made);
      if (there === undefined) list.insertBefore(made, place);
      else if (there === place) place = place.nextElementSibling;
      else list.insertBefore(there, place);
    }
  }

  const MOST_ROWS = 500;

  /** Pages of a list, from the first on, until `wanted` rows are there: `{ ok, rows, isMore }`. */
  async function pages(path, name, wanted) {
    const rows = [];
    const url = new URL(path, location.href);
    for (;;) {
      url.searchParams.set('limit', String(Math.min(100, wanted - rows.length)));
      const { ok, status, answer } = await call('GET', url.pathname + url.search);
      if (!ok) return { ok, status, answer, rows, isMore: false };
      rows.push(...answer[name]);
      if (answer.next === null || rows.length >= wanted)
        return { ok, status, answer, rows, isMore: answer.next !== null };
      url.searchParams.set('after', answer.next);
    }
  }

  /** A list that is read anew at each `show`, and its button that asks for more rows of it. */
  function liveList({ list, path, name, row, empty, step }) {
    let wanted = step;
    const more = byId(`${list}-more`);
    async function show() {
      const { ok, status, answer, rows, isMore } = await pages(path, name, wanted);
      if (!ok) return { ok, status, answer };
      fill(byId(list), rows.map(row), empty());
      const canGrow = isMore && wanted < MOST_ROWS;
      more.hidden = !isMore;
      more.disabled = !canGrow;
      const text = canGrow
        ? `Show more than these ${rows.length}`
        : `There are more than these ${rows.length}: the API pages them all`;
      if (more.textContent !== text) more.textContent = text;
      return { ok, status, answer, rows };
    }
    on(more.id, 'click', () => {
      wanted = Math.min(MOST_ROWS, wanted + step);
      return show();
    });
    return show;
  }

  const emptyRow = (columns, text) =>
    element('tr', {}, element('td', { colspan: String(columns), class: 'soft' }, text));

  /** Runs `refresh` now and again while somebody looks; not while a key is asked for, nor in a hidden tab. */
  function follow(refresh, everyMs) {
    const again = async () => {
      if (!document.hidden && (byId('access').hidden || sessionStorage.getItem(KEY) !== null))
        await refresh().catch(away);
      setTimeout(again, everyMs);
    };
    void again();
  }

  /** What of a campaign's people got nothing, by reason. */
  function lossesOf(counts) {
    const kinds = {
      turnedAway: 'turned away',
      cancelled: 'cancelled',
      dropped: 'dropped',
      failed: 'failed',
      unknown: 'unknown',
    };
    return Object.entries(kinds).flatMap(([kind, title]) =>
      Object.entries(counts[kind]).map(([reason, count]) => ({ title, reason: words(reason), count })),
    );
  }

  return {
    KEY,
    byId,
    element,
    link,
    call,
    trouble,
    words,
    away,
    on,
    useKey,
    at,
    fill,
    liveList,
    emptyRow,
    follow,
    lossesOf,
  };
})();
