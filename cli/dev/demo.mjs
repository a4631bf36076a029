// `npm run demo`: three people meet one campaign on a running installation. One is reminded, one buys and is not, one
// leaves the audience and is not. With `--smoke` it is a test: quicker, and it fails unless API and inbox agree.
import './requireNode.mjs';
import { connect } from './demo/client.mjs';
import { bold, colourOf, dim, signOf } from './demo/colours.mjs';
import { archiveCampaign, createScenario, launchCampaign, play } from './demo/scenario.mjs';
import { checkOutcomes } from './demo/smoke.mjs';
import { followTimelines } from './demo/timeline.mjs';
import { findInstallation } from './installation.mjs';
import { Stop, stopping } from './output.mjs';

const show = (line = '') => process.stdout.write(`${line}\n`);

async function main() {
  const isSmoke = readArguments(process.argv.slice(2));
  const client = await connect(findInstallation(process.env));
  if (isSmoke && client.inboxUrl === null) {
    throw new Stop('--smoke reads the local inbox: run npm start without SMTP_URL, or set RAPPEL_INBOX_URL');
  }
  const startedAt = Date.now();
  const scenario = createScenario({ run: startedAt.toString(36), delaySeconds: isSmoke ? 4 : 10 });
  await launchCampaign(client, scenario);
  try {
    introduce(client, scenario);
    const { signal } = stopping;
    const [outcomes] = await Promise.all([
      followTimelines(client, { ...scenario, signal, show }),
      play(client, scenario, { signal }),
    ]);
    const explanations = await explainAll(client, scenario, outcomes);
    if (isSmoke) await judge(client, { ...scenario, explanations, startedAt });
  } finally {
    await archiveCampaign(client, scenario);
  }
}

function readArguments(given) {
  const unknown = given.find((argument) => argument !== '--smoke');
  if (unknown !== undefined) throw new Stop(`npm run demo knows no ${unknown}: only --smoke, after --`);
  return given.includes('--smoke');
}

function introduce({ url }, { campaignKey, delaySeconds, people }) {
  show(`\n${bold('Cart reminder')} ${dim(`(${campaignKey}, on ${url})`)}`);
  show('  When somebody in France fills a cart of 100 or more, wait');
  show(`  ${delaySeconds} seconds and send an e-mail, unless they buy first or have left France.\n`);
  for (const { name, does } of people) show(`  ${name.padEnd(5)} ${does}`);
  show(`\n${bold('As it happens')} ${dim('(UTC)')}`);
}

async function explainAll(client, { campaignKey, people }, outcomes) {
  const explanations = new Map();
  show(`\n${bold('Why')}`);
  for (const person of people) {
    const query = new URLSearchParams({ campaign: campaignKey, user: person.externalId });
    const explanation = await client.call('GET', `/v1/explain?${query}`);
    explanations.set(person, explanation);
    const { outcome, runUrl } = outcomes.get(person);
    show(`  ${colourOf(outcome, signOf(outcome))} ${explanation.sentence}`);
    const [mail] = client.inboxUrl === null ? [] : await client.mailsTo(person.email);
    if (mail !== undefined) show(`    ${dim('mail')} ${client.inboxUrl}/messages/${mail.id}`);
    if (runUrl !== null) show(`    ${dim('run ')} ${runUrl}`);
  }
  show();
  return explanations;
}

async function judge(client, facts) {
  const { figures, problems } = await checkOutcomes(client, facts);
  for (const problem of problems) show(`FAILED: ${problem}`);
  for (const [name, value] of Object.entries(figures)) show(`${name} ${value}`);
  if (problems.length > 0) process.exitCode = 1;
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort());
try {
  await main();
} catch (error) {
  if (stopping.signal.aborted) show('  Stopped; the demo campaign is archived');
  else process.stderr.write(`${error instanceof Stop ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
