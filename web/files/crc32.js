/**
 * CRC-32 as in zip, PNG and gzip, eight bytes at a time.
 *
 * ISO 3309, polynomial 0xEDB88320; Kounavis & Berry (2005).
 */

const TABLES = makeTables();

/**
 * @param {Uint8Array} bytes
 * @param {number} [seed]  the CRC of what comes before `bytes`
 * @returns {number} unsigned, 32 bits
 */
export function crc32(bytes, seed = 0) {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES;
  const whole = bytes.length - (bytes.length % 8);
  let crc = ~seed;
  for (let i = 0; i < whole; i += 8) {
    const low = crc ^ (bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24));
    crc =
      t7[low & 255] ^
      t6[(low >>> 8) & 255] ^
      t5[(low >>> 16) & 255] ^
      t4[low >>> 24] ^
      t3[bytes[i + 4]] ^
      t2[bytes[i + 5]] ^
      t1[bytes[i + 6]] ^
      t0[bytes[i + 7]];
  }
  for (let i = whole; i < bytes.length; i++) crc = t0[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Bytes per part: about one to two milliseconds. */
const PART = 2 ** 20;

/**
 * Like `crc32`, in parts, so that the page stays responsive.
 * @param {Uint8Array} bytes
 * @param {number} [seed]  the CRC of what comes before `bytes`
 * @returns {Promise<number>}
 */
export async function crc32InParts(bytes, seed = 0) {
  let crc = crc32(bytes.subarray(0, PART), seed);
  for (let at = PART; at < bytes.length; at += PART) {
    await pause();
    crc = crc32(bytes.subarray(at, at + PART), crc);
  }
  return crc;
}

/** Yield to other tasks. Timers are throttled to one second in hidden tabs. @returns {Promise<void>} */
function pause() {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Table k holds the CRC of each byte followed by k zero bytes. */
function makeTables() {
  const tables = Array.from({ length: 8 }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    tables[0][byte] = crc;
  }
  for (let k = 1; k < 8; k++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = tables[k - 1][byte];
      tables[k][byte] = tables[0][before & 255] ^ (before >>> 8);
    }
  }
  return tables;
}
