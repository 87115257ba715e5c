package io.tapsentinel.store;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The migrations of the store's tables: item n of {@link #ALL} makes version n + 1 out of version n, and says what each table and column
 * holds. The SQL is what SQLite and PostgreSQL have in common. Times are milliseconds since 1970.
 */
final class Migrations {

    static final List<List<String>> ALL = List.of(
            List.of(
                    // one row per source account: which service its rows came from
                    "CREATE TABLE source (name TEXT PRIMARY KEY, url TEXT NOT NULL)",
                    // keys that Sentinel acknowledged, and the inverted keys of filtered events; added: when this row
                    // was made; verdict: VerdictDigest at the first delivery, 0 of filtered events
                    "CREATE TABLE seen (source TEXT NOT NULL, stream TEXT NOT NULL, key BYTEA NOT NULL, first_seen BIGINT NOT NULL,"
                            + " last_seen BIGINT NOT NULL, verdict BIGINT NOT NULL, added BIGINT NOT NULL,"
                            + " PRIMARY KEY (source, stream, key))",
                    "CREATE TABLE progress (source TEXT PRIMARY KEY, origin BIGINT NOT NULL, read_to BIGINT NOT NULL)",
                    "CREATE TABLE backlog (source TEXT NOT NULL, from_at BIGINT NOT NULL, to_at BIGINT NOT NULL,"
                            + " PRIMARY KEY (source, from_at))",
                    "CREATE TABLE gap (source TEXT NOT NULL, from_at BIGINT NOT NULL, to_at BIGINT NOT NULL, reason TEXT NOT NULL,"
                            + " noticed_at BIGINT NOT NULL, PRIMARY KEY (source, from_at, to_at))",
                    // one row per committed read, and beside it one per stream and outcome
                    "CREATE TABLE ledger (source TEXT NOT NULL, read_at BIGINT NOT NULL, from_at BIGINT NOT NULL, to_at BIGINT NOT NULL,"
                            + " purpose TEXT NOT NULL, PRIMARY KEY (source, read_at, from_at))",
                    "CREATE TABLE ledger_count (source TEXT NOT NULL, read_at BIGINT NOT NULL, from_at BIGINT NOT NULL,"
                            + " stream TEXT NOT NULL, outcome TEXT NOT NULL, events BIGINT NOT NULL,"
                            + " PRIMARY KEY (source, read_at, from_at, stream, outcome))",
                    // one row per request that was sent, for the rolling day of TAP's pools
                    "CREATE TABLE request_log (source TEXT NOT NULL, pool TEXT NOT NULL, at BIGINT NOT NULL)",
                    "CREATE INDEX request_log_at ON request_log (source, pool, at)"),
            List.of(
                    // rejected: 1 while the record lies at tap.rejected.uri and not in its table
                    "ALTER TABLE seen ADD COLUMN rejected INTEGER NOT NULL DEFAULT 0",
                    // the requests that are on their way; keys of 16 bytes each, ids in the same order, a line each
                    "CREATE TABLE in_flight (source TEXT NOT NULL, batch BIGINT NOT NULL, stream TEXT NOT NULL, sent_at BIGINT NOT NULL,"
                            + " keys BYTEA NOT NULL, ids TEXT NOT NULL, PRIMARY KEY (source, batch))",
                    // records that were on their way when a connection broke or the process ended: Sentinel may hold
                    // them twice
                    "CREATE TABLE possible_duplicate (source TEXT NOT NULL, stream TEXT NOT NULL, key BYTEA NOT NULL, id TEXT NOT NULL,"
                            + " sent_at BIGINT NOT NULL, PRIMARY KEY (source, stream, key))"),
            List.of(
                    // purpose: LedgerEntry.Purpose, since fresh polls have a share of their own
                    "ALTER TABLE request_log ADD COLUMN purpose TEXT NOT NULL DEFAULT 'poll'",
                    // verdicts on an event beside the one in seen, whether they were sent (tap.updates) or only
                    // counted; rejected as there
                    "CREATE TABLE version (source TEXT NOT NULL, stream TEXT NOT NULL, key BYTEA NOT NULL, verdict BIGINT NOT NULL,"
                            + " noticed_at BIGINT NOT NULL, rejected INTEGER NOT NULL, PRIMARY KEY (source, stream, key, verdict))",
                    // the last sweep of each closed hour: how many keys it found, how many of them were durable when
                    // asked afterwards, and
                    // the keys themselves, 16 bytes each, while seen may still hold them
                    "CREATE TABLE sweep (source TEXT NOT NULL, hour BIGINT NOT NULL, stream TEXT NOT NULL, swept_at BIGINT NOT NULL,"
                            + " theirs BIGINT NOT NULL, ours BIGINT NOT NULL, keys BYTEA NOT NULL, PRIMARY KEY (source, hour, stream))"),
            List.of(
                    // rows that Sentinel acknowledged, by the hour of their events' own time
                    "CREATE TABLE delivered_hour (source TEXT NOT NULL, stream TEXT NOT NULL, hour BIGINT NOT NULL, events BIGINT NOT NULL,"
                            + " PRIMARY KEY (source, stream, hour))",
                    // rows delivered before that table existed have no hour of their own, but none is later than these
                    "CREATE TABLE counted_since (source TEXT PRIMARY KEY, hour BIGINT NOT NULL)",
                    "INSERT INTO counted_since SELECT source, (max(at) / 3600000 + 1) * 3600000 FROM (SELECT source, added AS at FROM seen"
                            // a changed event was one more row; one that was replayed after its rejection has its first
                            // time in seen
                            + " UNION ALL SELECT source, noticed_at FROM version UNION ALL SELECT source, read_at FROM ledger) AS acknowledged"
                            + " GROUP BY source"),
            List.of(
                    // blobs of a container that were replayed or refused; etag: the version of it; listed_at: when it
                    // was last seen there
                    "CREATE TABLE replayed (source TEXT NOT NULL, place TEXT NOT NULL, name TEXT NOT NULL, etag TEXT NOT NULL,"
                            + " listed_at BIGINT NOT NULL, PRIMARY KEY (source, place, name))"),
            List.of(
                    // keys that were added to a shared store, a row per transaction, 16 bytes each; number counts the
                    // transactions in the order of their commits
                    "CREATE TABLE gained (source TEXT NOT NULL, number BIGINT NOT NULL, gained_at BIGINT NOT NULL, keys BYTEA NOT NULL,"
                            + " PRIMARY KEY (source, number))",
                    // the last number, and the last of those whose rows are gone
                    "CREATE TABLE gained_last (source TEXT PRIMARY KEY, number BIGINT NOT NULL, forgotten BIGINT NOT NULL)"),
            List.of(
                    // how long TAP is left alone after a 401, 403 or 429, until it answers; throttled: 429s in a row;
                    // credentials: a digest of those that it is about, with salt, so that other ones are tried
                    "CREATE TABLE tap_rest (source TEXT NOT NULL, pool TEXT NOT NULL, status INTEGER NOT NULL, text TEXT NOT NULL,"
                            + " since_at BIGINT NOT NULL, until_at BIGINT NOT NULL, throttled INTEGER NOT NULL, salt BYTEA NOT NULL,"
                            + " credentials BYTEA NOT NULL, PRIMARY KEY (source, pool))"),
            List.of(
                    // how long the keys of older versions are looked up, see FormerKeys; 0 until a program has the time
                    "CREATE TABLE former_keys (source TEXT PRIMARY KEY, until_at BIGINT NOT NULL)",
                    "INSERT INTO former_keys SELECT name, 0 FROM source",
                    // a digest of the GUID beside an id, 0 for none and in older rows; in version it is 0 unless
                    // another
                    // message has the id, and then verdict is combined with it: see VersionTable
                    "ALTER TABLE seen ADD COLUMN guid BIGINT NOT NULL DEFAULT 0",
                    "ALTER TABLE version ADD COLUMN guid BIGINT NOT NULL DEFAULT 0"),
            List.of(
                    // the answer that is being read now; a row that is there before a read is of a process that ended
                    // with it; error: 1 when it is known to have ended by an Error
                    "CREATE TABLE reading (source TEXT PRIMARY KEY, from_at BIGINT NOT NULL, to_at BIGINT NOT NULL, purpose TEXT NOT NULL,"
                            + " error INTEGER NOT NULL)",
                    // tap.Unreadable: time whose answers cannot be read, or ended the process
                    "CREATE TABLE unreadable (source TEXT NOT NULL, from_at BIGINT NOT NULL, to_at BIGINT NOT NULL, bad INTEGER NOT NULL,"
                            + " how TEXT NOT NULL, times INTEGER NOT NULL, proven INTEGER NOT NULL, failed_at BIGINT NOT NULL,"
                            + " PRIMARY KEY (source, from_at, to_at))"),
            List.of(
                    // tables that refuse, see SuspensionTable; stream as in seen, here and below
                    "CREATE TABLE suspended (source TEXT NOT NULL, stream TEXT NOT NULL, since_at BIGINT NOT NULL,"
                            + " next_probe_at BIGINT NOT NULL, probes INTEGER NOT NULL, reason TEXT NOT NULL,"
                            + " PRIMARY KEY (source, stream))",
                    // time to read again for one table
                    "CREATE TABLE table_backlog (source TEXT NOT NULL, stream TEXT NOT NULL, from_at BIGINT NOT NULL,"
                            + " to_at BIGINT NOT NULL, PRIMARY KEY (source, stream, from_at))",
                    // events that wait for a suspended table; at: the latest end of a window that deferred them;
                    // withdrawn_at: when TAP turned out to report them no longer, 0 until then
                    "CREATE TABLE deferred (source TEXT NOT NULL, stream TEXT NOT NULL, key BYTEA NOT NULL, at BIGINT NOT NULL,"
                            + " withdrawn_at BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (source, stream, key))",
                    // time that one table alone has lost
                    "CREATE TABLE table_gap (source TEXT NOT NULL, stream TEXT NOT NULL, from_at BIGINT NOT NULL,"
                            + " to_at BIGINT NOT NULL, reason TEXT NOT NULL, noticed_at BIGINT NOT NULL,"
                            + " PRIMARY KEY (source, stream, from_at, to_at))",
                    // parts of the column theirs that are neither in ours nor missing; an older program writes 0
                    "ALTER TABLE sweep ADD COLUMN deferred BIGINT NOT NULL DEFAULT 0",
                    "ALTER TABLE sweep ADD COLUMN withdrawn BIGINT NOT NULL DEFAULT 0"),
            List.of(
                    // another part of the column theirs; an older program counts it in ours and writes 0
                    "ALTER TABLE sweep ADD COLUMN rejected BIGINT NOT NULL DEFAULT 0"));

    /** What a shared store has besides, by the version that brings it. */
    static final Map<Integer, Supplier<List<String>>> SHARED = Map.of(6, QuartzTables::statements);

    private Migrations() {}
}
