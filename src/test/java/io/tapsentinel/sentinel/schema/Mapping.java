package io.tapsentinel.sentinel.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.sentinel.schema.RecordMapper.MappedRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Maps records for tests and collects the mapper's reports, one {@code table/name} for each call. */
final class Mapping implements MappingReport {

    static final String CLICKS = "ProofPointTAPClicksBlockedV2_CL";
    static final String MESSAGES = "ProofPointTAPMessagesDeliveredV2_CL";
    static final Instant TIME = Instant.parse("2026-11-20T10:30:37Z");

    // a fuzzed name may be as long as a value
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNameLength(1_000_000).build())
            .build());

    final List<String> unknown = new ArrayList<>();
    final List<String> lossy = new ArrayList<>();
    private final RecordMapper mapper;

    Mapping(String table) {
        this(TableSchema.of(table));
    }

    Mapping(TableSchema schema) {
        mapper = new RecordMapper(schema, this);
    }

    MappedRecord map(Map<String, Object> fields) {
        return mapper.map(fields, TIME);
    }

    /** The record of an event with only this field. */
    String text(String column, Object value) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(column, value);
        return text(map(fields));
    }

    /** The JSON of the only column beside TimeGenerated, or "absent". */
    String only(String column, Object value) {
        String record = text(column, value);
        String start = "{\"TimeGenerated\":\"2026-11-20T10:30:37Z\"";
        if (record.equals(start + "}")) {
            return "absent";
        }
        String prefix = start + ",\"" + column + "\":";
        if (!record.startsWith(prefix) || !record.endsWith("}")) {
            throw new AssertionError("unexpected record " + record);
        }
        return record.substring(prefix.length(), record.length() - 1);
    }

    static String text(MappedRecord mapped) {
        return new String(mapped.json(), StandardCharsets.UTF_8);
    }

    static JsonNode tree(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** JSON as the reader reads it: untyped. */
    static Object untyped(String json) {
        try {
            return JSON.readValue(json, new TypeReference<Object>() {});
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void unknownField(String table, String field) {
        unknown.add(table + "/" + field);
    }

    @Override
    public void lossyValue(String table, String column) {
        lossy.add(table + "/" + column);
    }
}
