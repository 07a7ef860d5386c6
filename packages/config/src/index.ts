export { LOG_LEVELS, sharedSettings } from './base-settings.js';
export { describeSettings } from './describe.js';
export { loadDotEnv } from './dot-env.js';
export { CONFIG_ERRORS, ConfigError } from './errors.js';
export { forceConfig } from './force.js';
export { createLogger } from './logger.js';
export { readConfig } from './read.js';
export { reportFailure, runStage, untilStopped, writeResult } from './stage-command.js';
export { choice, flag, integer, number, text } from './setting.js';

export type { Logger } from 'pino';
export type { LogLevel } from './base-settings.js';
export type { ConfigErrorCode } from './errors.js';
export type { LoggerOptions } from './logger.js';
export type { Config, Environment } from './read.js';
export type { CommandContext, CommandOutput, CommandResult, StageCommand } from './stage-command.js';
export type { Bounds, Optional, Present, Setting, SettingOptions, Settings } from './setting.js';
