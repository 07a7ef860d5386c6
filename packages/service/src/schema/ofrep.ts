/** The bodies of the OpenFeature Remote Evaluation Protocol, version 0.3 (github.com/open-feature/protocol, service/openapi.yaml). */
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { MAX_ID_LENGTH, closed } from './parts.js';

/** Path parameters of the evaluation of one flag. */
export const FlagParams = closed({
  key: Type.String({ minLength: 1, maxLength: MAX_ID_LENGTH, description: 'Name of an experiment.' }),
});
export type FlagParams = Static<typeof FlagParams>;

/** Body of an evaluation. Other properties are let through, since a client of a later version may send them. */
export const EvaluationBody = Type.Object(
  {
    context: Type.Optional(
      Type.Object(
        {
          targetingKey: Type.Optional(
            Type.String({ maxLength: MAX_ID_LENGTH, description: 'User id; without it nothing can be evaluated.' }),
          ),
        },
        {
          description:
            'Of whom and for what. Texts, numbers and flags beside `targetingKey` are attributes, for targets.',
        },
      ),
    ),
  },
  { description: 'Of whom, and for what.', examples: [{ context: { targetingKey: 'ana', platform: 'ios' } }] },
);
export type EvaluationBody = Static<typeof EvaluationBody>;

const flag = closed({
  key: Type.String(),
  reason: Type.String({
    description:
      'SPLIT: assigned by the hash. TARGETING_MATCH: a tester, on whom the panel is forced. STATIC: the winner of a stopped experiment. DEFAULT: takes no part. DISABLED: stopped.',
  }),
  variant: Type.Optional(Type.String({ description: 'The panel.' })),
  value: Type.Optional(
    Type.Unsafe<unknown>({ description: "The panel's value, or its name; absent: the client takes its own default." }),
  ),
  metadata: Type.Optional(
    closed({ experiment: Type.String(), version: Type.Integer(), bucket: Type.Optional(Type.Integer()) }),
  ),
});

/** One flag. */
export const FlagAnswer = flag;
export type FlagAnswer = Static<typeof flag>;

/** All flags. */
export const FlagsAnswer = closed({ flags: Type.Array(flag) });

/** Why one flag, or all of them, cannot be evaluated. */
export const EvaluationFailure = closed({
  key: Type.Optional(Type.String()),
  errorCode: Type.String({
    description: 'FLAG_NOT_FOUND, TARGETING_KEY_MISSING, PARSE_ERROR, INVALID_CONTEXT or GENERAL.',
  }),
  errorDetails: Type.String(),
});
