import type * as s3 from '@aws-sdk/client-s3';

import { FeedsError } from '../errors.js';
import type { S3Location } from './s3-location.js';

/** The SDK with a client of its own. */
export interface S3Sdk {
  readonly sdk: typeof s3;
  readonly client: s3.S3Client;
}

/**
 * Loads the SDK, which only those who keep feeds in S3 need to install, and makes a client. Credentials, region and endpoint are
 * those that the SDK finds by itself: `AWS_ACCESS_KEY_ID`, `AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL_S3` and the rest.
 * It tries nothing twice: only the store knows what an answer that was lost means.
 *
 * @throws FEEDS_STORE_MODULE_MISSING where the SDK is not installed
 */
export async function connectS3({ pathStyle }: S3Location, timeoutMs: number): Promise<S3Sdk> {
  const sdk = await import('@aws-sdk/client-s3').catch((cause: unknown) => {
    const mend = 'install it beside @attractions/feeds: npm install @aws-sdk/client-s3';
    throw new FeedsError('FEEDS_STORE_MODULE_MISSING', `Feeds in S3 need @aws-sdk/client-s3; ${mend}.`, { cause });
  });
  const config: s3.S3ClientConfig = {
    maxAttempts: 1,
    forcePathStyle: pathStyle,
    // Records hold a SHA-256 of every byte, and not every server knows the checksums of newer clients.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: timeoutMs, socketTimeout: timeoutMs },
  };
  return { sdk, client: new sdk.S3Client(config) };
}
