import { actionBasedScenarios } from './world/actionBasedScenarios.js';

describe('action-based delivery', () => actionBasedScenarios({}));
