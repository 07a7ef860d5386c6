import { describe, expect, test } from '@jest/globals';

import * as feeds from '../src/index.js';
import type { FeedContract } from '@attractions/feeds';
import { schemaFingerprint } from '@attractions/feeds';

const contracts: readonly FeedContract<unknown>[] = [
  feeds.als,
  feeds.attractions,
  feeds.evaluationReport,
  feeds.events,
  feeds.experiments,
  feeds.exposures,
  feeds.fleetReports,
  feeds.lists,
  feeds.nextAttraction,
  feeds.popularity,
  feeds.rejects,
  feeds.trials,
  feeds.visits,
];

describe('the contracts', () => {
  /**
   * The columns that readers elsewhere rely on. A column may be added if it is nullable, with a new minor version; any
   * other change belongs into a new major path. Change a line here only so.
   */
  test('are those that were released', () => {
    expect(
      Object.fromEntries(contracts.map(({ path, codec, schema }) => [path, [codec.format, columnsOf(schema)]])),
    ).toEqual({
      'etl/attractions/v1.0': [
        'csv',
        'attraction_id utf8, park utf8, name utf8, latitude float64?, longitude float64?, duration_minutes float64?, themes list<utf8>',
      ],
      'etl/rejects/v1.0': ['csv', 'file utf8, line int32, column utf8, reason utf8, text utf8'],
      'etl/visits/v1.0': [
        'parquet',
        'user_id utf8, attraction_id utf8, visited_at timestamp[ms, UTC], photos int32, weight float32?',
      ],
      'evaluation/report/v1.0': ['json', 'protocol json, data json, baseline utf8, recommenders json'],
      'evaluation/trials/v1.0': [
        'json',
        'study utf8, key utf8, round int32, budget int32, options json, metric utf8, value float64, standardError float64?, seconds float64',
      ],
      'experiments/config/v1.0': [
        'json',
        'experiment utf8, version int32, layerSalt utf8, layerBuckets json, salt utf8, panels json, status utf8?, ' +
          'changedAt utf8?, changedBy utf8?, reason utf8?, layer utf8?, target json?, holdout json?, forced json?, ' +
          'design utf8?, metrics json?, winner utf8?',
      ],
      'fleet/report/v1.0': [
        'json',
        'startedAt utf8, seconds float64, counts json, modelsPerMinute float64, workers int32, memoryMb float64, peakMemoryMb float64?, split json?, stages json, tenants json',
      ],
      'serving/events/v1.0': [
        'parquet',
        'event_id utf8, user_id utf8, type utf8, attraction_id utf8?, at timestamp[ms, UTC], received_at timestamp[ms, UTC], ' +
          'value float64?, request_id utf8?',
      ],
      'serving/exposures/v1.0': [
        'parquet',
        'shown_at timestamp[ms, UTC], request_id utf8, user_id utf8?, experiment utf8?, version int32?, panel utf8?, ' +
          'bucket int32?, source utf8, model_seq int32, items list<utf8>, forced bool?, park utf8?, attributes utf8?, ' +
          'teams list<utf8>?',
      ],
      'serving/lists/v1.0': [
        'parquet',
        'user_id utf8, place int32, attraction_id utf8, name utf8, park utf8, score float64, source utf8, reason utf8?, ' +
          'experiment utf8?, version int32?, panel utf8?, model_seq int32, generated_at timestamp[ms, UTC]',
      ],
      'training/als/v1.0': [
        'als',
        'users.user_id utf8, users.factors list<float32>, users.seen list<int32>, ' +
          'users.counts list<int32>?, users.weights list<float32>?, users.last_item int32?, users.last_visit timestamp[ms, UTC]?, items.attraction_id utf8, ' +
          'items.factors list<float32>, items.visitors int32, model.rank int32, model.options json, model.history json',
      ],
      'training/next-attraction/v1.0': ['json', 'asOf int64, parks json'],
      'training/popularity/v1.0': ['csv', 'attraction_id utf8, visits int32, visitors int32'],
    });
  });

  test('describe every column, and name none twice', () => {
    for (const { schema, description } of contracts) {
      expect(description).not.toBe('');
      expect(new Set(schema.map(({ name }) => name)).size).toBe(schema.length);
      for (const field of schema) expect(field.description).toMatch(/\.$/);
      expect(schemaFingerprint(schema)).toMatch(/^[0-9a-f]{64}$/);
    }
  });
});

function columnsOf(schema: FeedContract<unknown>['schema']): string {
  return schema.map(({ name, type, nullable }) => `${name} ${type}${nullable ? '?' : ''}`).join(', ');
}
