export { moveTexts, numberTexts } from './texts';
export { serve, work } from './work';
