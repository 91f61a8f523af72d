/** Records by run id, safe for ids such as "constructor" or "__proto__". */

/** @template T @param {Record<string, T>} record @param {string} id @returns {T | undefined} what the record itself holds under this id */
export const ofRun = (record, id) => (Object.hasOwn(record, id) ? record[id] : undefined);

/** @template T @param {Record<string, T>} record @param {string} id @returns {Record<string, T>} the record without this id */
export const withoutRun = (record, id) => Object.fromEntries(Object.entries(record).filter(([key]) => key !== id));
