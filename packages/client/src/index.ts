export { createClient } from './client.js';
export type {
  Client,
  ClientEvent,
  ClientOptions,
  List,
  ListRequest,
  Lists,
  ListsRequest,
  RequestOptions,
  Similar,
} from './client.js';
export { CLIENT_ERRORS, ClientError } from './errors.js';
export type { ClientErrorCode } from './errors.js';
export type { OnLost, SentEvent } from './events.js';
