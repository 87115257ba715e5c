package io.tapsentinel.monitoring.table;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.sentinel.schema.TableSchema;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;

/** What a workspace holds of the five tables: rows of the four counted by hour and table as its queries do, those of the health table. */
final class Workspace {

    private final Map<String, Long> held = new TreeMap<>();
    private final List<JsonNode> told = new CopyOnWriteArrayList<>();

    /** A row has landed. */
    synchronized void landed(String table, JsonNode row) {
        if (table.equals(TableSchema.HEALTH)) {
            told.add(row);
        } else {
            held.merge(key(time(row).truncatedTo(ChronoUnit.HOURS).toString(), table), 1L, Long::sum);
        }
    }

    /** Rows by hour and table. */
    synchronized Map<String, Long> held() {
        return new TreeMap<>(held);
    }

    /** Rows of the health table in the order in which they landed; mutable. */
    List<JsonNode> told() {
        return told;
    }

    /** That figure of the newest row of each hour and table that has one. */
    Map<String, Long> newest(String figure) {
        Map<String, Long> newest = new TreeMap<>();
        told.stream()
                .filter(row -> row.has(figure))
                .forEach(row -> newest.put(
                        key(row.path("hour").textValue(), row.path("eventTable").textValue()),
                        row.path(figure).longValue()));
        return newest;
    }

    /** In the place of the route that tells the workspace from time to time. */
    static RouteBuilder toldByTheTest() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                // the test says when
            }
        };
    }

    static String key(String hour, String table) {
        return hour + " " + table;
    }

    /** The event's time as a query finds it: from the columns of the row, not from TimeGenerated. */
    private static Instant time(JsonNode row) {
        Stream<JsonNode> times = Stream.concat(
                Stream.of("clickTime", "threatTime", "messageTime").map(row::path),
                row.path("threatsInfoMap").findValues("threatTime").stream());
        return times.filter(JsonNode::isTextual)
                .map(time -> Instant.parse(time.textValue()))
                .max(Instant::compareTo)
                .orElseThrow();
    }
}
