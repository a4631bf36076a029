import { readYaml } from './definitionText.js';
import { parseDefinitionText } from './parseDefinition.js';

function linesOf(text: string): readonly string[] {
  const parsed = parseDefinitionText(text);
  return parsed.ok ? [] : parsed.problems.map(({ path, line }) => `${path}: ${line}`);
}

describe('a definition as text', () => {
  it('each problem is on the line of the deepest part that was written', () => {
    const text = [
      'name:',
      '  7',
      'trigger:',
      '  customEvent: add',
      '  where:',
      '    - property: a',
      '      equals: 1',
      '    - property: b',
      'delay:',
      '  after: soon',
      'message:',
      '  channel: email',
      '  text: Hello',
    ].join('\n');
    expect(linesOf(text)).toEqual(['name: 2', 'trigger.where[1]: 8', 'delay.after: 10', 'message.subject: 12']);
  });

  it('what is wrong with the whole of it is on line 1', () => {
    expect(linesOf('\n\n- a\n')).toEqual([': 1']);
    expect(linesOf('\nname: x\ntrigger: { customEvent: x }\n')).toEqual(['messages: 1']);
  });

  it('times of day and dates stay texts', () => {
    expect(readYaml('{ at: 09:00, on: 2026-12-01, no: no }')).toMatchObject({
      ok: true,
      value: { at: '09:00', on: '2026-12-01', no: 'no' },
    });
  });

  it('is told by its first ten problems', () => {
    const parsed = readYaml('a: 1\n'.repeat(20));
    const unique = (line: number) => ({ path: '', message: 'is not YAML or JSON: Map keys must be unique', line });
    expect(parsed).toStrictEqual({ ok: false, problems: Array.from({ length: 10 }, (_, index) => unique(index + 2)) });
  });

  it('takes 512 KiB, 60 levels and some 50 aliases, and no more', () => {
    const lists = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const aliases = (count: number) => `{ a: &a x, b: [${Array(count).fill('*a').join(', ')}] }`;
    const refused = (message: string, allowed: string) => ({ ok: false, problems: [{ path: '', message, allowed }] });
    expect(readYaml('x'.repeat(524_288)).ok).toBe(true);
    expect(readYaml('x'.repeat(524_289))).toStrictEqual(refused('is too long', 'at most 524288 characters'));
    expect(readYaml(lists(59)).ok).toBe(true);
    expect(readYaml(lists(60))).toStrictEqual(refused('is nested too deeply', 'at most 60 levels'));
    expect(readYaml(aliases(49)).ok).toBe(true);
    expect(readYaml(aliases(60))).toStrictEqual(
      refused(
        'is not YAML or JSON: Excessive alias count indicates a resource exhaustion attack',
        'at most 50 aliases, each after its anchor',
      ),
    );
  });
});
