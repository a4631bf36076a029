// The script of the inbox's list, served as /inbox.js: shows mails as they come, and changes nothing else of the page, so
// that focus, selection and reading position stay.
'use strict';

(() => {
  const REFRESH_MS = 3000;
  const away = document.getElementById('away');

  async function refresh() {
    const response = await fetch(location.href, { cache: 'no-store' });
    if (!response.ok) throw new Error(String(response.status));
    const made = new DOMParser().parseFromString(await response.text(), 'text/html');
    const old = document.getElementById('list');
    const fresh = made.getElementById('list');
    if (old.tBodies === undefined || fresh.tBodies === undefined) {
      // The first mail: there was no table.
      if (old.outerHTML !== fresh.outerHTML) old.replaceWith(fresh);
    } else renewRows(old.tBodies[0], fresh.tBodies[0]);
    for (const id of ['total', 'older']) {
      const [there, wanted] = [document.getElementById(id), made.getElementById(id)];
      if (there.innerHTML !== wanted.innerHTML) there.replaceWith(wanted);
    }
  }

  function renewRows(body, fresh) {
    const wanted = new Map([...fresh.rows].map((row) => [row.id, row]));
    for (const row of [...body.rows]) if (!wanted.has(row.id)) row.remove();
    let place = body.rows[0] ?? null;
    for (const [id, row] of wanted) {
      if (place?.id === id) place = place.nextElementSibling;
      else body.insertBefore(row, place);
    }
  }

  async function again() {
    if (!document.hidden) {
      away.hidden = await refresh().then(
        () => true,
        () => false,
      );
    }
    setTimeout(again, REFRESH_MS);
  }
  setTimeout(again, REFRESH_MS);
})();
