// Colours in a terminal that has them, plain text everywhere else.
const isColoured = process.stdout.isTTY === true && !process.env.NO_COLOR;

const paint = (on, off) => (text) => (isColoured ? `\u001b[${on}m${text}\u001b[${off}m` : text);

export const bold = paint(1, 22);
export const dim = paint(2, 22);
const green = paint(32, 39);
const yellow = paint(33, 39);

export function colourOf(outcome, text) {
  return outcome === 'sent' ? green(text) : yellow(text);
}

export function signOf(outcome) {
  return outcome === 'sent' ? '✓' : '–';
}
