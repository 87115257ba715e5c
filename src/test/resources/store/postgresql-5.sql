-- A store of version 5 as PostgreSQL has it, with a row or two of everything: what a program of an older version would leave to this one.
CREATE TABLE schema_version (version INTEGER NOT NULL);
-- version 1
CREATE TABLE source (name TEXT PRIMARY KEY, url TEXT NOT NULL);
CREATE TABLE seen (source TEXT NOT NULL, stream TEXT NOT NULL, key BYTEA NOT NULL, first_seen BIGINT NOT NULL, last_seen BIGINT NOT NULL, verdict BIGINT NOT NULL, added BIGINT NOT NULL, PRIMARY KEY (source, stream, key));
CREATE TABLE progress (source TEXT PRIMARY KEY, origin BIGINT NOT NULL, read_to BIGINT NOT NULL);
CREATE TABLE backlog (source TEXT NOT NULL, from_at BIGINT NOT NULL, to_at BIGINT NOT NULL, PRIMARY KEY (source, from_at));
CREATE TABLE gap (source TEXT NOT NULL, from_at BIGINT NOT NULL, to_at BIGINT NOT NULL, reason TEXT NOT NULL, noticed_at BIGINT NOT NULL, PRIMARY KEY (source, from_at, to_at));
CREATE TABLE ledger (source TEXT NOT NULL, read_at BIGINT NOT NULL, from_at BIGINT NOT NULL, to_at BIGINT NOT NULL, purpose TEXT NOT NULL, PRIMARY KEY (source, read_at, from_at));
CREATE TABLE ledger_count (source TEXT NOT NULL, read_at BIGINT NOT NULL, from_at BIGINT NOT NULL, stream TEXT NOT NULL, outcome TEXT NOT NULL, events BIGINT NOT NULL, PRIMARY KEY (source, read_at, from_at, stream, outcome));
CREATE TABLE request_log (source TEXT NOT NULL, pool TEXT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX request_log_at ON request_log (source, pool, at);
-- version 2
ALTER TABLE seen ADD COLUMN rejected INTEGER NOT NULL DEFAULT 0;
CREATE TABLE in_flight (source TEXT NOT NULL, batch BIGINT NOT NULL, stream TEXT NOT NULL, sent_at BIGINT NOT NULL, keys BYTEA NOT NULL, ids TEXT NOT NULL, PRIMARY KEY (source, batch));
CREATE TABLE possible_duplicate (source TEXT NOT NULL, stream TEXT NOT NULL, key BYTEA NOT NULL, id TEXT NOT NULL, sent_at BIGINT NOT NULL, PRIMARY KEY (source, stream, key));
-- version 3
ALTER TABLE request_log ADD COLUMN purpose TEXT NOT NULL DEFAULT 'poll';
CREATE TABLE version (source TEXT NOT NULL, stream TEXT NOT NULL, key BYTEA NOT NULL, verdict BIGINT NOT NULL, noticed_at BIGINT NOT NULL, rejected INTEGER NOT NULL, PRIMARY KEY (source, stream, key, verdict));
CREATE TABLE sweep (source TEXT NOT NULL, hour BIGINT NOT NULL, stream TEXT NOT NULL, swept_at BIGINT NOT NULL, theirs BIGINT NOT NULL, ours BIGINT NOT NULL, keys BYTEA NOT NULL, PRIMARY KEY (source, hour, stream));
-- version 4
CREATE TABLE delivered_hour (source TEXT NOT NULL, stream TEXT NOT NULL, hour BIGINT NOT NULL, events BIGINT NOT NULL, PRIMARY KEY (source, stream, hour));
CREATE TABLE counted_since (source TEXT PRIMARY KEY, hour BIGINT NOT NULL);
INSERT INTO counted_since SELECT source, (max(at) / 3600000 + 1) * 3600000 FROM (SELECT source, added AS at FROM seen UNION ALL SELECT source, noticed_at FROM version UNION ALL SELECT source, read_at FROM ledger) AS acknowledged GROUP BY source;
-- version 5
CREATE TABLE replayed (source TEXT NOT NULL, place TEXT NOT NULL, name TEXT NOT NULL, etag TEXT NOT NULL, listed_at BIGINT NOT NULL, PRIMARY KEY (source, place, name));
-- rows
INSERT INTO schema_version VALUES (5);
INSERT INTO source VALUES ('tap', 'https://tap.example.com');
INSERT INTO seen (source, stream, key, first_seen, last_seen, verdict, added, rejected) VALUES ('tap', 'clicksBlocked', '\x000102030405060708090a0b0c0d0e0f', 1763640000000, 1763640000000, 7, 1763640000000, 0);
INSERT INTO progress VALUES ('tap', 1763600000000, 1763640000000);
INSERT INTO backlog VALUES ('tap', 1763610000000, 1763613600000);
INSERT INTO gap VALUES ('tap', 1763500000000, 1763503600000, 'not read', 1763640000000);
INSERT INTO ledger VALUES ('tap', 1763640001000, 1763636400000, 1763640000000, 'poll');
INSERT INTO ledger_count VALUES ('tap', 1763640001000, 1763636400000, 'clicksBlocked', 'new', 1);
INSERT INTO request_log VALUES ('tap', 'everything-else', 1763640000500, 'poll');
INSERT INTO in_flight VALUES ('tap', -42, 'clicksBlocked', 1763640000700, '\x101112131415161718191a1b1c1d1e1f', 'id-on-its-way');
INSERT INTO delivered_hour VALUES ('tap', 'clicksBlocked', 1763636400000, 1);
