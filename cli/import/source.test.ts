// What is read of files: rows and lines with their numbers, cells as values, and what is refused before anything is imported.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseMapping } from './columns.js';
import { guessDelimiter } from './csvRows.js';
import { judgedBatches } from './judge.js';
import { openSource, type SourceRecord } from './source.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rappel-source-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Asked {
  readonly name?: string;
  readonly map?: readonly string[];
  readonly delimiter?: string | null;
}

async function read(content: string | Buffer, { name = 'users.csv', map = [], delimiter = null }: Asked = {}) {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  const source = await openSource({ file, mapping: parseMapping(map), delimiter });
  const records: SourceRecord[] = [];
  for await (const record of source.read()) records.push(record);
  expect(source.records).toBe(records.length);
  return records.map(({ line, item }) => ({ line, ...item }));
}
const ndjson = (content: string | Buffer, map?: readonly string[]) => read(content, { name: 'users.ndjson', map });

describe('CSV', () => {
  test('each row has the number of its first line, whatever stands in cells and between rows', async () => {
    const rows = await read('\ufeffexternal_id,bio\r\na,"two\r\nlines, and a ""mark"""\r\n\r\nb,\r\nc,one\n');
    expect(rows).toEqual([
      { line: 2, value: { external_id: 'a', bio: 'two\r\nlines, and a "mark"' } },
      { line: 5, value: { external_id: 'b' } },
      { line: 6, value: { external_id: 'c', bio: 'one' } },
    ]);
  });

  test('cells are what their text says, and what names or reaches a person is text', async () => {
    const [row] = await read(
      'external_id,phone,age,vip,zip,score,note,card,big\n007,33612345678,42,TRUE,01234,-1.5,1e5,12345678901234567890,999999999999999',
    );
    expect(row).toMatchObject({
      value: {
        external_id: '007',
        phone: '33612345678',
        age: 42,
        vip: true,
        zip: '01234',
        score: -1.5,
        note: '1e5',
        card: '12345678901234567890',
        big: 999_999_999_999_999,
      },
    });
  });

  test('columns are mapped, left out, given a type and made an alias', async () => {
    const [row] = await read('E-mail,Label,Alias,Zip,Tags,Notes,Flag\na@example.com,crm,x,12,"[""a""]",secret,1', {
      map: [
        'E-mail=email',
        'Label=user_alias.alias_label',
        'Alias=user_alias.alias_name',
        'Zip=zip:text',
        'Tags=:json',
        'Notes=',
        'Flag=flag:boolean',
      ],
    });
    expect(row).toMatchObject({
      value: {
        email: 'a@example.com',
        zip: '12',
        Tags: ['a'],
        flag: true,
        user_alias: { alias_label: 'crm', alias_name: 'x' },
      },
    });
  });

  test('a row that is none is refused alone: too few cells, no number where one must be', async () => {
    const rows = await read('external_id,age\na,1\nb\nc,old\nd,2,3\ne,4', { map: ['age=age:number'] });
    expect(rows).toEqual([
      { line: 2, value: { external_id: 'a', age: 1 } },
      { line: 3, refusal: 'The line has 1 columns where the first line of the file has 2' },
      { line: 4, refusal: "'age' must be a number, as 12 or -0.5" },
      { line: 5, refusal: 'The line has 3 columns where the first line of the file has 2' },
      { line: 6, value: { external_id: 'e', age: 4 } },
    ]);
  });

  test.each([
    ['a;b;"c,d,e,f"', ';'],
    ['a,b;c,d', ','],
    ['a\tb', '\t'],
    ['alone', ','],
  ])('the cells of %j are separated by %j', (line, delimiter) => {
    expect(guessDelimiter(line)).toBe(delimiter);
  });

  test.each<[string, string | Buffer, Asked, string]>([
    [
      'a mark that is not closed',
      'external_id,a\nx,1\ny,"2\nz,3\n',
      {},
      'Row 3, read up to line 4: a quotation mark is not closed',
    ],
    [
      'a mark within a cell',
      'external_id,a\nx,1\ny,2"3\n',
      {},
      'Row 3, read up to line 3: a quotation mark stands within a cell',
    ],
    [
      'a row that never ends',
      `external_id,a\nx,"${'y'.repeat(1_100_000)}`,
      {},
      'Row 2, read up to line 2: the row has more than 1048576 bytes',
    ],
    ['no UTF-8', Buffer.from('external_id,a\nx,Jos\xe9\n', 'latin1'), {}, 'is not UTF-8'],
    ['nothing', '', {}, 'is empty'],
    [
      'no name of a person',
      'Name,Age\nx,1\n',
      {},
      "No column names the person: map one by --map '<column>=external_id'",
    ],
    ['a mapping of no column', 'external_id\nx\n', { map: ['E-mail=email'] }, "There is no column 'E-mail'"],
    ['two columns of one name', 'external_id,a,a\nx,1,2\n', {}, "Two columns become 'a'"],
    ['another kind of file', 'x', { name: 'users.xlsx' }, 'must be a .csv or an .ndjson file'],
  ])('%s is refused before anything is imported', async (_, content, asked, message) => {
    await expect(read(content, asked)).rejects.toThrow(message);
  });

  test.each([
    ['E-mail', 'is not <column>=<field>'],
    ['zip=zip:integer', "there is no type 'integer': text, number, boolean, json"],
  ])('--map %s is refused', (text, message) => {
    expect(() => parseMapping([text])).toThrow(message);
  });
});

