// The reference's script, served as /assets/docs.js: a link to a part that is folded opens it.
'use strict';

(() => {
  function open() {
    const part = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (part === null) return;
    for (let around = part; around !== null; around = around.parentElement) {
      if (around instanceof HTMLDetailsElement) around.open = true;
    }
    part.scrollIntoView();
  }
  addEventListener('hashchange', open);
  open();
})();
