package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.azure.QueryFiles.Rule;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;

/**
 * The example rows beside a rule: cases in which it has to tell and cases in which it must not.
 *
 * @param run when the rule is taken to run
 */
record RuleRows(Instant run, List<Case> positive, List<Case> negative) {

    /** One case: why it is one, and the rows that the tables hold, the first of which makes it one. */
    record Case(String why, List<Row> rows) {}

    /** A row of a table, stored at the given time. */
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
