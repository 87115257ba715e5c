package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.azure.RuleRows.Case;
import io.tapsentinel.azure.RuleRows.Row;
import io.tapsentinel.sentinel.schema.MappingReport;
import io.tapsentinel.sentinel.schema.RecordMapper;
import io.tapsentinel.sentinel.schema.TableSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each rule has three cases for it and three against, of rows as this program sends them; no engine evaluates them here. */
@Tag("full")
class RuleRowsIT {

    private static final String DELIVERED = "ProofPointTAPMessagesDeliveredV2_CL";
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everyRuleHasThreeCasesForItAndThreeAgainst() {
        assertThat(QueryFiles.rules()).allSatisfy(rule -> {
            RuleRows rows = RuleRows.of(rule);
            assertThat(rows.positive()).as(rule.name()).hasSize(3);
            assertThat(rows.negative()).as(rule.name()).hasSize(3);
            assertThat(rows.all())
                    .extracting(Case::why)
                    .as(rule.name())
                    .doesNotHaveDuplicates()
                    .allMatch(why -> why.length() > 3);
        });
    }

    @Test
    void everyRowIsOneThatTheMapperWouldSend() {
        assertThat(rows())
                .isNotEmpty()
                .allSatisfy(row ->
                        assertThat(faults(row)).as(row.columns().toString()).isEmpty());
    }

    @Test
    void aRowWithAnotherNameOrTypeIsRefused() {
        ObjectNode row = (ObjectNode) rows().stream()
                .filter(one -> one.table().equals(DELIVERED))
                .findFirst()
                .orElseThrow()
                .columns();
        assertThat(faults(DELIVERED, row)).isEmpty();
        assertThat(faults(DELIVERED, row.deepCopy().put("Subject", "x"))).contains("unknown Subject");
        assertThat(faults(DELIVERED, row.deepCopy().put("messageTime", "yesterday")))
                .contains("lossy messageTime");
        assertThat(faults(DELIVERED, row.deepCopy().put("recipient", "r1@example.org")))
                .contains("another row is sent");
    }

    @Test
    void everyRowLiesWithinThePeriodAndWasStoredAfterItsTime() {
        assertThat(QueryFiles.rules()).allSatisfy(rule -> {
            RuleRows rows = RuleRows.of(rule);
            assertThat(rows.all()).flatExtracting(Case::rows).allSatisfy(row -> {
                Instant time = Instant.parse(row.columns().path("TimeGenerated").asText());
                assertThat(time)
                        .as(rule.name())
                        .isAfter(rows.run().minus(Duration.ofDays(8)))
                        .isBeforeOrEqualTo(row.ingested());
            });
        });
    }

    /** A rule that filters by a word that no case for it has would never tell. */
    @Test
    void theCasesForARuleHaveEveryValueThatItAsksFor() {
        KustoReport report = KustoCheck.bind(QueryFiles.job(QueryFiles.tables(false)));
        assertThat(QueryFiles.rules()).allSatisfy(rule -> {
            String cases = RuleRows.of(rule).positive().toString().toLowerCase(Locale.ROOT);
            assertThat(report.values().get(rule.name() + ".kql"))
                    .as(rule.name())
                    .filteredOn(value -> !FilterValues.OURS.contains(value) || isKind(value))
                    .allSatisfy(value -> assertThat(cases).contains("\"" + value.toLowerCase(Locale.ROOT) + "\""));
        });
    }

    private static boolean isKind(String value) {
        return FilterValues.KINDS.contains(value);
    }

    private static List<Row> rows() {
        return QueryFiles.rules().stream()
                .map(RuleRows::of)
                .flatMap(rows -> rows.all().stream())
                .flatMap(one -> one.rows().stream())
                .toList();
    }

    private static List<String> faults(Row row) {
        return faults(row.table(), row.columns());
    }

    /** What the mapper says of a row, and whether it would send another one. */
    private static List<String> faults(String table, JsonNode row) {
        List<String> faults = new ArrayList<>();
        MappingReport report = new MappingReport() {
            @Override
            public void unknownField(String table, String field) {
                if (!field.equals("TimeGenerated")) {
                    faults.add("unknown " + field);
                }
            }

            @Override
            public void lossyValue(String table, String column) {
                faults.add("lossy " + column);
            }
        };
        TableSchema schema = table.equals(TableSchema.HEALTH) ? TableSchema.health() : TableSchema.of(table);
        Map<String, Object> fields = JSON.convertValue(row, new TypeReference<>() {});
        JsonNode sent = read(new RecordMapper(schema, report)
                .map(fields, Instant.parse(row.path("TimeGenerated").asText()))
                .json());
        if (!sameTimes(withoutNulls(row)).equals(sameTimes(sent))) {
            faults.add("another row is sent");
        }
        return faults;
    }

    /** Columns without a value are not sent. */
    private static ObjectNode withoutNulls(JsonNode row) {
        ObjectNode copy = row.deepCopy();
        List<String> nulls = new ArrayList<>();
        copy.properties().forEach(field -> {
            if (field.getValue().isNull()) {
                nulls.add(field.getKey());
            }
        });
        return copy.without(nulls);
    }

    /** Times of the columns as instants: they may be written with and without milliseconds. */
    private static ObjectNode sameTimes(JsonNode row) {
        ObjectNode copy = row.deepCopy();
        copy.properties().forEach(field -> {
            if (field.getValue().asText().matches("\\d{4}-\\d\\d-\\d\\dT.*Z")) {
                copy.put(
                        field.getKey(), Instant.parse(field.getValue().asText()).toString());
            }
        });
        return copy;
    }

    private static JsonNode read(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
