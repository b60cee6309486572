// No-op jobs through BullMQ in one process: how many a second, and how soon a job is picked up when nothing else is to do.
// PORT is Redis's; JOBS, CONCURRENCY and PICKUPS say how much; KEEP=1 keeps what is done. Prints one JSON object.

import { Queue, Worker } from 'bullmq';

const connection = { host: '127.0.0.1', port: Number(process.env.PORT), maxRetriesPerRequest: null };
const jobs = Number(process.env.JOBS);
const concurrency = Number(process.env.CONCURRENCY);
const pickups = Number(process.env.PICKUPS);
// a done job is removed, as ours is, unless it is to be kept, as BullMQ does by itself
const queue = new Queue('bench', { connection, defaultJobOptions: { removeOnComplete: process.env.KEEP !== '1' } });

async function throughput() {
  for (let at = 0; at < jobs; at += 1000) {
    await queue.addBulk(Array.from({ length: Math.min(1000, jobs - at) }, (_, i) => ({ name: 'noop', data: { i: at + i } })));
  }
  let done = 0;
  let begun = 0;
  const cpu = process.cpuUsage();
  await new Promise((end) => {
    const worker = new Worker('bench', async () => { begun ||= performance.now(); }, { connection, concurrency });
    worker.on('completed', () => { if (++done === jobs) end(worker.close(true)); });
  });
  const seconds = (performance.now() - begun) / 1000;
  const used = process.cpuUsage(cpu);
  return { per_second: jobs / seconds, cpu_us_per_job: (used.user + used.system) / jobs };
}

async function pickup() {
  const waits = [];
  let picked;
  const worker = new Worker('bench', async (job) => { picked(performance.now() - job.data.at); }, { connection, concurrency });
  await worker.waitUntilReady();
  for (let i = 0; i < pickups; i++) {
    await new Promise((wait) => setTimeout(wait, 20));
    const taken = new Promise((took) => { picked = took; });
    // the add itself counts, for both
    const data = { at: performance.now() };
    await queue.add('noop', data);
    waits.push(await taken);
  }
  await worker.close();
  waits.sort((a, b) => a - b);
  const at = (share) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))];
  return { p50_ms: at(0.5), p99_ms: at(0.99) };
}

const result = { ...(jobs ? await throughput() : {}), ...(pickups ? await pickup() : {}) };
await queue.close();
console.log(JSON.stringify(result));
process.exit(0);
