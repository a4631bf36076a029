import { distinctNeeds, type FactNeed, recentNeeds, totalNeeds } from './facts.js';

const total = (name: string): FactNeed => ({ kind: 'total', eventKind: 'custom', name });
const recent = (name: string, days: number): FactNeed => ({ kind: 'recent', eventKind: 'custom', name, days });

describe('what filters must have loaded', () => {
  it('SG-02: is each fact once, over the most days that anybody asks for, whoever asks first', () => {
    const wanted = [total('play'), recent('play', 7), recent('win', 3)];
    expect(distinctNeeds([total('play'), recent('play', 7), recent('win', 3), recent('play', 2)])).toEqual(wanted);
    expect(distinctNeeds([total('play'), recent('play', 2), recent('win', 3), recent('play', 7)])).toEqual(wanted);
    expect(distinctNeeds([...wanted, ...wanted])).toEqual(wanted);
    expect(distinctNeeds([recent('play', 7), total('play')])).toEqual([recent('play', 7), total('play')]);
  });

  it('is told apart: counters ever, and those of days', () => {
    const needs = [total('play'), recent('play', 7), total('win')];
    expect(totalNeeds(needs)).toEqual([total('play'), total('win')]);
    expect(recentNeeds(needs)).toEqual([recent('play', 7)]);
  });
});
