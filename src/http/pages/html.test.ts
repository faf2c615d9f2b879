import { expect, test } from 'vitest';
import { html } from './html.ts';

test('texts are escaped in content and in attributes, markup of templates is not', () => {
  const hostile = `"><script>alert('1')</script>&amp;`;
  const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;';
  expect(html`<b title="${hostile}">${[hostile, html`<i>${7}</i>`, undefined]}</b>`.markup).toBe(
    `<b title="${escaped}">${escaped}<i>7</i></b>`,
  );
});

test('what only looks like markup is text', () => {
  const lookalike = JSON.parse('{"markup":"<script>"}');
  expect(() => html`${lookalike}`).toThrow(TypeError);
});
