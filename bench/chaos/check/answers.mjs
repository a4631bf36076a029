// What the API answered while its database or itself was in trouble: 2xx when it is recorded, 503 within 2 s when it
// cannot be, never a defect of ours, and never silence while it is alive.
import { percentile } from './facts.mjs';

const SOON_MS = 2_000;
const SILENT_MS = 14_500;

export function checkAnswers({ answers, outages }) {
  const isOfApi = ({ at, ms }) => outages.some(({ part, from, to }) => part === 'api' && from <= at + ms && to >= at);
  const unavailable = answers.filter(({ status }) => status === 503);
  const slow = unavailable.filter((answer) => answer.ms > SOON_MS && !isOfApi(answer));
  const wrong = answers.filter(({ status }) => status !== null && status !== 201 && status !== 503);
  const silent = answers.filter((answer) => answer.status === null && answer.ms > SILENT_MS);
  return {
    title: 'answers of the API',
    figures: {
      answers_201: answers.filter(({ status }) => status === 201).length,
      answers_503: unavailable.length,
      answers_none: answers.filter(({ status }) => status === null).length,
      answers_other: wrong.length,
      answer_201_p99_ms: percentile(
        answers.filter(({ status }) => status === 201).map(({ ms }) => ms),
        0.99,
      ),
      answer_503_slowest_ms: percentile(
        unavailable.map(({ ms }) => ms),
        1,
      ),
      answers_503_late: slow.length,
      answers_silent: silent.length,
    },
    problems: [
      ...wrong.map(
        ({ status, request, poison }) =>
          `request ${request} was answered ${status}${poison === null ? '' : ` (poison ${poison})`}`,
      ),
      ...slow.map(({ request, ms }) => `request ${request} was refused (503) after ${ms} ms`),
      ...silent.map(({ request, ms }) => `request ${request} got no answer for ${ms} ms`),
    ],
  };
}
