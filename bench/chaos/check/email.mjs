// A mail server takes no key: a second copy is possible, but only after an outcome that nobody could know. Whoever
// prefers none at all (EMAIL_ON_AMBIGUOUS=assumeSent) gets none.

/** A mail that was taken is settled within milliseconds; longer than this after it, nothing is in doubt. */
const SETTLED_WITHIN_MS = 3_000;
const BEFORE_MS = 500;
const HARMFUL = new Set([
  'worker1',
  'worker2',
  'postgres',
  'workerPostgres',
  'workerSmtp',
  'temporal',
  'workerTemporal',
]);

/** What was sent under one setting, by itself. */
export function checkEmail({ phases, provider, planned, outages, messages }, emailMode) {
  const names = new Set(phases.filter((phase) => phase.emailMode === emailMode).map(({ name }) => name));
  const isOurs = ({ eid }) => names.has(planned.get(eid)?.phase);
  const mails = provider.filter((line) => line.channel === 'email' && line.kind === 'delivered' && isOurs(line));
  const keys = new Set(mails.map(({ key }) => key));
  const copies = new Map();
  for (const mail of mails) copies.set(mail.key, [...(copies.get(mail.key) ?? []), mail]);
  const isAmbiguous = ({ at, behaviour }) => behaviour.startsWith('takeThen') || isInOutage(outages, at);
  const repeated = [...copies.values()].filter((each) => each.length > 1);
  const duplicates = repeated.reduce((sum, each) => sum + each.length - 1, 0);
  // Every copy but the last was followed by another: its own outcome must have been in doubt.
  const unexplained = repeated.flatMap((each) => each.slice(0, -1).filter((mail) => !isAmbiguous(mail)));
  const ambiguous = mails.filter(isAmbiguous).length;
  const isFailed = emailMode === 'assumeSent' ? duplicates > 0 : duplicates > ambiguous || unexplained.length > 0;
  return {
    title: `e-mail, ${emailMode}`,
    figures: {
      [`emails_delivered_${emailMode}`]: mails.length,
      [`smtp_duplicates_${emailMode}`]: duplicates,
      [`smtp_ambiguous_${emailMode}`]: ambiguous,
      [`smtp_ambiguous_injected_${emailMode}`]: mails.filter(({ behaviour }) => behaviour.startsWith('takeThen'))
        .length,
      [`smtp_resends_${emailMode}`]: messages
        .filter(({ send_key }) => keys.has(send_key))
        .reduce((sum, { resends }) => sum + resends, 0),
      [`smtp_duplicates_unexplained_${emailMode}`]: unexplained.length,
    },
    problems: isFailed
      ? [
          `${duplicates} second copies of e-mails, ${ambiguous} ambiguous outcomes, ${unexplained.length} copies without any`,
          ...unexplained.map(
            ({ key, at }) => `${key}, taken at ${new Date(at).toISOString()}, was sent again for no reason`,
          ),
        ]
      : [],
  };
}

function isInOutage(outages, at) {
  return outages.some(
    ({ part, from, to }) => HARMFUL.has(part) && from <= at + SETTLED_WITHIN_MS && to >= at - BEFORE_MS,
  );
}
