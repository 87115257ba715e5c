package io.tapsentinel.sentinel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.schema.RecordMapper.MappedRecord;
import io.tapsentinel.sentinel.schema.TableSchema.Column;
import io.tapsentinel.sentinel.schema.TableSchema.ColumnType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdditionalFieldsTest {

    private final Mapping mapping = new Mapping(TableSchema.of(Mapping.MESSAGES, true));

    @Test
    void fieldWithoutColumnIsKeptByName() {
        assertThat(kept("{\"headerTo\":\"a\",\"verdicts\":[{\"by\":1.50}],\"subject\":\"s\"}"))
                .isEqualTo("{\"headerTo\":\"a\",\"verdicts\":[{\"by\":1.5}]}");
        assertThat(mapping.unknown).containsExactly(Mapping.MESSAGES + "/headerTo", Mapping.MESSAGES + "/verdicts");
    }

    @Test
    void originalOfRoundedOrLostValueIsKept() {
        assertThat(
                        kept(
                                "{\"impostorScore\":12.5,\"spamScore\":\"many\",\"messageTime\":\"yesterday\",\"completelyRewritten\":\"perhaps\"}"))
                .isEqualTo(
                        "{\"spamScore\":\"many\",\"messageTime\":\"yesterday\",\"impostorScore\":12.5,\"completelyRewritten\":\"perhaps\"}");
        assertThat(Mapping.tree(row.json()).path("impostorScore").intValue()).isEqualTo(13);
        assertThat(mapping.lossy).hasSize(4);
    }

    @Test
    void originalOfListInStringColumnIsKept() {
        assertThat(kept("{\"subject\":[\"a\",\"b\"],\"sender\":[\"s@example.net\"]}"))
                .isEqualTo("{\"subject\":[\"a\",\"b\"]}");
        assertThat(mapping.lossy).containsExactly(Mapping.MESSAGES + "/subject");
    }

    @Test
    void secondSpellingIsKept() {
        String threats = "[{\"threatID\":\"a\"},{\"threatID\":\"live\",\"threatId\":\"doc\"}]";
        assertThat(kept("{\"cluster\":\"live\",\"clusterId\":\"doc\",\"threatsInfoMap\":" + threats + "}"))
                .isEqualTo("{\"threatsInfoMap\":" + threats + ",\"clusterId\":\"doc\"}");
        assertThat(Mapping.tree(row.json()).path("threatsInfoMap").toString())
                .isEqualTo("[{\"threatID\":\"a\"},{\"threatID\":\"live\"}]");
        assertThat(mapping.lossy).containsExactly(Mapping.MESSAGES + "/threatsInfoMap");
        assertThat(mapping.unknown).containsExactly(Mapping.MESSAGES + "/clusterId");
    }

    @Test
    void threatsOfARouteAreNotChangedInPlace() {
        JsonNode threats = Mapping.tree("[{\"threatID\":\"live\",\"threatId\":\"doc\",\"threatTime\":1795893464000}]"
                .getBytes(StandardCharsets.UTF_8));
        JsonNode before = threats.deepCopy();
        mapping.map(Map.of("threatsInfoMap", threats));
        assertThat(threats).isEqualTo(before);
    }

    @Test
    void valueThatFitsItsColumnIsNotKeptTwice() {
        assertThat(
                        kept(
                                "{\"impostorScore\":12.0,\"completelyRewritten\":\"na\",\"fromAddress\":\"a\",\"xmailer\":7,\"headerTo\":null}"))
                .isEqualTo("");
    }

    @Test
    void columnIsOnlySentIfTheTableHasIt() {
        MappedRecord without = new Mapping(Mapping.MESSAGES).map(Map.of("headerTo", "a", "impostorScore", 12.5));
        assertThat(Mapping.text(without))
                .isEqualTo("{\"TimeGenerated\":\"2026-11-20T10:30:37Z\",\"impostorScore\":13}");
    }

    @Test
    void eventFieldNamedAdditionalFieldsDoesNotFillTheColumn() {
        assertThat(kept("{\"AdditionalFields\":\"mine\",\"TimeGenerated\":\"2001-01-01T00:00:00Z\",\"x\":1}"))
                .isEqualTo("{\"AdditionalFields\":\"mine\",\"TimeGenerated\":\"2001-01-01T00:00:00Z\",\"x\":1}");
        assertThat(Mapping.tree(row.json()).path("TimeGenerated").textValue()).isEqualTo("2026-11-20T10:30:37Z");
    }

    @Test
    void unwritableValueIsOnlyCounted() {
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("loop", itself);
        fields.put("deep", nested(998));
        fields.put("x", 1);
        row = mapping.map(fields);
        assertThat(Mapping.tree(row.json()).path("AdditionalFields").properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("deep", "x");
        fields.put("deep", nested(999));
        row = mapping.map(fields);
        assertThat(Mapping.tree(row.json()).path("AdditionalFields").properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("x");
        assertThat(mapping.unknown).hasSize(6);
    }

    @Test
    void columnIsCutToFieldsThatFitAndMarked() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("first", "f");
        fields.put("long", "l".repeat(70_000));
        for (int i = 0; i < 100; i++) {
            fields.put("field" + i, "v".repeat(1_000));
        }
        row = mapping.map(fields);
        JsonNode rest = Mapping.tree(row.json()).path("AdditionalFields");
        assertThat(row.cappedColumns()).containsExactly("AdditionalFields");
        assertThat(rest.path("first").textValue()).isEqualTo("f");
        assertThat(rest.has("long")).isFalse();
        assertThat(rest.path("tapSentinelCut").toString()).isEqualTo("{\"kept\":65,\"of\":102}");
        assertThat(rest.size()).isEqualTo(66);
        assertThat(rest.toString().length()).isBetween(64_500, RecordMapper.MAX_VALUE_BYTES);
    }

    @Test
    void cutColumnNeverExceedsItsLimit() {
        int longest = 0;
        for (int length = 5_300; length < 5_500; length++) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("long", "l".repeat(60_000));
            fields.put("rest", "r".repeat(length));
            fields.put("dropped", "d".repeat(10_000));
            int bytes = Mapping.tree(mapping.map(fields).json())
                    .path("AdditionalFields")
                    .toString()
                    .length();
            assertThat(bytes).isLessThanOrEqualTo(RecordMapper.MAX_VALUE_BYTES);
            longest = Math.max(bytes, longest);
        }
        assertThat(longest).isEqualTo(RecordMapper.MAX_VALUE_BYTES);
    }

    @Test
    void columnNeverMakesARecordTooLarge() {
        Map<String, Object> fields = new LinkedHashMap<>();
        TableSchema.of(Mapping.MESSAGES).columns().values().stream()
                .filter(column ->
                        column.type() == ColumnType.STRING || column.type() == ColumnType.DYNAMIC && !column.list())
                .limit(15)
                .forEach(column -> fields.put(column.name(), "s".repeat(65_000)));
        int without = new Mapping(Mapping.MESSAGES).map(fields).json().length;
        fields.put("extra", "e".repeat(30_000));
        row = mapping.map(fields);
        assertThat(without).isBetween(960_000, 999_000);
        assertThat(row.json().length).isLessThan(1_000_000);
        assertThat(row.cappedColumns()).containsExactly("AdditionalFields");
        assertThat(Mapping.tree(row.json()).path("AdditionalFields").toString())
                .isEqualTo("{\"tapSentinelCut\":{\"kept\":0,\"of\":1}}");
    }

    @Test
    void undocumentedThreatFieldsStayInTheThreat() {
        String threats =
                "[{\"threatID\":\"t\",\"actors\":[{\"id\":\"a\",\"name\":\"TA1\",\"type\":\"x\"}],\"detectionType\":\"d\",\"new\":{\"n\":1}}]";
        assertThat(kept("{\"threatsInfoMap\":" + threats + "}")).isEqualTo("");
        assertThat(Mapping.tree(row.json()).path("threatsInfoMap").toString()).isEqualTo(threats);
        assertThat(mapping.unknown).isEmpty();
    }

    @Test
    void allFourTablesHaveTheOptionalColumnLast() {
        assertThat(Arrays.stream(EventType.values())
                        .map(type ->
                                TableSchema.of(type.table(), true).columns().values()))
                .allSatisfy(columns -> assertThat(columns)
                        .last()
                        .isEqualTo(new Column("AdditionalFields", ColumnType.DYNAMIC, false)));
        assertThat(Arrays.stream(EventType.values())
                        .map(type -> TableSchema.of(type.table()).columns().keySet()))
                .noneMatch(columns -> columns.contains("AdditionalFields"));
    }

    private MappedRecord row;

    @SuppressWarnings("unchecked")
    private String kept(String event) {
        row = mapping.map((Map<String, Object>) Mapping.untyped(event));
        return Mapping.tree(row.json()).path("AdditionalFields").toString();
    }

    private static Object nested(int levels) {
        Object value = 1;
        for (int level = 1; level < levels; level++) {
            value = List.of(value);
        }
        return value;
    }
}
