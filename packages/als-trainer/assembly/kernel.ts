export { serve, work } from './work';
