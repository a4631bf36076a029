// A script of the benchmark in a process of its own, asked by messages and answering each: `call` here, `serveCalls` there.
import { fork } from 'node:child_process';

/** `settings` reach the script as its first argument, in JSON. It ends when we do. */
export function startChild(file, settings, { nodeArgs = [] } = {}) {
  const child = fork(file, [JSON.stringify(settings)], {
    execArgv: nodeArgs,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map();
  let last = 0;
  child.on('message', ({ id, result, error }) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error === undefined) resolve?.(result);
    else reject?.(new Error(error));
  });
  child.once('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} ended (${signal ?? code})`));
    waiting.clear();
  });
  return {
    pid: child.pid,
    call: (name, argument = null) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        child.send({ id: last, name, argument });
      }),
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', resolve);
        child.kill('SIGKILL');
      }),
  };
}

/** In the script: `create` makes its functions from the settings; each is called with one argument. */
export async function serveCalls(create) {
  const functions = await create(JSON.parse(process.argv[2]));
  process.on('disconnect', () => process.exit(0));
  process.on('message', ({ id, name, argument }) => {
    const run = name === 'ready' ? () => true : functions[name];
    Promise.resolve()
      .then(() => run(argument))
      .then(
        (result) => process.send({ id, result }),
        (error) => process.send({ id, error: error.stack }),
      );
  });
}
