// The second thread of the program, which is the same file started once more: so the program stays one file.
import os from 'node:os';
import * as threads from 'node:worker_threads';
import { VerifyWorker, workOn } from '../sync/import/verify-worker.js';
import { createInterpreter } from '../topic/message/interpret.js';
import { THREAD_WORD } from './thread-word.js';

/** Does what the importer asks for, when this is such a thread; false when it is not. */
export async function serveImporter(): Promise<boolean> {
  if (threads.isMainThread) return false;
  const port = threads.workerData as threads.MessagePort;
  port.on('message', (job) => workOn(job, createInterpreter(), (result) => port.postMessage(result)));
  return true;
}

/** Starts one; undefined where the machine has no second processor. */
export function startVerifyWorker(program: string): VerifyWorker | undefined {
  if (os.availableParallelism() === 1) return undefined;
  const { port1, port2 } = new threads.MessageChannel();
  const options = { argv: [THREAD_WORD], workerData: port2, transferList: [port2], stdout: true, stderr: true };
  // it helps or it does not: whatever becomes of it, nobody waits for its end
  new threads.Worker(program, options).on('error', () => {}).unref();
  const receive = () => threads.receiveMessageOnPort(port1)?.message;
  return new VerifyWorker({ post: (job) => port1.postMessage(job), receive });
}
