/** Lower case, words joined by hyphens: how files and feeds are named. */
export const kebab = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** `nearby-rides` -> `nearbyRides`. */
export const camelCase = (name) => name.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase());

/** `nearby-rides` -> `NearbyRides`. */
export const pascalCase = (name) => camelCase(`-${name}`);
