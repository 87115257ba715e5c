package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.azure.KustoJob.Column;
import io.tapsentinel.azure.KustoJob.Query;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every function, rule and workbook query binds against the schemas the tables are deployed from. */
@Tag("full")
class QueriesBindIT {

    @Test
    void everyQueryBindsAgainstTheTablesWithAndWithoutTheOptionalColumn() {
        List<KustoCheck.Report> reports = KustoCheck.bind(
                List.of(QueryFiles.job(QueryFiles.tables(false)), QueryFiles.job(QueryFiles.tables(true))));

        assertThat(reports)
                .extracting(KustoCheck.Report::findings)
                .allSatisfy(findings -> assertThat(findings).isEmpty());
        // a missing file would bind too
        assertThat(reports.get(0).results())
                .hasSize(20)
                .allSatisfy((file, columns) -> assertThat(columns).as(file).isNotEmpty());
        assertThat(reports.get(1).results()).isEqualTo(reports.get(0).results());
    }

    @Test
    void resultOfARuleHasEveryColumnItsAlertsName() {
        List<Query> rules = QueryFiles.rules().stream()
                .map(rule -> Query.of(rule.name() + ".kql", rule.query())
                        .giving(alertColumns(rule.metadata()).stream()
                                .map(name -> new Column(name, null))
                                .toList()))
                .toList();

        assertThat(KustoCheck.bind(new KustoJob(QueryFiles.tables(false), QueryFiles.functions(), rules))
                        .findings())
                .isEmpty();
        assertThat(rules)
                .allSatisfy(rule -> assertThat(rule.result()).as(rule.file()).hasSizeGreaterThan(2));
    }

    private static Set<String> alertColumns(JsonNode metadata) {
        Set<String> columns = new LinkedHashSet<>();
        metadata.required("entityMappings").findValues("columnName").forEach(name -> columns.add(name.textValue()));
        metadata.required("customDetails").forEach(name -> columns.add(name.textValue()));
        Matcher inTitle = Pattern.compile("\\{\\{(\\w+)}}")
                .matcher(metadata.required("alertDetailsOverride").toString());
        while (inTitle.find()) {
            columns.add(inTitle.group(1));
        }
        return columns;
    }
}
