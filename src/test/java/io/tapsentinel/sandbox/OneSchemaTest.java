package io.tapsentinel.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.schema.FieldReport;
import io.tapsentinel.sentinel.schema.RecordMapper;
import io.tapsentinel.sentinel.schema.TableSchema;
import io.tapsentinel.sentinel.schema.TableSchema.Column;
import io.tapsentinel.sentinel.schema.TableSchema.ColumnType;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The mapper and the sandbox's endpoint agree on every column of every table. */
class OneSchemaTest {

    private static final String TIME = "2026-11-20T10:30:00Z";
    private static final Map<ColumnType, Object> VALUES = Map.ofEntries(
            Map.entry(ColumnType.STRING, "s"),
            Map.entry(ColumnType.INT, 7),
            Map.entry(ColumnType.DATETIME, TIME),
            Map.entry(ColumnType.BOOLEAN, true),
            Map.entry(ColumnType.DYNAMIC, Map.of("k", 1)));

    @ParameterizedTest
    @EnumSource(EventType.class)
    void sandboxAcceptsEveryColumnOfTheMapper(EventType type) throws Exception {
        TableSchema schema = TableSchema.of(type.table(), true);
        Map<String, Object> fields = new LinkedHashMap<>(Map.of("unheardOf", 1));
        schema.columns()
                .values()
                .forEach(column -> fields.put(column.name(), column.list() ? "one" : VALUES.get(column.type())));

        byte[] row = new RecordMapper(schema, new FieldReport(Clock.systemUTC(), true, new SimpleMeterRegistry()))
                .map(fields, Instant.parse(TIME))
                .json();

        String text = new String(row, StandardCharsets.UTF_8);
        assertThat(schema.columns().keySet()).allMatch(name -> text.contains("\"" + name + "\":"));
        assertThat(rows(schema, text)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(EventType.class)
    void wrongCaseOrTypeOfAColumnIsRefused(EventType type) {
        TableSchema schema = TableSchema.of(type.table(), true);
        for (Column column : schema.columns().values()) {
            String name = column.name();
            String other = name.equals(name.toUpperCase()) ? name.toLowerCase() : name.toUpperCase();
            assertThatExceptionOfType(Refusal.class)
                    .isThrownBy(() -> rows(schema, "{\"TimeGenerated\":\"" + TIME + "\",\"" + other + "\":null}"))
                    .withMessageContaining("'" + other + "' is not declared");
            if (column.type() != ColumnType.DYNAMIC || column.list()) {
                assertThatExceptionOfType(Refusal.class)
                        .isThrownBy(() -> rows(schema, "{\"" + name + "\":{\"k\":1}}"))
                        .withMessageContaining("'" + name + "' is not");
            }
        }
    }

    private static int rows(TableSchema schema, String row) throws Refusal {
        return new RowCheck(schema)
                .rows(("[" + row + "]").getBytes(StandardCharsets.UTF_8))
                .size();
    }
}
