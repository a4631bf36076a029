import { PassThrough } from 'node:stream';
import { createLogger } from './logger.js';
import { createTemporalLogger, TOLD } from './temporalLogger.js';

function recorder(level = 'info') {
  const lines: string[] = [];
  const logger = createLogger({ level, format: 'json' }, { write: (line: string) => void lines.push(line) });
  return { logger, lines, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('createLogger', () => {
  it('writes one JSON object a line, with the level as a word and the time as an instant', () => {
    const { logger, parsed } = recorder();
    logger.info({ pairingId: 12 }, 'sent');
    expect(parsed()).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), pairingId: 12, msg: 'sent' },
    ]);
  });

  it('cuts out addresses and secrets, up to two levels down', () => {
    const { logger, lines } = recorder();
    logger.info(
      { email: 'ada@example.org', user: { phone: '+331' }, req: { headers: { authorization: 'Bearer rpl_x' } } },
      'x',
    );
    expect(lines.join()).not.toMatch(/ada@example|\+331|rpl_x/);
    expect(lines.join()).toContain('[removed]');
  });

  it('M6: describes errors wherever they stand, and takes no message from them', () => {
    const { logger, lines, parsed } = recorder();
    const error = Object.assign(new Error('ada@example.org'), { detail: 'ada@example.org', code: '23505' });
    logger.error(error);
    logger.error(error, 'told');
    logger.error({ err: error });
    logger.error({ err: error, other: error }, 'a round failed');
    expect(lines.join()).not.toContain('ada@example');
    expect(parsed().map(({ msg }) => msg)).toEqual(['an error', 'told', 'an error', 'a round failed']);
    const err = { type: 'Error', code: '23505', stack: expect.stringContaining('logger.test') };
    expect(parsed()).toEqual(
      [...Array(3)].map(() => expect.objectContaining({ err })).concat([expect.objectContaining({ err, other: err })]),
    );
  });

  it('prints a readable line when asked to', () => {
    const stream = new PassThrough();
    createLogger({ level: 'info', format: 'pretty' }, stream).info({ pairingId: 12 }, 'sent');
    expect(String(stream.read())).toMatch(/^\[\d\d:\d\d:\d\d\]: sent \{"pairingId":12\}\n$/);
  });
});

describe('createTemporalLogger', () => {
  it('passes on what the SDK says, its errors with their stack and its start-up chatter as debug', () => {
    const { logger, parsed } = recorder();
    const temporal = createTemporalLogger(logger);
    temporal.info('Worker state changed');
    temporal.warn('Activity failed', { workflowId: 'campaign/1/2/e:3', error: new Error('boom'), [Symbol('at')]: 1n });
    expect(parsed()).toEqual([
      expect.objectContaining({
        level: 'warn',
        component: 'temporal',
        workflowId: 'campaign/1/2/e:3',
        err: { type: 'Error', stack: expect.stringContaining('logger.test') },
      }),
    ]);
  });

  it('M6: takes ids and numbers of what the SDK adds, and neither payloads nor texts of failures', () => {
    const { logger, lines, parsed } = recorder();
    const canary = 'ada@example.org';
    createTemporalLogger(logger).error(`Failing workflow task\n${canary}`, {
      run_id: 'a-1',
      attempt: 3,
      failure: `Failure { message: "${canary}" }`,
      taskToken: canary,
      payload: { data: canary },
      error: canary,
    });
    expect(parsed()).toEqual([
      {
        level: 'error',
        time: expect.any(String),
        component: 'temporal',
        run_id: 'a-1',
        attempt: 3,
        err: { type: 'string' },
        msg: 'Failing workflow task',
      },
    ]);
    expect(lines.join()).not.toContain(canary);
  });

  it('repeats at most as debug what the activity has told in a line of its own, and nothing else', () => {
    const { logger, parsed } = recorder('debug');
    const temporal = createTemporalLogger(logger);
    for (const told of [`${TOLD.parked}see the pairing`, `${TOLD.failed}(22P05)`, 'the worker was parked: elsewhere']) {
      const error = new Error('Activity task failed', { cause: new Error(told) });
      temporal.warn('Workflow failed', { error });
    }
    expect(parsed().map(({ level }) => level)).toEqual(['debug', 'debug', 'warn']);
  });
});
