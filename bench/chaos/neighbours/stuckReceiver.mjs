// A webhook receiver that answers nobody while it is held. Once it is released it takes what is still waiting for its answer, and
// whatever comes later at once; what was given up on meanwhile it has lost.
import { createServer } from 'node:http';

/** `take` notes a delivery, `lose` a request that got no answer. */
export function createStuckReceiver({ take, lose }) {
  const hanging = new Set();
  let isStuck = false;

  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { campaign, eid } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const line = { channel: 'webhook', key: String(request.headers['webhook-id']), campaign, eid };
      if (!isStuck) return answer(response, { ...line, behaviour: 'accept' });
      const held = { response, line: { ...line, behaviour: 'hang' } };
      hanging.add(held);
      response.on('close', () => {
        if (hanging.delete(held)) lose({ ...held.line, at: Date.now() });
      });
    });
  });

  function answer(response, line) {
    take({ ...line, at: Date.now() });
    response.writeHead(204).end();
  }

  return {
    server,
    hold() {
      isStuck = true;
    },
    release() {
      isStuck = false;
      const held = [...hanging];
      hanging.clear();
      for (const { response, line } of held) answer(response, line);
    },
  };
}
