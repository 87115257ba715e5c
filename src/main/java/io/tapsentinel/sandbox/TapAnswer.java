package io.tapsentinel.sandbox;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.tapsentinel.event.EventType;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The answer to one request: the visible rows of its window that pass its filters. Arrays, rows and parts are in random order,
 * {@code queryEndTime} comes first or last, and an array without rows is missing, null or empty.
 */
record TapAnswer(SandboxEvents events, TapQuery query, List<EventType> types, Instant now) {

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .build();

    boolean selects(SandboxEvent event) {
        return query.covers(event.created())
                && !event.visibleAt().isAfter(now)
                && types.contains(event.type())
                && event.matches(query.statuses());
    }

    /** All events created in the window, visible or not. */
    Iterator<SandboxEvent> window() {
        return events.between(query.from(), query.to());
    }

    /** The types with at least one selected row. Stops early: most windows have all types in their first seconds. */
    Set<EventType> present() {
        Set<EventType> present = EnumSet.noneOf(EventType.class);
        for (Iterator<SandboxEvent> all = window(); all.hasNext() && present.size() < types.size(); ) {
            SandboxEvent event = all.next();
            if (!present.contains(event.type()) && selects(event)) {
                present.add(event.type());
            }
        }
        return present;
    }

    /** Writes the document and counts its rows. @param present types with rows */
    void write(Set<EventType> present, Random random, OutputStream out, TypeCounts served) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            boolean endFirst = random.nextBoolean();
            if (endFirst) {
                json.writeStringField("queryEndTime", query.to().toString());
            }
            List<EventType> order = new ArrayList<>(types);
            Collections.shuffle(order, random);
            for (EventType type : order) {
                if (present.contains(type)) {
                    json.writeArrayFieldStart(type.arrayName());
                    writeRows(type, random, json, served);
                    json.writeEndArray();
                } else {
                    writeNoRows(type.arrayName(), random, json);
                }
            }
            if (!endFirst) {
                json.writeStringField("queryEndTime", query.to().toString());
            }
            json.writeEndObject();
        }
    }

    /** Shuffles the seconds of the window and the rows within each second. */
    private void writeRows(EventType type, Random random, JsonGenerator json, TypeCounts served) throws IOException {
        long first = query.from().getEpochSecond();
        int seconds = (int) (query.to().getEpochSecond() - first) + 1;
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, seconds).boxed().toList());
        Collections.shuffle(order, random);
        for (int second : order) {
            List<SandboxEvent> rows = new ArrayList<>(events.createdIn(first + second));
            Collections.shuffle(rows, random);
            for (SandboxEvent row : rows) {
                if (row.type() == type && selects(row)) {
                    row.write(json, random);
                    served.add(type);
                }
            }
        }
    }

    private static void writeNoRows(String array, Random random, JsonGenerator json) throws IOException {
        int form = random.nextInt(3);
        if (form == 0) {
            json.writeNullField(array);
        } else if (form == 1) {
            json.writeArrayFieldStart(array);
            json.writeEndArray();
        }
    }
}
