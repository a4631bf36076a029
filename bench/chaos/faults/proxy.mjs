// A TCP proxy that can be a bad network: passes, delays, swallows or resets what goes through it.
import { connect, createServer } from 'node:net';

const HOST = '127.0.0.1';

/** Listens on `port` and connects to the port that `target()` says, both of this machine. */
export async function startProxy({ port, target }) {
  const pairs = new Set();
  const link = { mode: 'pass', latencyMs: 0 };

  const server = createServer((near) => {
    if (link.mode === 'reset') return void near.resetAndDestroy();
    const far = connect({ host: HOST, port: target() });
    const pair = { near, far };
    pairs.add(pair);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      from.setNoDelay(true);
      pump(from, to, link);
      from.on('error', () => undefined);
      from.on('close', () => {
        // What was lost stays lost: the other side learns of the end only where the link carries it.
        if (link.mode !== 'blackhole') to.destroy();
        // Until then it is ours to end: `set` does when the link is back, and `stop`.
        if (to.destroyed) pairs.delete(pair);
      });
    }
    if (link.mode === 'blackhole') for (const each of [near, far]) each.pause();
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });

  return {
    port,
    /** `{ mode: 'pass' | 'latency' | 'blackhole' | 'reset', latencyMs }` from now on. */
    set(next) {
      Object.assign(link, { latencyMs: 0 }, next);
      for (const { near, far } of pairs) {
        if (link.mode === 'reset') {
          near.resetAndDestroy();
          far.resetAndDestroy();
        } else if (link.mode === 'blackhole') for (const each of [near, far]) each.pause();
        else if (near.destroyed || far.destroyed) for (const each of [near, far]) each.destroy();
        else for (const each of [near, far]) each.resume();
      }
    },
    async stop() {
      for (const { near, far } of pairs) for (const each of [near, far]) each.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function pump(from, to, link) {
  let releasedAt = 0;
  const afterDelay = (act) => {
    const at = Math.max(Date.now() + link.latencyMs, releasedAt);
    releasedAt = at;
    if (at <= Date.now()) act();
    else setTimeout(act, at - Date.now());
  };
  from.on('data', (chunk) =>
    afterDelay(() => {
      if (to.destroyed || to.write(chunk)) return;
      from.pause();
      to.once('drain', () => {
        if (link.mode !== 'blackhole') from.resume();
      });
    }),
  );
  from.on('end', () => afterDelay(() => to.end()));
}
