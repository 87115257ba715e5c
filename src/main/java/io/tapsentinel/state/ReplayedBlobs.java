package io.tapsentinel.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which blobs of a container were brought in or refused, so that none is fetched twice, over restarts too. One that was not in the
 * container for {@link #KEPT} is forgotten. Holds nothing in memory.
 */
public class ReplayedBlobs {

    /** How long a blob is remembered after it was last seen in its container. */
    public static final Duration KEPT = Duration.ofDays(365);

    /** That it was seen is written at most this often. */
    private static final Duration SIGHTING = Duration.ofDays(1);

    private static final int ASKED_AT_ONCE = 500;

    private final Store store;
    private final String place;
    private final Clock clock;

    /**
     * One version of a blob.
     *
     * @param etag changes whenever the blob does
     */
    public record Blob(String name, String etag) {}

    /** @param place account and container */
    public ReplayedBlobs(Store store, String place, Clock clock) {
        this.store = store;
        this.place = place;
        this.clock = clock;
    }

    /** Those of these blobs, which are in the container now, that are new or have changed; in the same order. */
    public List<Blob> unknown(List<Blob> listed) {
        List<Blob> unknown = new ArrayList<>();
        for (int from = 0; from < listed.size(); from += ASKED_AT_ONCE) {
            List<Blob> some = listed.subList(from, Math.min(listed.size(), from + ASKED_AT_ONCE));
            unknown.addAll(store.transaction(connection -> unknown(connection, some)));
        }
        return unknown;
    }

    private List<Blob> unknown(Connection connection, List<Blob> some) throws SQLException {
        Map<String, String> known = new HashMap<>();
        List<String> seenLongAgo = new ArrayList<>();
        long now = clock.millis();
        List<Object> arguments = new ArrayList<>(List.of(store.source(), place));
        some.forEach(blob -> arguments.add(blob.name()));
        try (PreparedStatement select =
                connection.prepareStatement("SELECT name, etag, listed_at FROM replayed WHERE source = ?"
                        + " AND place = ? AND name IN (?" + ", ?".repeat(some.size() - 1) + ")")) {
            Sql.set(select, arguments.toArray());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    known.put(rows.getString(1), rows.getString(2));
                    if (rows.getLong(3) < now - SIGHTING.toMillis()) {
                        seenLongAgo.add(rows.getString(1));
                    }
                }
            }
        }
        sighted(connection, seenLongAgo, now);
        return some.stream()
                .filter(blob -> !blob.etag().equals(known.get(blob.name())))
                .toList();
    }

    private void sighted(Connection connection, Collection<String> names, long now) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE replayed SET listed_at = ? WHERE source = ? AND place = ? AND name = ?")) {
            for (String name : names) {
                Sql.set(update, now, store.source(), place, name);
                update.addBatch();
            }
            update.executeBatch();
        }
    }

    /** This version of it was brought in or refused. */
    public void add(Blob blob) {
        store.transaction(connection -> Sql.update(
                connection,
                "INSERT INTO replayed (source, place, name, etag, listed_at)"
                        + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (source, place, name) DO UPDATE SET etag = excluded.etag,"
                        + " listed_at = excluded.listed_at",
                store.source(),
                place,
                blob.name(),
                blob.etag(),
                clock.millis()));
    }

    /** Forgets blobs that were not in their container for long. */
    static void prune(Connection connection, String source, Instant now) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM replayed WHERE source = ? AND listed_at < ?",
                source,
                now.minus(KEPT).toEpochMilli());
    }
}
