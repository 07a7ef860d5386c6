/** A whole number with commas between its thousands. `toLocaleString` would load the tables of all languages first, some 15 ms. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
