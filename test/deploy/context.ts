/** What `docker build` would be sent: the files that .dockerignore lets through, copied. */
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import dockerignore from '@balena/dockerignore';

export function copyContext(project: string, target: string): readonly string[] {
  const rules = readFileSync(path.join(project, '.dockerignore'), 'utf8');
  const files = filesOf(project, rules);
  for (const file of files) {
    mkdirSync(path.dirname(path.join(target, file)), { recursive: true });
    cpSync(path.join(project, file), path.join(target, file), { verbatimSymlinks: true });
  }
  return files;
}

function filesOf(project: string, rules: string): readonly string[] {
  const matcher = dockerignore().add(rules);
  const exceptions = rules
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  /** Nothing below an ignored folder is looked at, unless a rule brings some of it back. */
  const isClosed = (folder: string) =>
    matcher.ignores(folder) && !exceptions.some((each) => each.startsWith(`${folder}/`) || each.includes('*'));
  const walk = (folder: string): readonly string[] =>
    readdirSync(path.join(project, folder), { withFileTypes: true }).flatMap((entry) => {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory()) return isClosed(name) ? [] : walk(name);
      return matcher.ignores(name) ? [] : [name];
    });
  return walk('');
}
