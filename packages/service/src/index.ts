export { runServe, servingResult, settleSpools } from './driver.js';
export { serveSettings } from './settings.js';
export type { OwnComposition, RunningService, ServeContext } from './driver.js';
export type { ServeConfig } from './settings.js';
export { SERVICE_ERRORS, ServiceError } from './errors.js';
export type { ServiceErrorCode } from './errors.js';
