import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TEN } from '../decision/examples.js';
import { REASONS, type Reason } from '../decision/reasons.js';
import { EVIDENCE } from './examples.js';
import { explainReason } from './sentences.js';

describe('docs/explain.md', () => {
  const PAGE = path.join(__dirname, '../../docs/explain.md');
  const BOTH: readonly Reason[] = ['outside_window', 'after_end', 'already_received', 'not_yet_re_eligible'];
  const trigger = { kind: 'custom' as const, name: 'add_to_cart', time: TEN };
  const told = (reason: Reason, when: 'entry' | 'due') =>
    explainReason(reason, { who: 'ann', trigger, evidence: EVIDENCE[reason], when, zone: 'UTC' });

  function page(): string {
    const rows = REASONS.flatMap((reason) => {
      const isEntry = REASONS.indexOf(reason) <= REASONS.indexOf('too_many_waiting');
      const both = BOTH.includes(reason);
      const entry = `| \`${reason}\` | at the trigger | ${told(reason, 'entry')} |`;
      const due = `| \`${reason}\` | when due | ${told(reason, 'due')} |`;
      return [...(isEntry ? [entry] : []), ...(!isEntry || both ? [due] : [])];
    });
    return [
      '# What explain says',
      '',
      'Every reason why somebody did not get a campaign, as `GET /v1/explain` words it, with the values a gate saw in an',
      'example. Made by the tests of `domain/explain` and kept true by them.',
      '',
      'Instants stand on the clock of the person (of the zone the gate judged in, where that is another) and in UTC. People',
      'are asked about by external id (`user=`), by internal id (`user_id=`) or by alias (`alias_label=` and `alias_name=`);',
      'by e-mail address or phone number in the body of `POST /v1/explain`, as addresses never stand in a URL. A message that',
      'was refused for now is told with its last five refusals and when it was tried again, one that came a minute or more',
      'after its planned instant with how late it was, and a parked one with the error that parked it.',
      '',
      '| reason | decided | sentence |',
      '| --- | --- | --- |',
      ...rows,
      '',
      'People who never met the campaign are told why from their own events: they never did what triggers it',
      '(`no_trigger`), did it with other properties (`property_filter`), before it was active (`before_launch`), while it',
      'was not (`campaign_not_active`), by an import (`imported`), or longer ago than decisions are kept',
      '(`decision_forgotten`).',
      '',
    ].join('\n');
  }

  test('is what the sentences are', () => {
    if (process.env.RAPPEL_WRITE_DOCS === '1') writeFileSync(PAGE, page());
    expect(readFileSync(PAGE, 'utf8')).toBe(page());
  });
});
