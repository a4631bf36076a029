import { allowedActions, transition } from './lifecycle.js';

describe('the life of a campaign', () => {
  it('LC-01: a draft is launched, stopped, resumed and archived', () => {
    expect(transition('draft', 'launch')).toEqual({ ok: true, to: 'active' });
    expect(transition('active', 'stop')).toEqual({ ok: true, to: 'stopped' });
    expect(transition('stopped', 'resume')).toEqual({ ok: true, to: 'active' });
    for (const state of ['draft', 'active', 'stopped'] as const) {
      expect(transition(state, 'archive')).toEqual({ ok: true, to: 'archived' });
    }
  });

  it('LC-01: any other change is refused with what is allowed', () => {
    expect(transition('draft', 'stop')).toEqual({ ok: false, allowed: ['launch', 'archive'] });
    expect(transition('active', 'launch')).toEqual({ ok: false, allowed: ['stop', 'archive'] });
    expect(transition('stopped', 'launch')).toEqual({ ok: false, allowed: ['resume', 'archive'] });
    expect(allowedActions('archived')).toEqual([]);
  });
});
