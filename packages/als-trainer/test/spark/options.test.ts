import { describe, expect, test } from '@jest/globals';

import { resolveOptions } from '../../src/options.js';
import { visitFiles } from '../../src/spark/kind.js';
import { sparkOptions, sparkParameters } from '../../src/spark/options.js';

describe('options of a training on Spark', () => {
  test('what is not given has its usual default; the loss is that of the preset spark', () => {
    const fixed = { preset: 'spark', unobservedWeight: 1, regularizationExponent: 1, solver: 'cholesky' };
    expect(sparkOptions({})).toEqual({ ...resolveOptions(), ...fixed });
    expect(sparkOptions({ rank: 5, alpha: 40, seed: 9 })).toMatchObject({ ...fixed, rank: 5, alpha: 40, seed: 9 });
  });

  test('with the preset spark, what is not given is as in Spark: explicit, rank 10', () => {
    expect(sparkOptions({ preset: 'spark' })).toMatchObject({
      rank: 10,
      iterations: 10,
      regularization: 0.1,
      implicitFeedback: false,
    });
  });

  test('what Spark has no parameter for is refused, all at once, with what is out of range and what was found before', () => {
    const given = {
      rank: 0,
      preset: 'ials',
      unobservedWeight: 0.1,
      regularizationExponent: 0,
      regularization: 0,
      solver: 'conjugate-gradient',
      solverSteps: 4,
      heldOutShare: 0.1,
      patience: 3,
      nonNegative: true,
    } as const;
    let problems: readonly string[] = [];
    try {
      sparkOptions(given, ['SPARK_REMOTE is not set.']);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ALS_OPTIONS_INVALID', exitCode: 2 });
      problems = (error as { problems: readonly string[] }).problems;
    }
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'rank',
      'preset',
      'unobservedWeight',
      'regularizationExponent',
      'solver',
      'solverSteps',
      'heldOutShare',
      'patience',
      'regularization',
      'SPARK_REMOTE',
    ]);
    expect(problems[2]).toBe(
      "unobservedWeight is 0.1, which Spark's ALS has no parameter for: it gives every unobserved pair the weight 1; leave it out, or train with TRAIN_ON=kernel.",
    );
  });

  test('what Spark does anyway may be said', () => {
    const said = { preset: 'spark', unobservedWeight: 1, regularizationExponent: 1, solver: 'cholesky' } as const;
    expect(sparkOptions({ ...said, heldOutShare: 0 })).toMatchObject(said);
  });

  test('parameters have the names of Spark', () => {
    const options = sparkOptions({ rank: 3, iterations: 4, regularization: 0.5, alpha: 2, nonNegative: true, seed: 6 });
    expect(sparkParameters(options, 1)).toEqual({
      rank: 3,
      maxIter: 4,
      regParam: 0.5,
      alpha: 2,
      implicitPrefs: true,
      nonnegative: true,
      seed: 6,
      numUserBlocks: 1,
      numItemBlocks: 1,
      userCol: 'user',
      itemCol: 'item',
      ratingCol: 'rating',
    });
  });

  test.each([
    [20_000, 1],
    [450_000, 5],
    [1e6, 10],
    [1e8, 10],
    [1e9, 100],
  ])('%d pairs are in %d blocks', (pairs, blocks) => {
    expect(sparkParameters(sparkOptions({}), pairs)).toMatchObject({ numUserBlocks: blocks, numItemBlocks: blocks });
  });
});

test.each([
  ['/data/feeds', '/data/feeds/etl/visits/v1.0/1/a.parquet'],
  ['file:///data/my%20feeds', '/data/my feeds/etl/visits/v1.0/1/a.parquet'],
  ['./feeds', `${process.cwd()}/feeds/etl/visits/v1.0/1/a.parquet`],
  ['s3://bucket/feeds/?path-style=true', 's3a://bucket/feeds/etl/visits/v1.0/1/a.parquet'],
  ['s3://bucket', 's3a://bucket/etl/visits/v1.0/1/a.parquet'],
])('a server sees the files of %s as %s', (root, path) => {
  const record = { feed: 'etl/visits/v1.0', files: [{ path: '1/a.parquet' }], totals: { rows: 7 } };
  expect(visitFiles(root, record as never)).toEqual({ paths: [path], rows: 7 });
  expect(visitFiles('memory:', record as never)).toBeUndefined();
});
