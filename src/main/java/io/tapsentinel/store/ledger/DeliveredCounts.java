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
 * Counts the rows that Sentinel has acknowledged, by hour and table. Exact, since a batch is counted in the transaction that makes its keys
 * durable; possible duplicates are not counted. The hour is that of the row's own time. Each version of an event that is sent is a row.
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
     * @param hour      start of the hour
     * @param type      of the table
     * @param delivered rows that Sentinel acknowledged
     * @param swept     result of the last sweep; empty before the first
     */
    public record Hour(Instant hour, EventType type, long delivered, Optional<Completeness.Hour> swept) {}

    private record Place(String stream, long hour) {}

    /** Call in the transaction that makes the batch's keys durable. */
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

    /** Deletes hours outside [{@code first}, {@code last}]: an event can have any date, even in the year 9999. */
    static void prune(Connection connection, String source, Instant first, Instant last) throws SQLException {
        Sql.update(
                connection,
                "DELETE FROM delivered_hour WHERE source = ? AND (hour < ? OR hour > ?)",
                source,
                first.toEpochMilli(),
                last.toEpochMilli());
    }

    /**
     * The closed hours of all tables, oldest first, from {@code from} or the start of reading, whichever is later. They were counted from
     * their beginning and ended before the progress of reading. Includes empty hours and hours in the backlog or in a gap.
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

    /** Rows that Sentinel acknowledged, by type and hour, from the hour {@code first} on. Writes nothing. */
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
