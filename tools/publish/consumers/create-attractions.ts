import assert from 'node:assert/strict';
import { projectFiles, type Plan } from 'create-attractions';

const plan: Plan = { name: 'parks', language: 'javascript', packageManager: 'npm', data: [] };
const files = projectFiles(plan, { '@attractions/pipeline': '^1.0.0', '@attractions/recommender': '^1.0.0' });
assert.ok(files['attractions.config.js']?.includes('rules: [notClosed]'));
assert.equal((JSON.parse(files['package.json'] ?? '') as { name: string }).name, 'parks');
