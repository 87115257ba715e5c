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

/** A simulated workspace: counts rows of the event tables by hour like its queries, and keeps rows of the health table. */
final class Workspace {

    private final Map<String, Long> held = new TreeMap<>();
    private final List<JsonNode> told = new CopyOnWriteArrayList<>();

    /** Records a row. */
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

    /** Rows of the health table in order of arrival; mutable. */
    List<JsonNode> told() {
        return told;
    }

    /** This figure of the newest row of each hour and table. */
    Map<String, Long> newest(String figure) {
        Map<String, Long> newest = new TreeMap<>();
        told.stream()
                .filter(row -> row.has(figure))
                .forEach(row -> newest.put(
                        key(row.path("hour").textValue(), row.path("eventTable").textValue()),
                        row.path(figure).longValue()));
        return newest;
    }

    /** Replaces the scheduled service. */
    static RouteBuilder toldByTheTest() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                // the test sends
            }
        };
    }

    static String key(String hour, String table) {
        return hour + " " + table;
    }

    /** The event's time as queries compute it: from its columns, not from TimeGenerated. */
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
