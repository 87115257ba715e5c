package io.tapsentinel.store.ledger;

import io.tapsentinel.event.Comparables;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How many rows Sentinel has acknowledged of each hour and table: exact, since a batch is counted in the transaction that makes
 * its keys durable; rows of a batch whose acknowledgement nobody could write down are possible duplicates, and not counted. A row's
 * hour is that of the time which its columns tell, and each version of an event that is sent is a row.
 */
public final class DeliveredCounts {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Store store;

    public DeliveredCounts(Store store) {
        this.store = store;
    }

    /**
     * One hour of one table.
     *
     * @param hour      its beginning
     * @param type      whose table
     * @param delivered rows that Sentinel acknowledged
     * @param swept     what the hour's last sweep found; empty before the first
     */
    public record Hour(Instant hour, EventType type, long delivered, Optional<Completeness.Hour> swept) {}

    private record Place(String stream, long hour) {}

    /** Part of the transaction that makes the keys of these records durable. */
    public static void add(Connection connection, String source, Collection<TapEvent> batch) throws SQLException {
        Map<Place, Long> rows = batch.stream()
                .collect(Collectors.groupingBy(
                        event -> new Place(
                                event.getType().arrayName(),
                                event.getRowTime().truncatedTo(ChronoUnit.HOURS).toEpochMilli()),
                        Collectors.counting()));
        for (Map.Entry<Place, Long> row : rows.entrySet()) {
            Sql.update(
                    connection,
                    "INSERT INTO delivered_hour (source, stream, hour, events) VALUES (?, ?, ?, ?)"
                            + " ON CONFLICT (source, stream, hour) DO UPDATE SET events = delivered_hour.events + excluded.events",
                    source,
                    row.getKey().stream(),
                    row.getKey().hour(),
                    row.getValue());
        }
    }

    /** Forgets hours that began before {@code first} or after {@code last}: an event may carry any date, as of the year 9999. */
    static void prune(Connection connection, String source, Instant first, Instant last) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM delivered_hour WHERE source = ? AND (hour < ? OR hour > ?)",
                source,
                first.toEpochMilli(),
                last.toEpochMilli());
    }

    /**
     * The hours of all tables, oldest first, that began at {@code from} or later and at the origin of reading or later, were counted
     * from their beginning and ended before fresh reading got to; also those in which nothing happened, or which wait in the backlog
     * or lie in a gap: what was acknowledged of them is known all the same.
     */
    public List<Hour> closed(Instant from) {
        return store.transaction(connection -> {
            String source = store.source();
            Instant first = ceiling(Comparables.max(
                    from,
                    Instant.ofEpochMilli(Sql.number(
                            connection,
                            "SELECT coalesce(max(h), 0) FROM (SELECT hour AS h FROM counted_since WHERE source = ?"
                                    + " UNION ALL SELECT origin FROM progress WHERE source = ?) AS starts",
                            source,
                            source))));
            Instant end = Instant.ofEpochMilli(
                    Sql.number(connection, "SELECT coalesce(max(read_to), 0) FROM progress WHERE source = ?", source));
            Map<Place, Long> delivered = delivered(connection, source, first);
            Map<Place, Completeness.Hour> swept = Completeness.recorded(connection, source, first).stream()
                    .collect(Collectors.toMap(
                            hour -> new Place(hour.stream(), hour.hour().toEpochMilli()), Function.identity()));
            List<Hour> hours = new ArrayList<>();
            for (Instant hour = first; !hour.plus(HOUR).isAfter(end); hour = hour.plus(HOUR)) {
                for (EventType type : EventType.values()) {
                    Place place = new Place(type.arrayName(), hour.toEpochMilli());
                    hours.add(new Hour(
                            hour, type, delivered.getOrDefault(place, 0L), Optional.ofNullable(swept.get(place))));
                }
            }
            return hours;
        });
    }

    /** Rows that Sentinel acknowledged since {@code first}, by type and by the hour of their event; only reads. */
    public static Map<EventType, Map<Instant, Long>> byHour(Connection connection, String source, Instant first)
            throws SQLException {
        Map<Place, Long> delivered = delivered(connection, source, first);
        Map<EventType, Map<Instant, Long>> rows = new EnumMap<>(EventType.class);
        for (EventType type : EventType.values()) {
            rows.put(
                    type,
                    delivered.entrySet().stream()
                            .filter(row -> row.getKey().stream().equals(type.arrayName()))
                            .collect(Collectors.toMap(
                                    row -> Instant.ofEpochMilli(row.getKey().hour()), Map.Entry::getValue)));
        }
        return rows;
    }

    private static Map<Place, Long> delivered(Connection connection, String source, Instant first) throws SQLException {
        return Sql.list(
                        connection,
                        "SELECT stream, hour, events FROM delivered_hour WHERE source = ? AND hour >= ?",
                        row -> Map.entry(new Place(row.getString(1), row.getLong(2)), row.getLong(3)),
                        source,
                        first.toEpochMilli())
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Instant ceiling(Instant time) {
        Instant hour = time.truncatedTo(ChronoUnit.HOURS);
        return hour.equals(time) ? hour : hour.plus(HOUR);
    }
}
