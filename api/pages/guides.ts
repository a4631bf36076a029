import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import MarkdownIt from 'markdown-it';
import { RappelError } from '../../domain/errors.js';
import { html, page, trusted } from './html.js';

/** A guide of `docs/`, as a page of this server; the same file is read on GitHub. */
export interface Guide {
  /** `campaigns`, `decisions/kept-counts`: its place below `/docs/`. */
  readonly name: string;
  readonly title: string;
  /** HTML. */
  readonly body: string;
}

/** All there are, by name. What the folder holds is ours, and is rendered once. */
export function readGuides(folder: string): readonly Guide[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'));
  return files.sort().map((file) => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const name = nameOf(file);
    return { name, title: /^# (.+)$/m.exec(text)?.[1] ?? name, body: rendered(text, path.posix.dirname(file)) };
  });
}

/** `decisions/kept-counts` of `decisions/running/kept-counts.md`: pages keep their address when files are grouped. */
function nameOf(file: string): string {
  const name = path.posix.basename(file, '.md');
  return file.startsWith('decisions/') ? `decisions/${name}` : name;
}

export function isTopLevel({ name }: Guide): boolean {
  return !name.includes('/');
}

export function guidePage(guides: readonly Guide[], name: string): string {
  const guide = guides.find((each) => each.name === name);
  if (guide === undefined) throw new RappelError('not_found', `There is no guide '${name}'.`);
  const body = html`<header><h1><a href="/">Rappel</a></h1>
<nav aria-label="Places"><a href="/docs">API docs</a> <a href="/docs#guides">All guides</a></nav></header>
<main class="guide">${trusted(guide.body)}</main>`;
  return page(`${guide.title} – Rappel`, body);
}

/** `folder`: of the file, from which its links start. */
function rendered(text: string, folder: string): string {
  const markdown = new MarkdownIt({ html: false });
  const { rules } = markdown.renderer;
  const ids = new Map<string, number>();
  rules.heading_open = (tokens, index) => {
    const slug = slugOf(tokens[index + 1]?.content ?? '');
    const count = ids.get(slug) ?? 0;
    ids.set(slug, count + 1);
    // The page has the first level already.
    return `<h${levelOf(tokens[index])} id="${count === 0 ? slug : `${slug}-${count}`}">`;
  };
  rules.heading_close = (tokens, index) => `</h${levelOf(tokens[index])}>\n`;
  // A link to a file that this server does not have is left out, and its words stay.
  const open: boolean[] = [];
  rules.link_open = (tokens, index) => {
    const target = targetOf(String(tokens[index]?.attrGet('href') ?? ''), folder);
    open.push(target !== null);
    return target === null ? '' : `<a href="${markdown.utils.escapeHtml(target)}">`;
  };
  rules.link_close = () => (open.pop() === true ? '</a>' : '');
  rules.table_open = () => '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>';
  rules.table_close = () => '</table></div>';
  // Of what is no Markdown, line breaks within cells are all that our guides use.
  return markdown.render(text).replaceAll('<pre>', '<pre tabindex="0">').replaceAll('&lt;br&gt;', '<br>');
}

function levelOf(token: { readonly tag: string } | undefined): number {
  return Math.min(6, Number(token?.tag.slice(1) ?? 1) + 1);
}

/** As GitHub makes them. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

/** Another guide's page, or elsewhere; null: a file of the repository, which this server does not have. */
function targetOf(href: string, folder: string): string | null {
  if (/^(https?:|#|mailto:)/.test(href)) return href;
  const [, file, hash = ''] = /^([\w./-]+\.md)(#.*)?$/.exec(href) ?? [];
  if (file === undefined) return null;
  const target = path.posix.join(folder, file);
  return target.startsWith('../') ? null : `/docs/${nameOf(target)}${hash}`;
}
