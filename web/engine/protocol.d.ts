/**
 * The protocol between the page and its worker: what carries a call to Python and back.
 *
 *   page → worker   {id, method, params}
 *   worker → page   {id, result}
 *   worker → page   {id, error: {name, message, traceback}}
 *   worker → page   {event}
 */

import type { Method } from "../api.d.ts";

export interface CallError {
  name: string;
  message: string;
  traceback: string;
}
export type Request = { id: number; method: Method; params: unknown };
export type BootEvent = {
  stage: string;
  /** Bytes. */
  loaded: number;
  total: number;
  /** The files that are not complete yet. */
  pending?: string[];
  /** The build that the worker's files belong to. */
  build?: string;
};
export type Reply = { id: number; result: unknown } | { id: number; error: CallError } | { event: BootEvent };
