package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.azure.KustoJob.Query;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Queries filter only by values that TAP really sends: any other value would silently find nothing. */
@Tag("full")
class FilterValuesIT {

    /** Kinds of rows in the health table. */
    private static final Set<String> KINDS = Set.of("heartbeat", "hour");
    /** Values from elsewhere: the health table, the functions, Kusto's gettype(). */
    private static final Set<String> OURS =
            Set.of("heartbeat", "hour", "Allow", "array", "complete", "equal, not swept yet");

    private static final Path SAMPLES = Path.of("src/test/resources/samples");

    @Test
    void everyFilterValueOccursInALiveAnswerInTheSameCase() {
        KustoCheck.Report report = KustoCheck.bind(QueryFiles.job(QueryFiles.tables(false)));
        Set<String> used = new HashSet<>();
        report.values().values().forEach(used::addAll);

        assertThat(used).contains("malware", "phish", "active", "attachment", "heartbeat", "hour", "clicksPermitted");
        used.removeAll(OURS);
        assertThat(liveAnswers()).containsAll(used);
    }

    @Test
    void valueInAnotherCaseIsFound() {
        Query query = Query.of("a.kql", """
                ProofPointTAPClicksPermittedV2_CL | where classification in~ ('MALWARE', 'phish') or 'Active' =~ threatStatus
                """);
        KustoCheck.Report report = KustoCheck.bind(new KustoJob(QueryFiles.tables(false), List.of(), List.of(query)));

        assertThat(report.values().get("a.kql")).containsExactly("Active", "MALWARE", "phish");
        assertThat(liveAnswers()).contains("phish").doesNotContain("MALWARE", "Active");
    }

    /** A rule that filters by a value of none of its positive cases would never fire. */
    @Test
    void positiveCasesOfARuleHaveEachOfItsFilterValues() {
        KustoCheck.Report report = KustoCheck.bind(QueryFiles.job(QueryFiles.tables(false)));
        assertThat(QueryFiles.rules()).allSatisfy(rule -> {
            String cases = rule.metadata().at("/rows/positive").toString().toLowerCase(Locale.ROOT);
            assertThat(report.values().get(rule.name() + ".kql"))
                    .as(rule.name())
                    .filteredOn(value -> !OURS.contains(value) || KINDS.contains(value))
                    .allSatisfy(value -> assertThat(cases).contains("\"" + value.toLowerCase(Locale.ROOT) + "\""));
        });
    }

    /** All strings in TAP's live answers, and the names of the arrays. */
    private static Set<String> liveAnswers() {
        JsonNode live = QueryFiles.json(SAMPLES.resolve("all-live.json"));
        Set<String> found = new HashSet<>();
        live.fieldNames().forEachRemaining(found::add);
        collect(live, found);
        return found;
    }

    private static void collect(JsonNode node, Set<String> found) {
        if (node.isTextual()) {
            found.add(node.textValue());
        }
        node.forEach(child -> collect(child, found));
    }
}
