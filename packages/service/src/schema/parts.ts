import { Type } from 'typebox';
import type { TProperties, TSchema } from 'typebox';

/** Longest user or attraction id, in UTF-16 units. */
export const MAX_ID_LENGTH = 256;

/** Longest body of a request, unless its route says otherwise. */
export const MAX_BODY_BYTES = 64 * 1_024;

/** An object without other properties: an unknown parameter is an error, not ignored. */
export const closed = <P extends TProperties>(
  properties: P,
  about: { description?: string; examples?: unknown[]; patternProperties?: Record<string, TSchema> } = {},
) => Type.Object(properties, { additionalProperties: false, ...about });

/** A user or attraction id. */
export const id = (description: string) => Type.String({ minLength: 1, maxLength: MAX_ID_LENGTH, description });

/** A park or a theme. */
export const word = (description: string) => Type.String({ minLength: 1, maxLength: 100, description });

/** A schema whose value may be null. */
export const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

/** Marks the schema of a source, so that the description can list the sources. */
export const SOURCE_MARK = 'x-source';
