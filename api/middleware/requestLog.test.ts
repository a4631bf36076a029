import express from 'express';
import request from 'supertest';
import { createLogger } from '../../telemetry/logger.js';
import { noteError, noteRoute, requestLog } from './requestLog.js';

async function linesOf(level: string, paths: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  const app = express();
  app.use(requestLog(createLogger({ level, format: 'json' }, { write: (line) => lines.push(JSON.parse(line)) })));
  app.get('/people/:id', (asked, response) => {
    noteRoute(asked, '/people/{id}');
    if (asked.params.id !== 'broken') return void response.json({});
    noteError(response, Object.assign(new TypeError('zoe@example.com is broken'), { code: 'E1' }));
    response.status(500).json({});
  });
  for (const path of paths) {
    const { headers } = await request(app).get(path);
    expect(headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
  }
  return lines;
}

test('each request leaves one line, with its id and its route; what failed also says where, and no line whom it was about', async () => {
  const lines = await linesOf('debug', ['/people/zoe@example.com?token=hush-hush', '/people/broken']);
  const line = {
    req: { id: expect.any(String), method: 'GET', client: '127.0.0.1' },
    route: '/people/{id}',
    responseTime: expect.any(Number),
  };
  expect(lines).toMatchObject([
    { ...line, level: 'debug', res: { statusCode: 200 }, msg: 'request completed' },
    {
      ...line,
      level: 'error',
      res: { statusCode: 500 },
      err: { type: 'TypeError', code: 'E1', stack: expect.stringContaining('requestLog.test') },
      msg: 'request errored',
    },
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/zoe|hush/);
});

test('above debug only what failed is told', async () => {
  const lines = await linesOf('info', ['/people/1', '/people/broken']);
  expect(lines.map(({ msg }) => msg)).toEqual(['request errored']);
});
