/** What forgetting needs of other packages. Loaded only when somebody is forgotten. */
export { pseudonymKeyOf, pseudonymOf } from '@attractions/etl';
export { settleSpools } from '@attractions/service';
export { forgetUsers } from './forget/forget.js';
