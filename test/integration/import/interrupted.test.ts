// An import that dies at any moment, as a process of its own that is killed: whoever starts it again goes on behind the last
// record that was committed, and nobody is imported twice or left out.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, truncateSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { type Recording, startRecording } from '../../setup/recording.js';
import { type Importing, startImporting } from './importing.js';

const ROOT = path.join(__dirname, '../../..');

// Each test starts processes that first translate our TypeScript.
jest.setTimeout(60_000);

let r: Recording;
let importing: Importing;
beforeAll(async () => {
  r = await startRecording();
  importing = startImporting(r.api.deps);
});
afterAll(async () => {
  importing.end();
  await r.api.close();
});

/** `rappel import`, which dies where `crashAt` says. */
function start(
  file: string,
  { crashAt, words = [] }: { crashAt?: string; words?: readonly string[] } = {},
): ChildProcess {
  const flags = ['--disable-proto=delete', '-r', path.join(ROOT, 'test/setup/typescript.cjs')];
  return spawn(process.execPath, [...flags, path.join(ROOT, 'cli/rappel.ts'), 'import', file, ...words], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: r.api.database.url,
      ...(crashAt === undefined ? {} : { CRASH_AT: crashAt }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function end(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly signal: string | null; readonly said: string }> {
  let said = '';
  for (const output of [child.stdout, child.stderr]) output?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code, signal] = await once(child, 'close');
  return { code, signal, said };
}

const rows = async (sql: string, ...values: unknown[]) => (await r.api.database.pool.query(sql, values)).rows;

/** So many people, each with a counter that a second import would raise again; every hundredth is refused. */
function people(prefix: string, count: number): string {
  const lines = Array.from({ length: count }, (_, n) =>
    n % 100 === 7 ? `${prefix}-${n},no address,1` : `${prefix}-${n},${prefix}-${n}@example.com,{"inc":1}`,
  );
  return importing.file(`users-${prefix}.csv`, `external_id,email,visits\n${lines.map(quoted).join('\n')}\n`);
}

function quoted(line: string): string {
  return line.replace('{"inc":1}', '"{""inc"":1}"');
}

const asJson = ['--map', 'visits=visits:json'];

async function expectWhole(prefix: string, count: number) {
  const refused = Math.floor((count + 92) / 100);
  expect(
    await rows(
      `select count(*)::int as people, count(distinct external_id)::int as ids, sum((attributes ->> 'visits')::int)::int as visits
       from users where external_id like $1`,
      `${prefix}-%`,
    ),
  ).toEqual([{ people: count - refused, ids: count - refused, visits: count - refused }]);
  const report = readFileSync(path.join(importing.folder, `users-${prefix}.csv.refused.ndjson`), 'utf8')
    .trim()
    .split('\n');
  expect(report.map((line) => JSON.parse(line).line)).toEqual(Array.from({ length: refused }, (_, n) => n * 100 + 9));
}

test.each([
  ['recorded, not committed', 'import_recorded'],
  ['committed, nothing told', 'import_committed'],
])(
  'killed in each of its batches, %s: everybody is there once, and each refused line is told once',
  async (_, failpoint) => {
    const prefix = failpoint.replace('import_', '');
    const file = people(prefix, 2_300);
    // Five batches. Each start dies in its first or second one.
    for (const [n, crashAt] of ['1', '2', '1', '2', null].entries()) {
      const options = crashAt === null ? {} : { crashAt: `${failpoint}:${crashAt}` };
      const { code, signal, said } = await end(start(file, { ...options, words: asJson }));
      if (signal === null) {
        expect([code, said]).toEqual([1, expect.stringContaining('were refused')]);
        break;
      }
      expect([n, signal]).toEqual([n, 'SIGKILL']);
    }
    if (failpoint === 'import_recorded') await end(start(file, { words: asJson }));
    await expectWhole(prefix, 2_300);
    expect(await rows('select done, records, recorded, refused from imports order by id desc limit 1')).toEqual([
      { done: 2_300, records: 2_300, recorded: 2_277, refused: 23 },
    ]);
  },
  120_000,
);

test('killed whenever, seven times: the same', async () => {
  const file = people('whenever', 9_000);
  for (let kill = 0; kill < 7; kill++) {
    const child = start(file, { words: asJson });
    const ended = end(child);
    const begun = new Promise<void>((resolve) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('interrupted at any moment')) setTimeout(resolve, 40 + kill * 60);
      });
    });
    await Promise.race([begun, ended]);
    child.kill('SIGKILL');
    await ended;
  }
  const last = await end(start(file, { words: asJson }));
  expect(last.code === 1 || last.said.includes('was imported on')).toBe(true);
  await expectWhole('whenever', 9_000);
}, 180_000);

test('two processes that import one file: one ends, and everybody is there once', async () => {
  const file = people('twice', 6_000);
  const [one, other] = await Promise.all([end(start(file, { words: asJson })), end(start(file, { words: asJson }))]);
  const ends = [one, other].map(({ said }) => said.includes('Imported 5,940 people'));
  if (!ends.includes(true)) await end(start(file, { words: asJson }));
  expect(
    await rows(
      `select count(*)::int as people, sum((attributes ->> 'visits')::int)::int as visits from users where external_id like 'twice-%'`,
    ),
  ).toEqual([{ people: 5_940, visits: 5_940 }]);
}, 120_000);

