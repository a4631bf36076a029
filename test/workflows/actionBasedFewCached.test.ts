// A worker that keeps almost nobody in memory replays people at every step: the same must happen to them.
import { actionBasedScenarios } from './world/actionBasedScenarios.js';

const maxCachedWorkflows = Number(process.env.RAPPEL_TEST_MAX_CACHED_WORKFLOWS ?? 3);

describe(`action-based delivery with ${maxCachedWorkflows} workflows cached`, () =>
  actionBasedScenarios({ maxCachedWorkflows }));
