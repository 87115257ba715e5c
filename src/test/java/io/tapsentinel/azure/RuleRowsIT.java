package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.azure.QueryFiles.Rule;
import io.tapsentinel.sentinel.schema.MappingReport;
import io.tapsentinel.sentinel.schema.RecordMapper;
import io.tapsentinel.sentinel.schema.TableSchema;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each rule has three positive and three negative cases of rows this program would send. The rules are not evaluated. */
@Tag("full")
class RuleRowsIT {

    private static final String DELIVERED = "ProofPointTAPMessagesDeliveredV2_CL";
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * The example rows of a rule: positive cases, in which it must fire, and negative ones.
     *
     * @param run when the rule is assumed to run
     */
    private record RuleRows(Instant run, List<Case> positive, List<Case> negative) {

        /** One case: its reason and the rows in the tables; the first row is the decisive one. */
        record Case(String why, List<Row> rows) {}

        /** A row of a table and when it was stored. */
        record Row(String table, Instant ingested, JsonNode columns) {}

        static RuleRows of(Rule rule) {
            JsonNode rows = rule.metadata().required("rows");
            Instant run = Instant.parse(rows.required("run").textValue());
            return new RuleRows(run, cases(rows.required("positive"), run), cases(rows.required("negative"), run));
        }

        List<Case> all() {
            List<Case> all = new ArrayList<>(positive);
            all.addAll(negative);
            return all;
        }

        private static List<Case> cases(JsonNode array, Instant run) {
            List<Case> cases = new ArrayList<>();
            for (JsonNode one : array) {
                List<Row> rows = new ArrayList<>(List.of(row(one, run)));
                one.path("beside").forEach(other -> rows.add(row(other, run)));
                cases.add(new Case(one.required("why").textValue(), rows));
            }
            return cases;
        }

        private static Row row(JsonNode row, Instant run) {
            String before = row.required("ingestedBefore").textValue();
            Duration age = before.contains("T")
                    ? Duration.parse(before)
                    : Duration.ofDays(Period.parse(before).getDays());
            return new Row(row.required("table").textValue(), run.minus(age), row.required("row"));
        }
    }

    @Test
    void everyRuleHasThreePositiveAndThreeNegativeCases() {
        assertThat(QueryFiles.rules()).allSatisfy(rule -> {
            RuleRows rows = RuleRows.of(rule);
            assertThat(rows.positive()).as(rule.name()).hasSize(3);
            assertThat(rows.negative()).as(rule.name()).hasSize(3);
            assertThat(rows.all())
                    .extracting(RuleRows.Case::why)
                    .as(rule.name())
                    .doesNotHaveDuplicates()
                    .allMatch(why -> why.length() > 3);
        });
    }

    @Test
    void mapperWouldSendEveryRow() {
        assertThat(rows())
                .isNotEmpty()
                .allSatisfy(row ->
                        assertThat(faults(row)).as(row.columns().toString()).isEmpty());
    }

    @Test
    void rowWithAWrongColumnOrTypeIsRefused() {
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
    void everyRowIsWithinThePeriodAndStoredAfterItsTime() {
        assertThat(QueryFiles.rules()).allSatisfy(rule -> {
            RuleRows rows = RuleRows.of(rule);
            assertThat(rows.all()).flatExtracting(RuleRows.Case::rows).allSatisfy(row -> {
                Instant time = Instant.parse(row.columns().path("TimeGenerated").asText());
                assertThat(time)
                        .as(rule.name())
                        .isAfter(rows.run().minus(Duration.ofDays(8)))
                        .isBeforeOrEqualTo(row.ingested());
            });
        });
    }

    private static List<RuleRows.Row> rows() {
        return QueryFiles.rules().stream()
                .map(RuleRows::of)
                .flatMap(rows -> rows.all().stream())
                .flatMap(one -> one.rows().stream())
                .toList();
    }

    private static List<String> faults(RuleRows.Row row) {
        return faults(row.table(), row.columns());
    }

    /** What the mapper reports about a row, and whether it would send a different one. */
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
        byte[] sent = new RecordMapper(schema, report)
                .map(fields, Instant.parse(row.path("TimeGenerated").asText()))
                .json();
        if (!sameTimes(withoutNulls(row))
                .equals(sameTimes(QueryFiles.json(new String(sent, StandardCharsets.UTF_8))))) {
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

    /** Times as instants: with or without milliseconds they are equal. */
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
}
