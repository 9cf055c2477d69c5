// A second thread of the program: it verifies segments beside the one that imports (sync/ahead). It is the same file
// started once more, so that the program stays one file.
import os from 'node:os';
import {
  isMainThread,
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
  workerData,
} from 'node:worker_threads';
import { type Job, type Result, workOn } from '../sync/import/verifier.js';
import { type Thread, VerifyWorker } from '../sync/import/verify-worker.js';
import { createInterpreter } from '../topic/message/interpret.js';
import { THREAD_WORD } from './thread-word.js';

/** Somebody who verifies what is imported, as soon as there is enough of it, where the machine has a second processor. */
export function createVerifyWorker(program: string): VerifyWorker {
  return new VerifyWorker(() => (os.availableParallelism() > 1 ? startThread(program) : undefined));
}

/** Does what the importer asks for, when this is such a thread; false when it is not. */
export async function serveImporter(): Promise<boolean> {
  if (isMainThread) return false;
  const port = workerData as MessagePort;
  const interpreter = createInterpreter();
  port.on('message', (job: Job) => workOn(job, interpreter, (result) => port.postMessage(result)));
  return true;
}

function startThread(program: string): Thread {
  const { port1, port2 } = new MessageChannel();
  const options = { argv: [THREAD_WORD], workerData: port2, transferList: [port2], stdout: true, stderr: true };
  const worker = new Worker(program, options);
  // it helps or it does not: whatever becomes of it, nobody waits for its end
  worker.on('error', () => {});
  worker.unref();
  return {
    post: (job) => port1.postMessage(job),
    receive: () => receiveMessageOnPort(port1)?.message as Result | undefined,
  };
}
