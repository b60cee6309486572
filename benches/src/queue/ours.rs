//! Our queue, on a private PostgreSQL that waits for the disk: the same turns that the dispatcher takes, with jobs that do
//! nothing. Their rows, and the fair order, are the real ones; the events of a build are left out, as the peer has none.

use super::postgres::Postgres;
use super::{Figures, cpu_seconds};
use buildcast::engine::pace;
use buildcast::service::Clock;
use buildcast::service::clock::SystemClock;
use buildcast::store::jobs::{self, Lease};
use buildcast::store::looks::Looks;
use buildcast::store::turns::{self, Take};
use buildcast::store::{Database, StoreError};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc};

/// Jobs of a hundred users, in rounds.
const FILL: &str = "
    INSERT INTO projects (id, user_id, name, source_key, id_source, created_by_service, created_at_ms, updated_at_ms)
        VALUES ('p', 'u', 'n', 's', 'server', 'bench', 1, 1) ON CONFLICT DO NOTHING;
    INSERT INTO builds (id, project_id, user_id, previous_state, current_state, source_key, id_source, created_by_service, created_at_ms)
        SELECT 'b' || i, 'p', 'u' || i % 100, 'building', 'deployed', 's', 'server', 'bench', 1 FROM generate_series(1, :jobs) i ON CONFLICT DO NOTHING;
    DELETE FROM jobs;
    INSERT INTO jobs (build_id, user_id, project_id, kind, source_key, state, due, round, run_at_ms, enqueued_at_ms)
        SELECT 'b' || i, 'u' || i % 100, 'p', 'build', 's', 'ready', TRUE, i / 100, 1, 1 FROM generate_series(1, :waiting) i;
    VACUUM ANALYZE jobs; VACUUM ANALYZE builds; CHECKPOINT;";

/// One run: throughput, then pick-up.
pub fn run(jobs: usize, concurrency: usize, pickups: usize) -> Figures {
    let postgres = Postgres::durable();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let db = Database::open(&postgres.url()).await.expect("a database");
        db.migrate().await.expect("its tables");
        fill(&postgres.url(), jobs, jobs);
        let cpu = cpu_seconds();
        // a task, as the dispatcher is
        let begun = tokio::spawn(throughput(db.clone(), jobs, concurrency)).await.expect("it ends").expect("the database stays");
        let (seconds, used) = (begun.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        fill(&postgres.url(), jobs, 0);
        let mut waits = pickups_of(&db, pickups, concurrency).await.expect("the database stays");
        waits.sort_by(f64::total_cmp);
        let at = |share: f64| waits[((waits.len() as f64 * share) as usize).min(waits.len() - 1)];
        Figures { per_second: jobs as f64 / seconds, cpu_us_per_job: used * 1e6 / jobs as f64, p50_ms: at(0.5), p99_ms: at(0.99) }
    })
}

fn fill(url: &str, jobs: usize, waiting: usize) {
    use std::io::Write;
    let mut psql = Command::new("psql");
    psql.args([url, "-q", "-v", "ON_ERROR_STOP=1", "-v", &format!("jobs={jobs}"), "-v", &format!("waiting={waiting}")]);
    let mut child = psql.stdin(Stdio::piped()).spawn().expect("psql comes with PostgreSQL");
    child.stdin.take().expect("it is piped").write_all(FILL.as_bytes()).expect("it reads");
    assert!(child.wait().expect("it ends").success());
}

const LEASE_MS: i64 = 9000;

type Held = (String, i64);

/// One turn of the dispatcher.
async fn turn(db: &Database, looks: &Looks, done: &[Held], limit: usize) -> Result<Vec<Held>, StoreError> {
    let done: Vec<Lease<'_>> = done.iter().map(|(build_id, fencing_token)| Lease { build_id, fencing_token: *fencing_token }).collect();
    let (limit, now_ms) = (limit as i64, now_ms());
    let (lease_until_ms, own_late_ms, look) = (now_ms + LEASE_MS, now_ms - 3 * LEASE_MS, looks.at(now_ms));
    let take = Take { node_id: "bench", incarnation: "1", limit, per_user: 0, now_ms, lease_until_ms, own_late_ms, look };
    let mut tx = db.begin().await?;
    let taken = turns::turn(&mut tx, &done, take).await?;
    looks.ended_at(turns::place_after(&taken, limit));
    tx.commit().await?;
    Ok(taken.into_iter().map(|job| (job.build_id, job.fencing_token)).collect())
}

fn now_ms() -> i64 {
    SystemClock.now_ms()
}

/// The dispatcher's loop: turns at its pace. When the first job began, from where the peer counts, too.
async fn throughput(db: Database, jobs: usize, concurrency: usize) -> Result<Instant, StoreError> {
    let (ended, mut ends) = mpsc::unbounded_channel();
    let (mut free, mut done, mut total) = (concurrency, Vec::new(), 0);
    let looks = Looks::default();
    let (mut turns, mut begun) = (FuturesUnordered::new(), None);
    while total < jobs {
        while free > 0 && pace::is_time(turns.len(), free, concurrency) {
            let (given, limit) = (std::mem::take(&mut done), free.min(pace::share(concurrency)));
            free -= limit;
            let (db, looks) = (&db, &looks);
            turns.push(async move { turn(db, looks, &given, limit).await.map(|taken| (given.len(), limit, taken)) });
        }
        tokio::select! {
            Some(turned) = turns.next() => {
                let (given, limit, taken) = turned?;
                begun.get_or_insert_with(Instant::now);
                total += given;
                free += limit - taken.len();
                for job in taken {
                    let ended = ended.clone();
                    tokio::spawn(async move {
                        tokio::task::yield_now().await;
                        let _ = ended.send(job);
                    });
                }
            }
            count = ends.recv_many(&mut done, concurrency) => free += count,
        }
    }
    Ok(begun.unwrap_or_else(Instant::now))
}

/// Milliseconds from the moment that a job is asked for to the moment that its work begins, one at a time.
async fn pickups_of(db: &Database, count: usize, concurrency: usize) -> Result<Vec<f64>, StoreError> {
    let (came, mut waits) = (std::sync::Arc::new(Notify::new()), Vec::new());
    let (started, mut starts) = mpsc::unbounded_channel();
    let dispatcher = tokio::spawn({
        let (db, came) = (db.clone(), came.clone());
        async move {
            let (mut done, looks) = (Vec::new(), Looks::default());
            loop {
                came.notified().await;
                done = turn(&db, &looks, &done, concurrency).await?;
                if !done.is_empty() {
                    let started = started.clone();
                    tokio::spawn(async move { started.send(Instant::now()) });
                }
            }
            #[expect(unreachable_code, reason = "it says what the task gives")]
            Ok::<(), StoreError>(())
        }
    });
    for at in 1..=count {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let begun = Instant::now();
        let mut tx = db.begin().await?;
        jobs::enqueue(&mut tx, &format!("b{at}"), "u", 0, 1, 1).await?;
        tx.commit().await?;
        came.notify_one();
        let taken: Instant = starts.recv().await.expect("the dispatcher goes on");
        waits.push((taken - begun).as_secs_f64() * 1000.0);
    }
    dispatcher.abort();
    Ok(waits)
}
