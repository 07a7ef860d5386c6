export { createProject } from './create.js';
export { CREATE_ERRORS, CreateError } from './errors.js';
export type { CreateErrorCode } from './errors.js';
export type { Language, PackageManager, Plan } from './plan.js';
export { projectFiles } from './project.js';
export type { Ranges } from './project.js';
