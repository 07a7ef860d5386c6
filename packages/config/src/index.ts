// Declare settings and read them.
export { readConfig } from './read.js';
export { choice, flag, integer, number, text } from './setting.js';
export { LOG_LEVELS, createLogger, sharedSettings, sparkRemote } from './shared-settings.js';
export { loadDotEnv } from './read.js';
export type { Config, Environment } from './read.js';
export type { Bounds, Optional, Present, Setting, SettingOptions, Settings } from './setting.js';
export type { LogLevel, LoggerOptions } from './shared-settings.js';
export type { Logger } from 'pino';

// The configuration file. A star export, because only then can other packages merge declarations into it.
export * from './config-file.js';

// The file of tenants.
export { isTenantName, readTenants, tenantRoot } from './tenants.js';
export type { Tenant } from './tenants.js';

// Describe them.
export { describeSettings } from './describe.js';

// Force them in a test.
export { forceConfig } from './read.js';

// Run a stage, or several commands, as a process.
export { reportFailure, runStage, settingsAndFile, untilStopped, writeResult } from './stage-command.js';
export type { CommandContext, CommandOutput, CommandResult, StageCommand, StageContext } from './stage-command.js';

// Errors.
export { CONFIG_ERRORS, ConfigError } from './errors.js';
export type { ConfigErrorCode } from './errors.js';
export { progressOn } from './progress.js';
export type { Progress, ProgressOutput, ShowProgress } from './progress.js';
