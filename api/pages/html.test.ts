import { html, page } from './html.js';

test('interpolated texts are escaped, in elements and attributes alike', () => {
  const hostile = `"><img src=x onerror='alert(1)'>&`;
  expect(html`<p title="${hostile}">${hostile}</p>`.html).toBe(
    '<p title="&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;">&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;</p>',
  );
});

test('html within html stays html, null is nothing', () => {
  expect(html`<ul>${[html`<li>${1}</li>`, html`<li>${'<'}</li>`]}</ul>${null}`.html).toBe(
    '<ul><li>1</li><li>&lt;</li></ul>',
  );
});

test('a page loads scripts and styles from this server only', () => {
  const text = page('<Title>', html`<main></main>`, ['/assets/home.js']);
  expect(text).toContain('<title>&lt;Title&gt;</title>');
  expect(text).toContain('<script src="/assets/home.js" defer></script>');
  expect(text).not.toMatch(/<script>|<style|https?:\/\//);
});