describe('NDJSON', () => {
  test('a line that is no object, or too long, is refused alone', async () => {
    const long = JSON.stringify({ external_id: 'long', a: 'x'.repeat(1_100_000) });
    const lines = await ndjson(`\ufeff{"external_id":1}\r\n\n{"external_id":\n${long}\n{"external_id":"b"}`);
    expect(lines).toEqual([
      { line: 1, value: { external_id: 1 } },
      { line: 3, refusal: 'The line is not one JSON object' },
      { line: 4, refusal: 'A line must not have more than 1048576 bytes' },
      { line: 5, value: { external_id: 'b' } },
    ]);
  });

  test('fields are renamed and left out; what the others are stays', async () => {
    const [line] = await ndjson('{"userId":5,"E-mail":"a@example.com","secret":1,"zip":12,"tier":"gold"}', [
      'userId=external_id',
      'E-mail=email',
      'secret=',
      'zip=zip:text',
    ]);
    expect(line).toMatchObject({ value: { external_id: 5, email: 'a@example.com', zip: '12', tier: 'gold' } });
  });

  test('lines are whole wherever the stream is cut, letters of several bytes too', async () => {
    const items = Array.from({ length: 4_000 }, (_, n) => ({ external_id: `é${n}`, text: '€'.repeat(n % 90) }));
    const lines = await ndjson(items.map((item) => JSON.stringify(item)).join('\n'));
    expect(lines.map((each) => ('value' in each ? each.value : null))).toEqual(items);
  });

  test('memory is bounded by a batch: 500 records, or 4 MB of them', async () => {
    async function* records(count: number, bytes: number): AsyncGenerator<SourceRecord> {
      for (let line = 1; line <= count; line++) yield { line, item: { value: { external_id: `${line}` } }, bytes };
    }
    const sizes = async (count: number, bytes: number, skipped = 0) => {
      const found: number[] = [];
      for await (const batch of judgedBatches(records(count, bytes), { kind: 'users', skipped }))
        found.push(batch.records.length);
      return found;
    };
    expect(await sizes(1_200, 100)).toEqual([500, 500, 200]);
    expect(await sizes(10, 1_500_000)).toEqual([3, 3, 3, 1]);
    expect(await sizes(1_200, 100, 1_199)).toEqual([1]);
  });
});
