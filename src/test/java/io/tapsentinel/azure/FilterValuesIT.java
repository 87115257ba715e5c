package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.azure.KustoJob.Query;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A query that filters by a word that TAP does not write finds nothing, and nobody sees it. */
@Tag("full")
class FilterValuesIT {

    @Test
    void everyValueThatAQueryFiltersByStandsInALiveAnswerInThatCase() {
        KustoReport report = KustoCheck.bind(QueryFiles.job(QueryFiles.tables(false)));
        Set<String> used = new HashSet<>();
        report.values().values().forEach(used::addAll);

        assertThat(used).contains("malware", "phish", "active", "attachment", "heartbeat", "hour", "clicksPermitted");
        used.removeAll(FilterValues.OURS);
        assertThat(FilterValues.ofLiveAnswers()).containsAll(used);
    }

    @Test
    void aValueInAnotherCaseIsSeen() {
        Query query = Query.of("a.kql", """
                ProofPointTAPClicksPermittedV2_CL | where classification in~ ('MALWARE', 'phish') or 'Active' =~ threatStatus
                """);
        KustoReport report = KustoCheck.bind(new KustoJob(QueryFiles.tables(false), List.of(), List.of(query)));

        assertThat(report.values().get("a.kql")).containsExactly("Active", "MALWARE", "phish");
        assertThat(FilterValues.ofLiveAnswers()).contains("phish").doesNotContain("MALWARE", "Active");
    }
}
