package io.tapsentinel.packaged;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.tap.EventIdentity;
import io.tapsentinel.tap.EventType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Which record was stored by which request, and in which life of the program. */
final class Landings {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<Row, List<Landing>> landings = new LinkedHashMap<>();
    private int life;
    private int requests;

    /** One record: its table's stream of events, its key in hexadecimal digits, and its id, empty when it has none. */
    record Row(String stream, String key, String id) {}

    /** @param request number of the request that stored it */
    record Landing(int life, int request) {}

    /** Requests that come from now on are another life's. */
    synchronized void nextLife() {
        life++;
    }

    synchronized void stored(List<Row> rows) {
        requests++;
        rows.forEach(row ->
                landings.computeIfAbsent(row, unused -> new ArrayList<>()).add(new Landing(life, requests)));
    }

    /** Records that were stored, each counted once. */
    synchronized int distinct() {
        return landings.size();
    }

    /** All records that were stored. */
    synchronized Set<Row> all() {
        return Set.copyOf(landings.keySet());
    }

    synchronized boolean has(Row row) {
        return landings.containsKey(row);
    }

    /** Records that were stored more than once, with all their landings in order. */
    synchronized Map<Row, List<Landing>> duplicates() {
        Map<Row, List<Landing>> duplicates = new LinkedHashMap<>(landings);
        duplicates.values().removeIf(each -> each.size() == 1);
        return duplicates;
    }

    /** The records that an upload asks to store. */
    static List<Row> rows(Call upload) throws IOException {
        EventType type = type(upload);
        List<Row> rows = new ArrayList<>();
        for (Map<String, Object> record :
                JSON.readValue(upload.body(), new TypeReference<List<Map<String, Object>>>() {})) {
            rows.add(row(type, record));
        }
        return rows;
    }

    static Row row(EventType type, Map<String, Object> record) {
        return new Row(
                type.arrayName(), EventIdentity.of(type, record).toString(), Objects.toString(record.get("id"), ""));
    }

    static EventType type(Call upload) {
        return Arrays.stream(EventType.values())
                .filter(type -> upload.target().contains("Custom-" + type.table() + "?"))
                .findFirst()
                .orElseThrow();
    }
}
