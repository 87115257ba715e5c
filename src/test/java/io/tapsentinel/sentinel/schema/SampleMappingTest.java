package io.tapsentinel.sentinel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.schema.RecordMapper.MappedRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The sample answers, from live answers and Proofpoint's documentation. Does not use the reader, which normalizes spellings. */
class SampleMappingTest {

    private static final Map<String, List<String>> NOT_SENT =
            Map.of("live", List.of(), "documented", List.of("clusterId", "headerTo", "headerCC"));

    @ParameterizedTest
    @CsvSource({
        "live,MESSAGES_DELIVERED",
        "documented,MESSAGES_BLOCKED",
        "live,CLICKS_PERMITTED",
        "documented,CLICKS_BLOCKED"
    })
    void firstEventBecomesTheRecordWrittenOut(String sample, EventType type) throws IOException {
        MappedRecord mapped = new Mapping(type.table()).map(events(sample, type).get(0));
        String expected = resource("expected/" + type.arrayName()).lines().collect(Collectors.joining());
        assertThat(Mapping.text(mapped)).isEqualTo(expected);
        assertThat(mapped.cappedColumns()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(EventType.class)
    void everyLiveEventKeepsAllItsValues(EventType type) throws IOException {
        everyEventKeepsAllItsValues("live", type);
    }

    @ParameterizedTest
    @EnumSource(EventType.class)
    void everyDocumentedEventKeepsAllItsValues(EventType type) throws IOException {
        everyEventKeepsAllItsValues("documented", type);
    }

    @Test
    void onlyTheDecimalScoreOfTheLiveSampleIsLossy() throws IOException {
        Mapping mapping = new Mapping(EventType.MESSAGES_DELIVERED.table());
        events("live", EventType.MESSAGES_DELIVERED).forEach(mapping::map);
        assertThat(mapping.lossy).containsOnly(Mapping.MESSAGES + "/impostorScore");
        assertThat(mapping.unknown).isEmpty();
    }

    private static void everyEventKeepsAllItsValues(String sample, EventType type) throws IOException {
        List<Map<String, Object>> events = events(sample, type);
        assertThat(events).isNotEmpty();
        for (Map<String, Object> event : events) {
            Mapping mapping = new Mapping(type.table());
            MappedRecord mapped = mapping.map(event);
            JsonNode record = Mapping.tree(mapped.json());
            List<String> missing = new ArrayList<>(event.keySet());
            record.fieldNames().forEachRemaining(missing::remove);
            assertThat(missing)
                    .allMatch(name -> event.get(name) == null
                            || "na".equals(event.get(name))
                            || NOT_SENT.get(sample).contains(name));
            assertThat(mapping.unknown)
                    .containsExactlyElementsOf(
                            type.isClick()
                                    ? List.of()
                                    : NOT_SENT.get(sample).stream()
                                            .map(name -> type.table() + "/" + name)
                                            .toList());
            for (Map.Entry<String, Object> field : event.entrySet()) {
                if (record.get(field.getKey()) != null
                        && sameTypeAsSent(field.getValue(), record.get(field.getKey()))) {
                    assertThat(Mapping.untyped(record.get(field.getKey()).toString()))
                            .as(field.getKey())
                            .satisfiesAnyOf(
                                    sent -> assertThat(sent).isEqualTo(field.getValue()),
                                    sent -> assertThat(field.getValue())
                                            .isEqualTo(sent.toString().replace("Z", ".000Z")));
                }
            }
        }
    }

    private static boolean sameTypeAsSent(Object value, JsonNode sent) {
        return value instanceof String == sent.isTextual() && !(value instanceof Double);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> events(String sample, EventType type) throws IOException {
        Map<String, Object> answer = (Map<String, Object>) Mapping.untyped(resource("all-" + sample));
        return (List<Map<String, Object>>) answer.get(type.arrayName());
    }

    private static String resource(String name) throws IOException {
        try (InputStream file = SampleMappingTest.class.getResourceAsStream("/samples/" + name + ".json")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