describe('the file', () => {
  const half = async (prefix: string) => {
    const file = people(prefix, 1_200);
    const { signal } = await end(start(file, { crashAt: 'import_committed:1', words: asJson }));
    expect(signal).toBe('SIGKILL');
    return file;
  };

  test('is known by its bytes, under another name too', async () => {
    const file = await half('moved');
    const copy = importing.file('people-moved.csv', readFileSync(file));
    expect(await importing.run(copy, { map: ['visits=visits:json'] })).toMatchObject({ recorded: 1_188, refused: 12 });
    expect(importing.said().join('\n')).toContain('Going on behind record 500');
  });

  test('with another mapping is not gone on with', async () => {
    const file = await half('mapped');
    await expect(importing.run(file, { map: ['visits='] })).rejects.toThrow('begun with another --map');
    await importing.run(file, { map: ['visits=visits:json'] });
    await expectWhole('mapped', 1_200);
  });

  test('that has changed is another file', async () => {
    const file = await half('changed');
    appendFileSync(file, 'changed-new,new@example.com,\n');
    expect(await importing.run(file, { map: ['visits=visits:json'] })).toMatchObject({ recorded: 1_189 });
    expect(importing.said().join('\n')).not.toContain('Going on');
  });

  test('that changes meanwhile is imported no further', async () => {
    const file = people('meanwhile', 1_200);
    const clock = async () => {
      utimesSync(file, new Date(1), new Date(1));
      return r.api.clock.now;
    };
    const other = startImporting({ ...r.api.deps, clock });
    await expect(other.run(file, { map: ['visits=visits:json'] })).rejects.toThrow('was changed while');
    other.end();
    expect(await rows(`select count(*)::int as n from users where external_id like 'meanwhile-%'`)).toEqual([{ n: 0 }]);
  });

  test('that was imported is not imported again, unless asked to', async () => {
    const file = people('again', 300);
    const map = ['visits=visits:json'];
    await importing.run(file, { map });
    expect(await importing.run(file, { map })).toMatchObject({ recorded: 297, refused: 3 });
    expect(importing.said().join('\n')).toContain('--again imports it once more');
    await expectWhole('again', 300);
    await importing.run(file, { map, isAgain: true });
    expect(
      await rows(`select sum((attributes ->> 'visits')::int)::int as n from users where external_id like 'again-%'`),
    ).toEqual([{ n: 594 }]);
  });

  test('whose report is gone meanwhile gets one of the rest', async () => {
    const file = await half('reported');
    truncateSync(`${file}.refused.ndjson`, 0);
    await importing.run(file, { map: ['visits=visits:json'] });
    expect(importing.report(file).map(({ line }) => line)).toEqual([509, 609, 709, 809, 909, 1_009, 1_109]);
  });
});

test('a dry run imports nothing, and reports beside the report', async () => {
  const file = people('dry', 300);
  expect(await importing.run(file, { map: ['visits=visits:json'], isDryRun: true })).toMatchObject({
    recorded: 297,
    refused: 3,
  });
  expect(importing.report(file, 'dry-run').map(({ line }) => line)).toEqual([9, 109, 209]);
  expect(existsSync(`${file}.refused.ndjson`)).toBe(false);
  expect(await rows(`select from users where external_id like 'dry-%'`)).toEqual([]);
  expect(await rows(`select from imports where file_name = 'users-dry.csv'`)).toEqual([]);
});

test('events of an event_id are recorded once, in one file, in two and beside /users/track', async () => {
  const event = (event_id: string) => ({ external_id: 'repeater', name: 'x', time: r.iso(), event_id });
  await r.track({ events: [event('a')] });
  const first = importing.ndjson('events-1.ndjson', [event('a'), event('b'), event('b'), event('c')]);
  expect(await importing.run(first)).toMatchObject({ recorded: 2, repeated: 2 });
  const second = importing.ndjson('events-2.ndjson', [event('c'), event('d')]);
  expect(await importing.run(second)).toMatchObject({ recorded: 1, repeated: 1 });
  expect((await r.track({ events: [event('d')] })).repeated).toBe(1);
  expect((await r.events('repeater')).map(({ kind }) => kind)).toEqual(['custom', 'custom', 'custom', 'custom']);
});

test('the audit log tells who imported what', async () => {
  await importing.run(people('audited', 100), { map: ['visits=visits:json'] });
  const audited = await rows(
    `select actor, action, after from audit_log where action like 'import.%' order by id desc limit 2`,
  );
  expect(audited).toEqual([
    { actor: 'cli/test', action: 'import.finish', after: { recorded: 99, refused: 1, repeated: 0, skipped: 0 } },
    { actor: 'cli/test', action: 'import.start', after: { file: 'users-audited.csv', kind: 'users', records: 100 } },
  ]);
});
