package io.tapsentinel.testing;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.event.EventIdentity;
import io.tapsentinel.event.EventType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Records which request stored which record, in which run of the program. */
public final class StoredRecords {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<Row, List<Delivery>> landings = new LinkedHashMap<>();
    private int life;
    private int requests;

    /** A record: stream, key in hexadecimal digits, and id or empty. */
    public record Row(String stream, String key, String id) {}

    /** @param life number of the program's run */
    public record Delivery(int life, int request) {}

    /** Starts the next run. */
    public synchronized void nextLife() {
        life++;
    }

    public synchronized void stored(List<Row> rows) {
        requests++;
        rows.forEach(row ->
                landings.computeIfAbsent(row, unused -> new ArrayList<>()).add(new Delivery(life, requests)));
    }

    /** Number of different records. */
    public synchronized int distinct() {
        return landings.size();
    }

    /** All stored records. */
    public synchronized Set<Row> all() {
        return Set.copyOf(landings.keySet());
    }

    public synchronized boolean has(Row row) {
        return landings.containsKey(row);
    }

    /** Records stored more than once, with all deliveries in order. */
    public synchronized Map<Row, List<Delivery>> duplicates() {
        Map<Row, List<Delivery>> duplicates = new LinkedHashMap<>(landings);
        duplicates.values().removeIf(each -> each.size() == 1);
        return duplicates;
    }

    /** The records in an upload. */
    public static List<Row> rows(ScriptedRequest upload) throws IOException {
        EventType type = type(upload);
        List<Row> rows = new ArrayList<>();
        for (Map<String, Object> record :
                JSON.readValue(upload.body(), new TypeReference<List<Map<String, Object>>>() {})) {
            rows.add(row(type, record));
        }
        return rows;
    }

    public static Row row(EventType type, Map<String, Object> record) {
        return new Row(
                type.arrayName(), EventIdentity.of(type, record).toString(), Objects.toString(record.get("id"), ""));
    }

    public static EventType type(ScriptedRequest upload) {
        return Arrays.stream(EventType.values())
                .filter(type -> upload.target().contains("Custom-" + type.table() + "?"))
                .findFirst()
                .orElseThrow();
    }
}
