import assert from 'node:assert/strict';
import { SparkError, connect, remoteOf, type Relation, sql } from '@attractions/spark';

const relation: Relation = sql('SELECT 1 AS n');
assert.deepEqual(relation, { sql: { query: 'SELECT 1 AS n' } });
assert.equal(remoteOf('sc://spark.example/;token=abc').isTls, true);
await assert.rejects(connect('sc://127.0.0.1:1', { timeoutMs: 200 }), SparkError);
