// What checks found: each verdict is `{ title, figures, problems }`.

export function tell({ title, problems }, print) {
  print(`${problems.length === 0 ? 'ok     ' : 'FAILED '} ${title}`);
  for (const problem of problems.slice(0, 5)) print(`        ${problem}`);
}

export function summarise(verdicts) {
  return {
    figures: Object.assign({}, ...verdicts.map(({ figures }) => figures)),
    problems: verdicts.flatMap(({ title, problems }) => problems.map((problem) => `${title}: ${problem}`)),
  };
}
