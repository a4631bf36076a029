// What the launchers print: readable lines in a terminal, one JSON object a line elsewhere.
const isTerminal = process.stdout.isTTY === true;
const PROGRESS_EVERY_MS = isTerminal ? 1_000 : 15_000;

/** One line of what is being done. */
export function say(text) {
  write(isTerminal ? `  ${text}` : json('info', text));
}

/** One line of what is odd and yet no reason to stop. */
export function warn(text) {
  write(isTerminal ? `  \u001b[33m${text}\u001b[39m` : json('warn', text));
}

/** One line of what went wrong and what to do. */
export function complain(text) {
  if (isTerminal) console.error(`\u001b[31m${text}\u001b[39m`);
  else write(json('error', text));
}

/** Stops the program with one line and no stack: for what the person at the keyboard can mend. */
export class Stop extends Error {}

/** Ends the programs that long steps run (an install, a build) when the person asks us to stop. */
export const stopping = new AbortController();

/** A line that is renewed while something long goes on; `describe` is asked for the newest text. */
export function showProgress(describe) {
  const startedAt = Date.now();
  const timer = setInterval(() => {
    const text = `${describe()} (${formatElapsed(Date.now() - startedAt)})`;
    if (isTerminal) process.stdout.write(`\r\u001b[2K  ${text}`);
    else say(text);
  }, PROGRESS_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      if (isTerminal) process.stdout.write('\r\u001b[2K');
    },
  };
}

export function formatElapsed(ms) {
  const seconds = Math.round(ms / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function json(level, msg) {
  return JSON.stringify({ level, time: new Date().toISOString(), msg });
}

function write(line) {
  process.stdout.write(`${line}\n`);
}
